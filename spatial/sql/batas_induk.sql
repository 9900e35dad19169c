-- batas_induk.sql: boundaries of one level by union of the level below.
-- Reads spatial_batas, spatial_wilayah. Writes spatial_batas for version %(versi)s, level %(tingkat)s.
INSERT INTO spatial_batas (versi_id, wilayah_id, geom)
SELECT %(versi)s, atas.kode, ST_Multi(ST_Union(b.geom))
FROM spatial_batas AS b
JOIN spatial_wilayah AS w ON w.kode = b.wilayah_id
JOIN spatial_wilayah AS atas ON atas.kode = w.induk_id
WHERE b.versi_id = %(versi)s
AND   atas.tingkat = %(tingkat)s
GROUP BY atas.kode
