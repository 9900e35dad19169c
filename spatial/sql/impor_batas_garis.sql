-- impor_batas_garis.sql: the borders of one level as lines from node to node, each border once.
-- Reads spatial_batas, spatial_wilayah. Writes batas_garis (temporary, one row).
-- Noded on the grid of five decimals (a metre) on which the browser's file is written.
CREATE TEMPORARY TABLE batas_garis ON COMMIT DROP AS
SELECT ST_LineMerge(ST_UnaryUnion(ST_Collect(ST_Boundary(b.geom)), 0.00001)) AS geom
FROM spatial_batas AS b
JOIN spatial_wilayah AS w ON w.kode = b.wilayah_id
WHERE b.versi_id = %(versi)s
AND   w.tingkat = %(tingkat)s
