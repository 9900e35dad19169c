-- impor_batas_tampil.sql: the simplified boundaries of one level; a border shared by two stays shared.
-- Reads batas_garis (temporary), spatial_batas, spatial_wilayah. Writes spatial_batas.tampil.
-- All lines are simplified together, by at most %(toleransi)s degree, ends kept: they cannot cross. Each
-- face between them goes to the wilayah that holds a point of it; faces that nobody holds stay empty.
WITH sederhana AS MATERIALIZED (
    SELECT CASE WHEN %(toleransi)s > 0 THEN ST_SimplifyPreserveTopology(geom, %(toleransi)s) ELSE geom END AS geom
    FROM batas_garis
),
bidang AS MATERIALIZED (
    SELECT (ST_Dump(ST_Polygonize(simpul.geom))).geom
    FROM (SELECT ST_UnaryUnion(geom, 0.00001) AS geom FROM sederhana) AS simpul
),
titik AS MATERIALIZED (
    SELECT geom, ST_PointOnSurface(geom) AS dalam FROM bidang
),
milik AS (
    SELECT pemilik.id, ST_Multi(ST_UnaryUnion(ST_Collect(titik.geom), 0.00001)) AS geom
    FROM titik
    CROSS JOIN LATERAL (
        SELECT b.id
        FROM spatial_batas AS b
        JOIN spatial_wilayah AS w ON w.kode = b.wilayah_id
        WHERE b.versi_id = %(versi)s
        AND   w.tingkat = %(tingkat)s
        AND   ST_Contains(b.geom, titik.dalam)
        ORDER BY b.wilayah_id
        LIMIT 1
    ) AS pemilik
    GROUP BY pemilik.id
)
UPDATE spatial_batas AS b
SET    tampil = milik.geom
FROM   milik
WHERE  b.id = milik.id
AND    NOT ST_IsEmpty(milik.geom)
