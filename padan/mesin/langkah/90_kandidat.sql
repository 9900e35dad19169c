-- 90_kandidat.sql: the pairs people decide, with the evidence in words.
-- Reads hasil, calon, bukti. Writes kandidat, at most {tersimpan} of a person, best first: the asserted one, then by weight.
-- skor is null where a rule of the NIK found the pair.
CREATE OR REPLACE TABLE kandidat AS
WITH pilih AS (
    SELECT c.orang, c.penduduk, CASE WHEN h.hasil = 'CALON' THEN 'calon' WHEN h.hasil = 'GANDA' THEN 'ganda' ELSE 'sebagian' END AS jenis,
           c.p AS skor, c.bobot AS berat, coalesce(c.penduduk = h.penduduk, false) AS dia, {gamma}, {mw_jadi}
    FROM hasil AS h JOIN calon AS c ON c.orang = h.orang
    WHERE (h.hasil = 'CALON' AND ((c.layak AND c.p >= {calon}) OR c.penduduk = h.penduduk))
    OR    (h.penduduk = c.penduduk AND h.hasil IN ('PADAN_SEBAGIAN', 'GANDA'))
    UNION ALL BY NAME
    SELECT orang, penduduk, jenis, NULL::double AS skor, 0.0 AS berat, jenis <> 'beda' AS dia, {gamma}, {mw_jadi}
    FROM bukti
)
SELECT orang, penduduk, jenis, skor,
       row_number() OVER (PARTITION BY orang ORDER BY dia DESC, berat DESC, penduduk) AS urutan, {bobot} AS bobot
FROM pilih
QUALIFY urutan <= {tersimpan}
