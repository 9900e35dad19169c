-- belum_segel.sql: lines of the trail that no seal covers, in the order they are sealed.
-- Reads access_jejak, access_jejaksegel. Writes nothing. A seal that ends before `dari` covers no line from then on.
SELECT j.id, j.waktu
FROM   access_jejak AS j
WHERE  j.waktu >= %(dari)s
AND    j.waktu < %(sampai)s
AND    NOT EXISTS (
           SELECT FROM (
               SELECT unnest(ids) AS id FROM access_jejaksegel WHERE sampai >= %(dari)s
           ) AS s
           WHERE s.id = j.id
       )
ORDER  BY j.waktu, j.id
LIMIT  %(banyak)s
