-- 06_baris_sama.sql: rows alike in every known column. The first stays, the others are refused.
-- Loader. Reads {calon}, {teks}. Writes {periksa}.tolak.
UPDATE {periksa} AS p
SET    tolak = %(BARIS_SAMA)s
FROM (
    SELECT baris, row_number() OVER (PARTITION BY isi ORDER BY baris) AS ke
    FROM (SELECT t.baris, to_jsonb(t) - 'baris' AS isi FROM {calon} JOIN {teks} AS t USING (baris)) AS w
) AS ulangan
WHERE  ulangan.ke > 1 AND p.baris = ulangan.baris AND p.tolak = 0
