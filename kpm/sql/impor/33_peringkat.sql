-- 33_peringkat.sql: desil, percentile and rank -> kpm_peringkat of this sumber. Equal values are left alone.
-- App. Reads impor_kk. Writes kpm_peringkat.
INSERT INTO kpm_peringkat AS t (keluarga_id, sumber_id, desil, persentil, peringkat, wilayah_id, job_id)
SELECT id, %(sumber)s, desil, persentil, peringkat, wilayah_id, %(job)s
FROM   impor_kk
WHERE  NOT beda_desa AND (baru OR %(tulis_peringkat)s) AND (desil IS NOT NULL OR persentil IS NOT NULL OR peringkat IS NOT NULL)
ON CONFLICT (keluarga_id, sumber_id) DO UPDATE
SET    desil = CASE WHEN %(ada_desil)s THEN EXCLUDED.desil ELSE t.desil END,
       persentil = CASE WHEN %(ada_persentil)s THEN EXCLUDED.persentil ELSE t.persentil END,
       peringkat = CASE WHEN %(ada_peringkat)s THEN EXCLUDED.peringkat ELSE t.peringkat END,
       job_id = EXCLUDED.job_id
WHERE  %(ada_desil)s AND t.desil IS DISTINCT FROM EXCLUDED.desil
OR     %(ada_persentil)s AND t.persentil IS DISTINCT FROM EXCLUDED.persentil
OR     %(ada_peringkat)s AND t.peringkat IS DISTINCT FROM EXCLUDED.peringkat
