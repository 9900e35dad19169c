-- lantai_kepesertaan.sql: bench_baris -> kpm_kepesertaan, the least that could be done.
-- Reads bench_baris, kpm_anggota. Writes kpm_kepesertaan. Not made to run twice.
INSERT INTO kpm_kepesertaan (program_id, keluarga_id, anggota_id, sumber_id, wilayah_id, job_id, dibuat)
SELECT p.kode, a.keluarga_id, a.id, %(sumber)s, a.wilayah_id, %(job)s, now()
FROM   staging.bench_baris AS b
JOIN   kpm_anggota         AS a ON a.id_dtks = b.c0
CROSS  JOIN LATERAL
       (VALUES ('SEMBAKO', b.c19), ('PKH', b.c20), ('BPNT_PPKM', b.c21), ('PBI_JK', b.c22)) AS p (kode, isi)
WHERE  p.isi = 'YA'
