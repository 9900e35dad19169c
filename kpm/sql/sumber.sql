-- sumber.sql: how many keluarga and persons each sumber names, from how many files, and the last of them.
-- Reads kpm_tercatat through the gate ({tercatat}) and jobs_job; writes nothing.
-- A person named by two files of one sumber counts once in his keluarga.
WITH t AS MATERIALIZED ({tercatat}),
k AS (
    SELECT sumber_id, keluarga_id, min(anggota) <> max(anggota) AS beda, max(cardinality(anggota)) AS orang
    FROM t GROUP BY sumber_id, keluarga_id
),
o AS (
    SELECT sumber_id, keluarga_id, count(DISTINCT nomor) AS orang
    FROM k JOIN t USING (sumber_id, keluarga_id) CROSS JOIN unnest(t.anggota) AS u (nomor)
    WHERE k.beda GROUP BY sumber_id, keluarga_id
),
berkas AS (
    SELECT d.sumber_id, count(*) AS berkas, max(j.berakhir) AS terakhir
    FROM (SELECT DISTINCT sumber_id, job_id FROM t) AS d JOIN jobs_job AS j ON j.id = d.job_id
    GROUP BY d.sumber_id
)
SELECT k.sumber_id, count(*) AS keluarga, sum(coalesce(o.orang, k.orang))::bigint AS orang,
       min(b.berkas) AS berkas, min(b.terakhir) AS terakhir
FROM   k
LEFT JOIN o USING (sumber_id, keluarga_id)
JOIN   berkas AS b USING (sumber_id)
GROUP BY k.sumber_id
