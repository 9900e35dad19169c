-- 23_keluarga_ubah.sql: impor_keluarga_beda -> kpm_keluarga. Equal rows are not in it: no write, no event.
UPDATE kpm_keluarga AS t
SET    alamat = b.alamat, dusun = b.dusun, rt = b.rt, rw = b.rw, wilayah_id = b.wilayah_id,
       sumber_id = %(sumber)s, job_ubah_id = %(job)s, diubah = now()
FROM   impor_keluarga_beda AS b
WHERE  t.id = b.id
