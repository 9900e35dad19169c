-- batas_desa.sql: label points and coast -> one indicative boundary per village.
-- Reads batas_titik, pantai (both temporary). Writes spatial_batas for version %(versi)s.
-- All lines (coast, Voronoi edges of each piece of land, discs of 1 km) are noded together on a grid of
-- 0.00001 degree, about a metre, and the faces between them are handed to the nearest label point. So two
-- neighbours have the very same vertices along their border, and no two overlap.
WITH pulau AS (
    SELECT p.id, p.geom, ST_Collect(t.titik) AS titik
    FROM pantai AS p JOIN batas_titik AS t ON t.pulau = p.id
    GROUP BY p.id, p.geom
),
lepas AS (
    SELECT kode, titik, ST_Buffer(titik::geography, 1000)::geometry AS cakram
    FROM batas_titik
    WHERE pulau IS NULL
),
garis AS (
    SELECT ST_Boundary(geom) AS geom FROM pulau
    UNION ALL
    SELECT ST_Intersection(ST_VoronoiLines(titik, 0, ST_Expand(geom, 1)), geom) FROM pulau
    UNION ALL
    SELECT ST_Boundary(cakram) FROM lepas
    UNION ALL
    SELECT ST_Intersection(ST_VoronoiLines(ST_Collect(titik), 0, ST_Expand(ST_Collect(titik), 1)), ST_Union(cakram))
    FROM lepas
),
bidang AS (
    SELECT (ST_Dump(ST_Polygonize(simpul.geom))).geom
    FROM (SELECT ST_UnaryUnion(ST_Collect(geom), 0.00001) AS geom FROM garis) AS simpul
),
milik AS (
    SELECT b.geom, coalesce(di_darat.kode, di_laut.kode) AS kode
    FROM bidang AS b
    CROSS JOIN LATERAL (SELECT ST_PointOnSurface(b.geom) AS titik) AS dalam
    LEFT JOIN pulau AS p ON ST_Contains(p.geom, dalam.titik)
    LEFT JOIN LATERAL (
        SELECT t.kode FROM batas_titik AS t
        WHERE t.pulau = p.id
        ORDER BY t.titik <-> dalam.titik LIMIT 1
    ) AS di_darat ON true
    LEFT JOIN LATERAL (
        SELECT l.kode FROM lepas AS l
        WHERE p.id IS NULL AND ST_Contains(l.cakram, dalam.titik)
        ORDER BY l.titik <-> dalam.titik LIMIT 1
    ) AS di_laut ON true
)
INSERT INTO spatial_batas (versi_id, wilayah_id, geom)
SELECT %(versi)s, kode, ST_Multi(ST_Union(geom))
FROM milik
WHERE kode IS NOT NULL
GROUP BY kode
