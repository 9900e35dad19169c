-- 56_sejak.sql: who changed the rows an import would touch since it was previewed: job, person, keluarga, persons.
-- App. Reads impor_kk, impor_hasil, {tinjau_keluarga}, {tinjau_anggota}, the registers, their history, jobs_job.
-- Programmes, ranks and answers count as well, those of this sumber. A long import writes under the time it began at, so what counts is also that its job ended later.
WITH keluarga AS (
    SELECT id FROM impor_kk WHERE NOT baru
    UNION
    SELECT keluarga_id FROM {tinjau_keluarga} WHERE keluarga_id IS NOT NULL
),
anggota AS (
    SELECT anggota_id AS id FROM impor_hasil WHERE tolak = 0 AND NOT baru
    UNION
    SELECT anggota_id FROM {tinjau_anggota} WHERE anggota_id IS NOT NULL
),
selesai AS (
    SELECT id FROM jobs_job WHERE keadaan = 'selesai' AND berakhir > %(pada)s::timestamptz
),
kejadian AS (
    SELECT c.metadata, e.pgh_obj_id AS keluarga, NULL::bigint AS anggota, e.pgh_created_at AS waktu
    FROM kpm_keluargaevent AS e
    LEFT JOIN pghistory_context AS c ON c.id = e.pgh_context_id
    WHERE e.pgh_obj_id IN (SELECT id FROM keluarga)
    UNION ALL
    SELECT c.metadata, NULL, e.pgh_obj_id, e.pgh_created_at
    FROM kpm_anggotaevent AS e
    LEFT JOIN pghistory_context AS c ON c.id = e.pgh_context_id
    WHERE e.pgh_obj_id IN (SELECT id FROM anggota)
    UNION ALL
    SELECT jsonb_build_object('job', job_id), id, NULL, dibuat FROM kpm_keluarga WHERE id IN (SELECT id FROM keluarga)
    UNION ALL
    SELECT jsonb_build_object('job', job_id), NULL, id, dibuat FROM kpm_anggota WHERE id IN (SELECT id FROM anggota)
    UNION ALL
    SELECT c.metadata, NULL, e.anggota_id, e.pgh_created_at
    FROM kpm_kepesertaanevent AS e
    LEFT JOIN pghistory_context AS c ON c.id = e.pgh_context_id
    WHERE e.sumber_id = %(sumber)s AND e.anggota_id IN (SELECT id FROM anggota)
    UNION ALL
    SELECT jsonb_build_object('job', job_id), NULL, anggota_id, dibuat
    FROM kpm_kepesertaan WHERE sumber_id = %(sumber)s AND anggota_id IN (SELECT id FROM anggota)
    UNION ALL
    SELECT c.metadata, e.keluarga_id, NULL, e.pgh_created_at
    FROM kpm_peringkatevent AS e
    LEFT JOIN pghistory_context AS c ON c.id = e.pgh_context_id
    WHERE e.sumber_id = %(sumber)s AND e.keluarga_id IN (SELECT id FROM keluarga)
    UNION ALL
    SELECT jsonb_build_object('job', job_id), keluarga_id, NULL, NULL
    FROM kpm_peringkat WHERE sumber_id = %(sumber)s AND keluarga_id IN (SELECT id FROM keluarga)
    UNION ALL
    SELECT c.metadata, e.keluarga_id, NULL, e.pgh_created_at
    FROM kpm_jawabankeluargaevent AS e
    LEFT JOIN pghistory_context AS c ON c.id = e.pgh_context_id
    WHERE e.sumber_id = %(sumber)s AND e.keluarga_id IN (SELECT id FROM keluarga)
    UNION ALL
    SELECT jsonb_build_object('job', job_id), keluarga_id, NULL, NULL
    FROM kpm_jawabankeluarga WHERE sumber_id = %(sumber)s AND keluarga_id IN (SELECT id FROM keluarga)
    UNION ALL
    SELECT c.metadata, NULL, e.anggota_id, e.pgh_created_at
    FROM kpm_jawabananggotaevent AS e
    LEFT JOIN pghistory_context AS c ON c.id = e.pgh_context_id
    WHERE e.sumber_id = %(sumber)s AND e.anggota_id IN (SELECT id FROM anggota)
    UNION ALL
    SELECT jsonb_build_object('job', job_id), NULL, anggota_id, NULL
    FROM kpm_jawabananggota WHERE sumber_id = %(sumber)s AND anggota_id IN (SELECT id FROM anggota)
),
siapa AS (
    SELECT (metadata ->> 'job')::bigint AS job, (metadata ->> 'user')::bigint AS oleh, keluarga, anggota, waktu
    FROM kejadian
)
SELECT job, max(oleh), count(DISTINCT keluarga), count(DISTINCT anggota)
FROM siapa
WHERE waktu > %(pada)s::timestamptz OR job IN (SELECT id FROM selesai)
GROUP BY job, CASE WHEN job IS NULL THEN oleh END
ORDER BY 3 DESC, 4 DESC
LIMIT 10
