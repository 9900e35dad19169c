-- periksa_batas_sarang.sql: how much of each wilayah of level %(tingkat)s lies in the boundary of its induk.
-- Reads spatial_batas, spatial_wilayah. Writes nothing. Only where induk has a boundary; shares from 0 to 1.
SELECT b.wilayah_id, w.induk_id,
       ST_Area(b.geom::geography) AS luas,
       ST_Area(ST_CollectionExtract(ST_Intersection(b.geom, atas.geom), 3)::geography) AS di_dalam
FROM spatial_batas AS b
JOIN spatial_wilayah AS w ON w.kode = b.wilayah_id
JOIN spatial_batas AS atas ON atas.versi_id = b.versi_id AND atas.wilayah_id = w.induk_id
WHERE b.versi_id = %(versi)s
AND   w.tingkat = %(tingkat)s
AND   w.induk_id = ANY (%(induk)s)
ORDER BY b.wilayah_id
