-- 16_jawaban.sql: the answers of each keluarga of a file, from its applied rows.
-- App. Reads impor_hasil, impor_kk, impor_cocok, {periksa}, kpm_keluarga, {jawaban}. Writes the temporary table impor_jawaban.
-- Files with one row per person repeat them. Where rows differ, the row that speaks for the keluarga (wakil)
-- speaks here as well, and beda says so; an empty cell contradicts nobody. Somebody who lives in another keluarga
-- now (lama) answers for the one of his No. KK only while he is in it. Of a mended workbook only the head's row
-- answers for a known keluarga (diam, step 12).
CREATE TEMPORARY TABLE impor_jawaban ON COMMIT DROP AS
WITH isi AS (
    SELECT r.keluarga_id, r.wilayah_id, j.instrumen, j.keluarga AS isi, bool_or(r.wakil) AS wakil, min(r.baris) AS baris
    FROM (
        SELECT h.baris, k.id AS keluarga_id, k.wilayah_id, h.baris = k.wakil AS wakil
        FROM impor_hasil AS h
        JOIN impor_kk AS k ON k.kunci = h.kunci
        WHERE h.tolak = 0 AND NOT h.lama AND NOT k.diam
        UNION ALL
        SELECT h.baris, t.id, t.wilayah_id, p.kepala
        FROM impor_hasil AS h
        JOIN impor_cocok AS c ON c.baris = h.baris
        JOIN kpm_keluarga AS t ON t.id = c.keluarga_lama
        JOIN {periksa} AS p ON p.baris = h.baris
        WHERE h.tolak = 0 AND h.lama AND (c.keluarga_kk = c.keluarga_lama OR c.lama_tanpa_kk)
        AND   (p.kepala OR NOT %(perbaikan)s)
    ) AS r
    JOIN {jawaban} AS j ON j.baris = r.baris
    WHERE j.keluarga <> '{{}}'
    GROUP BY r.keluarga_id, r.wilayah_id, j.instrumen, j.keluarga
),
gabung AS (
    SELECT keluarga_id, wilayah_id, instrumen, count(*) AS banyak,
           kpm_gabung(isi) || kpm_gabung(jsonb_strip_nulls(isi) ORDER BY wakil, baris DESC) AS isi
    FROM isi
    GROUP BY keluarga_id, wilayah_id, instrumen
)
SELECT g.keluarga_id, g.wilayah_id, g.instrumen, g.isi,
       g.banyak > 1 AND EXISTS (
           SELECT FROM isi AS i
           WHERE i.keluarga_id = g.keluarga_id AND i.instrumen = g.instrumen
           AND   NOT g.isi @> jsonb_strip_nulls(i.isi)
       ) AS beda
FROM gabung AS g
