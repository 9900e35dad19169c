-- 09_berkas.sql: rows that the file of a later import names stay, also where it said nothing new about them.
-- Reads kpm_tercatat, {rencana}, {tabel}, {riwayat}. Writes {rencana}.
UPDATE {rencana} AS r
SET    sebab = 'berkas', oleh_job = b.job_id
FROM (
    SELECT r.id, max(n.job_id) AS job_id
    FROM   {rencana} AS r
    LEFT JOIN {tabel} AS t ON t.id = r.id
    LEFT JOIN {riwayat} AS e ON e.pgh_id = r.dulu
    JOIN   kpm_tercatat AS n ON n.job_id = ANY (%(kemudian)s::bigint[]) AND {disebut}
    WHERE  r.sebab IS NULL
    GROUP  BY r.id
) AS b
WHERE  r.id = b.id
