-- 05_baris_sama.sql: rows alike in every known column. The first stays, the others are refused.
-- Loader. Reads {calon}, {mentah}. Writes {calon}.tolak. Columns that imports.py does not know do not count:
-- a running number would make every row another one.
UPDATE {calon} AS c
SET    tolak = %(BARIS_SAMA)s
FROM (
    SELECT baris, row_number() OVER (PARTITION BY isi ORDER BY tolak <> 0, baris) AS ke
    FROM (SELECT m.baris, tolak, ROW({kolom_dikenal})::text AS isi FROM {calon} JOIN {mentah} AS m USING (baris)) AS w
) AS ulangan
WHERE  ulangan.ke > 1 AND c.baris = ulangan.baris AND c.tolak = 0
