-- 05_baris_sama.sql: rows alike in every known column. The first stays, the others are refused.
-- Loader. Reads {teks}, {periksa}. Writes {periksa}.tolak. Only rows that share a key are compared whole.
WITH calon AS (
    SELECT unnest(baris) AS baris FROM (
        SELECT array_agg(baris) AS baris FROM {periksa} WHERE id_dtks IS NOT NULL
        GROUP BY id_dtks HAVING count(*) > 1
        UNION ALL
        SELECT array_agg(baris) FROM {periksa} WHERE id_dtks IS NULL AND kunci > 0
        GROUP BY kunci, nama_normal HAVING count(*) > 1
    ) AS k
),
ulangan AS (
    SELECT baris, row_number() OVER (PARTITION BY isi ORDER BY baris) AS ke
    FROM (SELECT t.baris, to_jsonb(t) - 'baris' AS isi FROM calon JOIN {teks} AS t USING (baris)) AS w
)
UPDATE {periksa} AS p
SET    tolak = %(BARIS_SAMA)s
FROM   ulangan
WHERE  ulangan.ke > 1 AND p.baris = ulangan.baris
