-- 43a_keluarga.sql: the rows of the household table that some person of the file took: how many, how many of them
-- with somebody who was applied, and the first ones without. App. Reads impor_hasil, {mentah}. For linked tables only.
SELECT count(*), count(*) FILTER (WHERE masuk), (array_agg(rumah ORDER BY rumah) FILTER (WHERE NOT masuk))[1:3]
FROM (
    SELECT m.rumah, bool_or(h.tolak = 0) AS masuk
    FROM {mentah} AS m
    JOIN impor_hasil AS h USING (baris)
    WHERE m.rumah IS NOT NULL
    GROUP BY m.rumah
) AS r
