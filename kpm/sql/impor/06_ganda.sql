-- 06_ganda.sql: one person twice in the file, in rows that differ. Nobody is chosen.
-- Loader. Reads and writes {calon}.tolak. Rows refused already do not count against others.
WITH hidup AS (
    SELECT * FROM {calon} WHERE tolak = 0
),
ganda AS (
    SELECT unnest(baris) AS baris, %(ID_GANDA)s::bigint AS bit FROM (
        SELECT array_agg(baris) AS baris FROM hidup WHERE id_dtks IS NOT NULL
        GROUP BY id_dtks HAVING count(*) > 1
    ) AS k
    UNION ALL
    SELECT unnest(baris), %(ORANG_GANDA)s FROM (
        SELECT array_agg(baris) FILTER (WHERE id_dtks IS NULL) AS baris FROM hidup WHERE nik_status = 'valid'
        GROUP BY kunci, nik HAVING count(*) > 1
        UNION ALL
        SELECT array_agg(baris) FILTER (WHERE id_dtks IS NULL) FROM hidup WHERE tanggal_lahir IS NOT NULL
        GROUP BY kunci, nama_normal, tanggal_lahir HAVING count(*) > 1
    ) AS k
)
UPDATE {calon} AS c
SET    tolak = c.tolak | g.bit
FROM   (SELECT baris, bit_or(bit) AS bit FROM ganda GROUP BY baris) AS g
WHERE  c.baris = g.baris
