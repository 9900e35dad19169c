-- tercatat_lama.sql: who was in the files of imports from before there was kpm_tercatat.
-- Migration 0010, as the owner with the whole province in sight. Reads kpm_anggota, kpm_anggotaevent,
-- kpm_keluarga, kpm_impor. Writes kpm_tercatat.
-- Every state of a row, the present one and those in its history, was written by job_ubah or, before any
-- change, by job. So a job named the persons it wrote, in the keluarga and village it wrote. Lost are the
-- persons a file of the same period named without changing anything.
INSERT INTO kpm_tercatat (keluarga_id, sumber_id, job_id, wilayah_id, anggota)
SELECT s.keluarga_id, i.sumber_id, s.job_id, min(s.wilayah_id), array_agg(DISTINCT s.id ORDER BY s.id)
FROM (
    SELECT id, keluarga_id, wilayah_id, coalesce(job_ubah_id, job_id) AS job_id FROM kpm_anggota
    UNION ALL
    SELECT id, keluarga_id, wilayah_id, coalesce(job_ubah_id, job_id) FROM kpm_anggotaevent
) AS s
JOIN kpm_impor AS i ON i.job_id = s.job_id
JOIN kpm_keluarga AS k ON k.id = s.keluarga_id
GROUP BY s.keluarga_id, i.sumber_id, s.job_id
ON CONFLICT (keluarga_id, job_id) DO NOTHING
