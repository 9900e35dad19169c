-- 36a_keluar_orang.sql: missing members of keluarga that the file names leave, when the rules of the import say so.
-- App. Reads impor_hilang_orang. Writes kpm_anggota. Who comes back in a later file is aktif again (step 15).
UPDATE kpm_anggota AS t
SET    status = 'keluar', keluar_alasan = %(hilang_alasan)s, keluar_tanggal = %(hari_ini)s, kepala = false,
       asal = t.asal - 'status', job_ubah_id = %(job)s, diubah = now()
FROM   impor_hilang_orang AS h
WHERE  t.id = h.id AND NOT h.ditahan AND NOT h.kepala_saja AND %(hilang_anggota_keluar)s
