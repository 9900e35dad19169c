-- 07_nik_ganda.sql: a valid NIK that several persons of the file carry is a remark on each of them.
-- Loader. Reads and writes {periksa}.catatan.
UPDATE {periksa} AS p
SET    catatan = p.catatan | %(NIK_GANDA)s
FROM   (SELECT nik FROM {periksa} WHERE nik_status = 'valid' AND tolak = 0
        GROUP BY nik HAVING count(*) > 1) AS g
WHERE  p.nik = g.nik AND p.tolak = 0
