-- 33_peringkat.sql: desil and percentile -> kpm_peringkat of this sumber. Equal values are left alone.
-- App. Reads impor_kk. Writes kpm_peringkat.
INSERT INTO kpm_peringkat AS t (keluarga_id, sumber_id, desil, persentil, wilayah_id, job_id)
SELECT id, %(sumber)s, desil, persentil, wilayah_id, %(job)s
FROM   impor_kk
WHERE  NOT beda_desa AND (desil IS NOT NULL OR persentil IS NOT NULL)
ON CONFLICT (keluarga_id, sumber_id) DO UPDATE
SET    desil = EXCLUDED.desil, persentil = EXCLUDED.persentil, job_id = EXCLUDED.job_id
WHERE  (t.desil, t.persentil) IS DISTINCT FROM (EXCLUDED.desil, EXCLUDED.persentil)
