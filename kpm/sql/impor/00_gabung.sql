-- 00_gabung.sql: the persons of a file with the columns of their households beside them, one table to be judged.
-- Loader. Reads {orang} and {rumah}, the two staged tables. Writes {mentah}: c0, c1 ... of the person, r0, r1 ... of the
-- household, rumah (its row), and tolak_awal, what is wrong with the pair. A row of the household table that nobody
-- takes is a row of its own, with the id but without a person, so that it is counted, refused and handed back: its number is
-- moved by %(geser)s, or it would be another row's. Rows are told apart by what stands in them (sidik).
CREATE UNLOGGED TABLE {mentah} AS
WITH rumah AS MATERIALIZED (
    SELECT r.*, min(sidik) OVER w <> max(sidik) OVER w AS beda, row_number() OVER (w ORDER BY baris) AS ke
    FROM (
        SELECT baris, numerik & %(bit_rumah)s AS numerik, lebih IS NOT NULL OR n_kolom < %(lebar_rumah)s AS bergeser,
               kpm_nomor(kpm_rapi({kunci_rumah})) AS kunci, hashtextextended(ROW({isi_rumah})::text, 0) AS sidik,
               {kolom_rumah}
        FROM {rumah}
    ) AS r
    WINDOW w AS (PARTITION BY kunci)
),
orang AS MATERIALIZED (
    SELECT o.*, kpm_nomor(kpm_rapi({kunci_orang})) AS kunci FROM {orang} AS o
),
-- what is wrong with a row of the household table, whoever lives there
putusan AS MATERIALIZED (
    SELECT r.*,
           CASE WHEN kunci IS NULL AND ({isi_rumah_teks}) ~* '\m(JUMLAH|TOTAL)\M'
                     OR regexp_replace(upper(kunci), '[^A-Z0-9]', '', 'g') = %(judul_kunci)s THEN %(BUKAN_ORANG)s
                WHEN bergeser THEN %(BARIS_GESER)s
                WHEN kunci IS NULL THEN %(TANPA_KUNCI)s
                WHEN beda THEN %(KELUARGA_GANDA)s
                WHEN ke > 1 THEN %(BARIS_SAMA)s
                ELSE 0 END AS tolak
    FROM rumah AS r
)
SELECT o.baris, o.n_kolom, o.lebih, (o.numerik & %(bit_orang)s) | coalesce(p.numerik, 0) AS numerik,
       CASE WHEN p.baris IS NOT NULL THEN 0
            WHEN EXISTS (SELECT FROM putusan AS g WHERE g.kunci = o.kunci AND g.beda) THEN %(KELUARGA_GANDA)s
            ELSE %(KELUARGA_HILANG)s END::bigint AS tolak_awal,
       p.baris AS rumah, {kolom_orang}, {nama_kolom_rumah}
FROM orang AS o
LEFT JOIN putusan AS p ON p.kunci = o.kunci AND p.tolak = 0
UNION ALL
SELECT p.baris + %(geser)s, %(lebar)s, NULL, p.numerik,
       CASE WHEN p.tolak = 0 THEN %(KELUARGA_TANPA_ORANG)s ELSE p.tolak END, NULL, {tanpa_orang}, {nama_kolom_rumah}
FROM putusan AS p
WHERE %(semua_rumah)s AND (p.tolak <> 0 OR NOT EXISTS (SELECT FROM orang AS o WHERE o.kunci = p.kunci))
