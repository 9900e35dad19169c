-- 08_nik_ganda.sql: a valid NIK that several persons of the file carry is a remark on each of them.
-- Loader. Reads {calon}. Reads and writes {periksa}.catatan.
UPDATE {periksa} AS p
SET    catatan = p.catatan | %(NIK_GANDA)s
FROM (
    SELECT baris, count(*) OVER (PARTITION BY nik) AS banyak
    FROM {periksa} JOIN {calon} USING (baris)
    WHERE nik_status = 'valid' AND tolak = 0
) AS g
WHERE  g.banyak > 1 AND p.baris = g.baris
