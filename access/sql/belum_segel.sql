-- belum_segel.sql: lines of the trail that no seal covers, in the order they are sealed.
-- Reads access_jejak, access_jejaksegel. Writes nothing. A seal that ends before `dari` covers no line from then on.
-- NOT IN and not NOT EXISTS: a filter lets the index hand out the first lines in order, a join reads all of them first.
SELECT j.id, j.waktu
FROM   access_jejak AS j
WHERE  j.waktu >= %(dari)s
AND    j.waktu < %(sampai)s
AND    j.id NOT IN (SELECT unnest(ids) FROM access_jejaksegel WHERE sampai >= %(dari)s)
ORDER  BY j.waktu, j.id
LIMIT  %(banyak)s
