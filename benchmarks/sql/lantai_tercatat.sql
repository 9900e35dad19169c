-- lantai_tercatat.sql: kpm_anggota -> kpm_tercatat, the least that could be done.
-- Reads kpm_anggota. Writes kpm_tercatat. Not made to run twice.
INSERT INTO kpm_tercatat (keluarga_id, sumber_id, job_id, wilayah_id, anggota)
SELECT keluarga_id, %(sumber)s, %(job)s, min(wilayah_id), array_agg(id ORDER BY id)
FROM   kpm_anggota
GROUP  BY keluarga_id
