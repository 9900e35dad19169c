-- impor_batas_tampil_induk.sql: the simplified boundaries of level %(tingkat)s from those of the level below.
-- Reads spatial_batas, spatial_wilayah. Writes spatial_batas.tampil for version %(versi)s.
-- Only where the boundary itself was made from the level below; so the levels nest on the screen too.
WITH milik AS (
    SELECT atas.kode, ST_UnaryUnion(ST_Collect(coalesce(b.tampil, b.geom)), 0.00001) AS geom
    FROM spatial_batas AS b
    JOIN spatial_wilayah AS w ON w.kode = b.wilayah_id
    JOIN spatial_wilayah AS atas ON atas.kode = w.induk_id
    WHERE b.versi_id = %(versi)s
    AND   atas.tingkat = %(tingkat)s
    GROUP BY atas.kode
),
bagian AS (
    SELECT kode, (ST_Dump(geom)).geom FROM milik
),
rapat AS (
    SELECT kode,
           ST_MakePolygon(
               ST_ExteriorRing(geom),
               ARRAY(SELECT ST_ExteriorRing(lingkar.geom) FROM ST_DumpRings(bagian.geom) AS lingkar
                     WHERE lingkar.path[1] > 0 AND ST_Area(lingkar.geom::geography) >= 10000)
           ) AS geom
    FROM bagian
    WHERE ST_Dimension(geom) = 2
)
UPDATE spatial_batas AS b
SET    tampil = jadi.geom
FROM   (SELECT kode, ST_Multi(ST_UnaryUnion(ST_Collect(geom))) AS geom FROM rapat GROUP BY kode) AS jadi
WHERE  b.versi_id = %(versi)s
AND    b.wilayah_id = jadi.kode
AND    NOT b.wilayah_id = ANY (%(dari_berkas)s)
