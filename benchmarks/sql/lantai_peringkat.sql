-- lantai_peringkat.sql: bench_baris -> kpm_peringkat, the least that could be done.
-- Reads bench_baris, kpm_keluarga. Writes kpm_peringkat. Not made to run twice.
INSERT INTO kpm_peringkat (keluarga_id, sumber_id, desil, persentil, wilayah_id, job_id)
SELECT k.id, %(sumber)s, b.desil, b.persentil, k.wilayah_id, %(job)s
FROM   (SELECT c9, min(c23)::int AS desil, min(c24)::int AS persentil
        FROM staging.bench_baris GROUP BY c9) AS b
JOIN   kpm_keluarga AS k ON k.no_kk = b.c9
