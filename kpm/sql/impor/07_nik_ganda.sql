-- 07_nik_ganda.sql: a valid NIK that several persons of the file carry is a remark on each of them.
-- Loader. Reads and writes {calon}.catatan.
UPDATE {calon} AS c
SET    catatan = c.catatan | %(NIK_GANDA)s
FROM (
    SELECT baris, count(*) OVER (PARTITION BY nik) AS banyak FROM {calon} WHERE nik_status = 'valid' AND tolak = 0
) AS g
WHERE  g.banyak > 1 AND c.baris = g.baris
