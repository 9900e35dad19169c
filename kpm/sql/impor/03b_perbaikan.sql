-- 03b_perbaikan.sql: a row of a mended workbook that is none of those handed back, or one of them a second time.
-- Loader. Reads {mentah}, {dikembalikan} (the rows handed back). Writes {periksa}.tolak. c0 says which row of the first file it was
-- (rejects.COLUMNS, baris_asal.sql).
UPDATE {periksa} AS p
SET    tolak = p.tolak | %(BUKAN_BARIS_DITOLAK)s
FROM (
    SELECT m.baris, d.baris IS NULL OR row_number() OVER (PARTITION BY d.baris ORDER BY m.baris) > 1 AS tambahan
    FROM (
        SELECT baris, {baris_asal} AS asal FROM {mentah}
    ) AS m
    LEFT JOIN {dikembalikan} AS d ON d.baris = m.asal
) AS t
WHERE t.baris = p.baris AND t.tambahan
