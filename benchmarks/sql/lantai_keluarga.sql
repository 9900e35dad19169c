-- lantai_keluarga.sql: bench_baris -> kpm_keluarga, the least that could be done.
-- Reads bench_baris, spatial_wilayah. Writes kpm_keluarga. Not made to run twice.
INSERT INTO kpm_keluarga
       (no_kk, tanpa_kk, alamat, dusun, rt, rw, wilayah_id, titik_asal, status, keluar_alasan,
        sumber_id, job_id, asal, dibuat, diubah)
SELECT DISTINCT ON (b.c9)
       b.c9, false, b.c5, b.c6, b.c7, b.c8, w.kode, '', 'aktif', '',
       %(sumber)s, %(job)s, '{}', now(), now()
FROM   staging.bench_baris AS b
JOIN   bench_desa          AS w USING (c2, c3, c4)
ORDER  BY b.c9
