-- impor_batas_gabung.sql: the features of a load, one row per wilayah, every geometry valid.
-- Reads batas_baca (temporary: berkas, no, kode, geom). Writes batas_satu (temporary).
-- ST_MakeValid only where needed, and `alasan` says so; features of one code become one boundary.
CREATE TEMPORARY TABLE batas_satu ON COMMIT DROP AS
WITH periksa AS MATERIALIZED (
    SELECT kode, geom, ST_IsValid(geom) AS sah
    FROM batas_baca
    WHERE kode IS NOT NULL
    AND   geom IS NOT NULL
),
baik AS MATERIALIZED (
    SELECT kode,
           CASE WHEN sah THEN geom ELSE ST_CollectionExtract(ST_MakeValid(geom), 3) END AS geom,
           CASE WHEN NOT sah THEN regexp_replace(ST_IsValidReason(geom), '\[.*$', '') END AS alasan
    FROM periksa
)
SELECT kode,
       count(*) AS bagian,
       min(alasan) AS alasan,
       sum(ST_Area(geom::geography)) AS luas_bagian,
       CASE WHEN count(*) = 1 THEN ST_Multi((array_agg(geom))[1])
            ELSE ST_Multi(ST_UnaryUnion(ST_Collect(geom))) END AS geom
FROM baik
GROUP BY kode
