-- 33_peringkat.sql: desil, percentile and rank that step 20 found to be new -> kpm_peringkat of this sumber.
-- App. Reads impor_peringkat_beda, impor_kk. Writes kpm_peringkat.
INSERT INTO kpm_peringkat AS t (keluarga_id, sumber_id, desil, persentil, peringkat, wilayah_id, job_id)
SELECT k.id, %(sumber)s, b.desil, b.persentil, b.peringkat, k.wilayah_id, %(job)s
FROM   impor_peringkat_beda AS b
JOIN   impor_kk AS k USING (kunci)
ON CONFLICT (keluarga_id, sumber_id) DO UPDATE
SET    desil = EXCLUDED.desil, persentil = EXCLUDED.persentil, peringkat = EXCLUDED.peringkat, job_id = EXCLUDED.job_id
