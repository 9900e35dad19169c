-- 23_keluarga_ubah.sql: impor_keluarga_beda -> kpm_keluarga. Equal rows are not in it: no write, no event.
UPDATE kpm_keluarga AS t
SET    alamat = b.alamat, dusun = b.dusun, rt = b.rt, rw = b.rw, wilayah_id = b.wilayah_id,
       no_kk = b.no_kk, tanpa_kk = b.no_kk IS NULL, id_keluarga = b.id_keluarga, titik = coalesce(b.titik, t.titik),
       titik_asal = CASE WHEN b.titik IS NULL THEN t.titik_asal ELSE %(sumber_nama)s END,
       titik_akurasi_m = CASE WHEN b.titik IS NULL THEN t.titik_akurasi_m END,
       status = b.status, keluar_alasan = b.keluar_alasan, keluar_tanggal = b.keluar_tanggal, asal = t.asal - b.dilepas,
       sumber_id = %(sumber)s, job_ubah_id = %(job)s, diubah = now()
FROM   impor_keluarga_beda AS b
WHERE  t.id = b.id AND (b.isi OR b.sumber_baru)
