-- muat_ejaan.sql: names of spatial_wilayah and the spellings just copied -> spatial_ejaan.
-- Reads spatial_wilayah, berkas_ejaan (temporary: kode, tulisan). Writes spatial_ejaan.
-- Safe to run twice: one row per level, parent and spatial_kunci, equal rows are left alone. A name that
-- was official before stays as another spelling. When two wilayah under one parent claim a spelling with
-- equal right, neither gets it: it is not told apart.
WITH calon AS (
    SELECT kode, tingkat, induk_id, nama AS tulisan, true AS resmi,
           -- "Bandung" is the kabupaten when there is one, else the kota
           CASE WHEN jenis = 'kota' THEN 2 ELSE 1 END AS urutan
    FROM spatial_wilayah
    UNION ALL
    SELECT kode, tingkat, induk_id, 'Kota ' || nama, true, 1 FROM spatial_wilayah WHERE jenis = 'kota'
    UNION ALL
    SELECT w.kode, w.tingkat, w.induk_id, b.tulisan, false, 3
    FROM berkas_ejaan AS b JOIN spatial_wilayah AS w USING (kode)
    UNION ALL
    SELECT kode, tingkat, induk_id, nama_bps, false, 4 FROM spatial_wilayah WHERE nama_bps <> ''
),
berkunci AS (
    SELECT *, spatial_kunci(tulisan) AS kunci,
           rank() OVER (PARTITION BY tingkat, induk_id, spatial_kunci(tulisan) ORDER BY urutan) AS giliran
    FROM calon
),
terpilih AS (
    SELECT tingkat, induk_id, kunci, min(tulisan COLLATE "C") AS tulisan, min(kode) AS kode, bool_or(resmi) AS resmi
    FROM berkunci
    WHERE giliran = 1
    GROUP BY tingkat, induk_id, kunci
    HAVING count(DISTINCT kode) = 1
),
-- a former official name, and nothing else, loses its rank
mantan AS (
    UPDATE spatial_ejaan AS e
    SET    resmi = false
    WHERE  e.resmi
    AND    NOT EXISTS (SELECT FROM terpilih AS t
                       WHERE t.resmi AND t.tingkat = e.tingkat AND t.kunci = e.kunci
                       AND   t.induk_id IS NOT DISTINCT FROM e.induk_id)
    RETURNING e.id
)
INSERT INTO spatial_ejaan AS e (tingkat, induk_id, tulisan, wilayah_id, resmi)
SELECT tingkat, induk_id, tulisan, kode, resmi
FROM terpilih
ORDER BY kode, resmi DESC
ON CONFLICT (tingkat, induk_id, kunci) DO UPDATE
SET    tulisan = EXCLUDED.tulisan, wilayah_id = EXCLUDED.wilayah_id, resmi = EXCLUDED.resmi
-- a spelling that an admin gave to another wilayah gives way to an official name only
WHERE  (e.tulisan, e.wilayah_id, e.resmi) IS DISTINCT FROM (EXCLUDED.tulisan, EXCLUDED.wilayah_id, EXCLUDED.resmi)
AND    (EXCLUDED.resmi OR e.wilayah_id = EXCLUDED.wilayah_id)
RETURNING xmax = 0
