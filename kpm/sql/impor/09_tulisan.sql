-- 09_tulisan.sql: the cells of indicator columns that are no code as it is stored, each spelling once.
-- Loader. Reads {mentah}. Only in a file that has such columns. jawaban.py says what each of them means.
-- What is longer than any label comes cut, so that it equals no cell and stays outside the list.
SELECT v.kode, left(v.tulisan, %(tulisan_panjang)s + 1)
FROM {mentah} AS m
CROSS JOIN LATERAL (VALUES {tulisan}) AS v (kode, tulisan)
WHERE v.tulisan IS NOT NULL
GROUP BY 1, 2
ORDER BY count(*) DESC
LIMIT %(tulisan_banyak)s
