-- 16_jawaban.sql: the answers of each keluarga of a file, from its applied rows.
-- App. Reads impor_hasil, impor_kk, {jawaban}. Writes the temporary table impor_jawaban.
-- Files with one row per person repeat them. Where rows differ, the row that speaks for the keluarga (wakil)
-- speaks here as well, and beda says so; an empty cell contradicts nobody.
CREATE TEMPORARY TABLE impor_jawaban ON COMMIT DROP AS
WITH isi AS (
    SELECT k.id AS keluarga_id, k.wilayah_id, j.instrumen, j.keluarga AS isi,
           bool_or(h.baris = k.wakil) AS wakil, min(h.baris) AS baris
    FROM impor_hasil AS h
    JOIN impor_kk AS k ON k.kunci = h.kunci
    JOIN {jawaban} AS j ON j.baris = h.baris
    WHERE h.tolak = 0 AND j.keluarga <> '{{}}'
    GROUP BY k.id, k.wilayah_id, j.instrumen, j.keluarga
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
