-- periksa_batas_luas.sql: per wilayah of one level its area, its specks, and how it lies to another version.
-- Reads spatial_batas, spatial_wilayah. Writes nothing. Square metres; NULL where a version has none.
-- serpih: separate pieces under 1,000 m2.
SELECT w.kode,
       ST_Area(baru.geom::geography) AS luas,
       ST_Area(lama.geom::geography) AS luas_lama,
       ST_Area(ST_CollectionExtract(ST_Intersection(baru.geom, lama.geom), 3)::geography) AS irisan,
       (SELECT count(*) FROM ST_Dump(baru.geom) AS bagian WHERE ST_Area(bagian.geom::geography) < 1000) AS serpih,
       w.luas_km2 * 1000000 AS luas_resmi
FROM spatial_wilayah AS w
LEFT JOIN spatial_batas AS baru ON baru.wilayah_id = w.kode AND baru.versi_id = %(versi)s
LEFT JOIN spatial_batas AS lama ON lama.wilayah_id = w.kode AND lama.versi_id = %(lama)s
WHERE w.tingkat = %(tingkat)s
AND   (baru.id IS NOT NULL OR lama.id IS NOT NULL)
ORDER BY w.kode
