-- 36_keluar.sql: the missing keluarga leave the list, when the rules of the import say so.
-- App. Reads impor_hilang. Writes kpm_keluarga. Who comes back in a later file becomes aktif again (step 12).
UPDATE kpm_keluarga AS t
SET    status = 'keluar', keluar_alasan = %(hilang_alasan)s, keluar_tanggal = %(hari_ini)s,
       asal = t.asal - 'status', job_ubah_id = %(job)s, diubah = now()
FROM   impor_hilang AS h
WHERE  t.id = h.id AND NOT h.ditahan AND %(hilang_keluar)s
