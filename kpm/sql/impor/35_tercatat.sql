-- 35_tercatat.sql: who is in this file -> kpm_tercatat, one row per keluarga with an applied row.
-- App. Reads impor_hasil. Writes kpm_tercatat. Safe to run twice: a job has one row per keluarga.
-- The village is the file's own. Somebody without a No. KK stays in the keluarga he has (step 12): its own
-- rows, which name its No. KK, speak before his.
INSERT INTO kpm_tercatat (keluarga_id, sumber_id, job_id, wilayah_id, anggota)
SELECT keluarga_id, %(sumber)s, %(job)s,
       coalesce(min(wilayah_berkas) FILTER (WHERE kunci > 0), min(wilayah_berkas)),
       array_agg(anggota_id ORDER BY anggota_id)
FROM   impor_hasil
WHERE  tolak = 0
GROUP  BY keluarga_id
ON CONFLICT (keluarga_id, job_id) DO NOTHING
