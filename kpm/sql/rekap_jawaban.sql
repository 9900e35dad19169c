-- rekap_jawaban.sql: per village how many keluarga answered the questions of a measure, and how many have it: of
-- those keluarga that several sumber or questionnaires speak of. rekap_jawaban_satu.sql counts the others.
-- App, over the whole province. Reads kpm_jawabankeluarga, kpm_keluarga, kpm_sumber. ukuran, instrumen, indikator
-- and kode are the columns of the mapping table (kode: several, a blank between). Only keluarga on the list count,
-- each with the newest sumber that asked. Every measure has a row, also when nobody answered.
WITH peta AS (
    SELECT ukuran, instrumen, indikator, string_to_array(kode, ' ') AS kode
    FROM unnest(%(ukuran)s::text[], %(instrumen)s::text[], %(indikator)s::text[], %(kode)s::text[])
         AS t (ukuran, instrumen, indikator, kode)
), satu AS (
    SELECT j.keluarga_id, k.wilayah_id, p.ukuran, j.instrumen, j.sumber_id, s.periode,
           bool_or(j.isi ->> p.indikator = ANY (p.kode)) AS ya
    FROM   kpm_jawabankeluarga AS j
    JOIN   kpm_keluarga AS k ON k.id = j.keluarga_id
    JOIN   kpm_sumber AS s ON s.id = j.sumber_id
    JOIN   peta AS p ON p.instrumen = j.instrumen AND j.isi ? p.indikator
    WHERE  k.status = 'aktif' AND k.wilayah_id IS NOT NULL
    AND    EXISTS (SELECT FROM kpm_jawabankeluarga AS lain WHERE lain.keluarga_id = j.keluarga_id AND lain.id <> j.id)
    GROUP  BY j.keluarga_id, k.wilayah_id, p.ukuran, j.instrumen, j.sumber_id, s.periode
), terbaru AS (
    SELECT DISTINCT ON (keluarga_id, ukuran) wilayah_id, ukuran, ya
    FROM   satu
    ORDER  BY keluarga_id, ukuran, periode DESC, sumber_id DESC, instrumen DESC
)
SELECT a.awalan || t.ukuran, t.wilayah_id,
       CASE a.awalan WHEN 'dijawab_' THEN count(*) ELSE count(*) FILTER (WHERE t.ya) END
FROM   terbaru AS t
CROSS  JOIN (VALUES ('dijawab_'), ('jawaban_')) AS a (awalan)
GROUP  BY a.awalan, t.ukuran, t.wilayah_id
UNION ALL
SELECT a.awalan || u.kode, NULL, 0
FROM   unnest(%(semua)s::text[]) AS u (kode)
CROSS  JOIN (VALUES ('dijawab_'), ('jawaban_')) AS a (awalan)
