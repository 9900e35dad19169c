-- 21_keluarga_baru.sql: impor_kk -> kpm_keluarga, the new ones.
-- App. Reads impor_kk, {periksa}. Writes kpm_keluarga. no_kk is unique; ids were taken in step 12.
INSERT INTO kpm_keluarga (id, no_kk, tanpa_kk, id_keluarga, alamat, dusun, rt, rw, wilayah_id, titik, titik_asal, status, keluar_alasan,
                          asal, sumber_id, job_id, dibuat, diubah)
SELECT k.id, k.no_kk, k.no_kk IS NULL, k.id_keluarga, p.alamat, p.dusun, p.rt, p.rw, k.wilayah_id, p.titik,
       CASE WHEN p.titik IS NULL THEN '' ELSE %(sumber_nama)s END, 'aktif', '',
       '{{}}', %(sumber)s, %(job)s, now(), now()
FROM impor_kk AS k
JOIN {periksa} AS p ON p.baris = k.wakil
WHERE k.baru AND NOT k.beda_desa
