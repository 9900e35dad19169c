-- 04_ubah.sql: groups that look otherwise than before. A decision about what they were counts no more.
-- App. Reads ganda_hitung. Writes kpm_ganda. Equal rows are left alone.
UPDATE kpm_ganda AS t
SET    jenis = h.jenis, orang = h.orang, sidik = h.sidik, keluarga_id = h.keluarga_id, wilayah_id = h.wilayah_id,
       putusan_id = CASE WHEN t.sidik = h.sidik THEN t.putusan_id END
FROM   ganda_hitung AS h
WHERE  t.kunci = h.kunci AND t.anggota_id = h.anggota_id
AND    (t.jenis, t.orang, t.sidik, t.keluarga_id, t.wilayah_id)
       IS DISTINCT FROM (h.jenis, h.orang, h.sidik, h.keluarga_id, h.wilayah_id)
