-- impor_batas_induk.sql: boundaries of level %(tingkat)s by union of the level below, where no file gave one.
-- Reads spatial_batas, spatial_wilayah. Writes spatial_batas for version %(versi)s.
-- Noded on a grid of 0.000001 degree (0.1 m). Holes under a hectare between the parts are closed: no
-- kecamatan has such a hole, villages drawn apart do. A hole that is a village without boundary stays.
WITH gabung AS MATERIALIZED (
    SELECT atas.kode, ST_UnaryUnion(ST_Collect(b.geom), 0.000001) AS geom
    FROM spatial_batas AS b
    JOIN spatial_wilayah AS w ON w.kode = b.wilayah_id
    JOIN spatial_wilayah AS atas ON atas.kode = w.induk_id
    WHERE b.versi_id = %(versi)s
    AND   atas.tingkat = %(tingkat)s
    AND   NOT EXISTS (SELECT FROM spatial_batas AS ada WHERE ada.versi_id = b.versi_id AND ada.wilayah_id = atas.kode)
    GROUP BY atas.kode
),
bagian AS (
    SELECT kode, (ST_Dump(geom)).geom FROM gabung
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
INSERT INTO spatial_batas (versi_id, wilayah_id, geom)
SELECT %(versi)s, kode, ST_Multi(ST_UnaryUnion(ST_Collect(geom)))
FROM rapat
GROUP BY kode
