-- periksa_batas_titik.sql: wilayah whose boundary lies more than 50 m from their own label point, metres.
-- Reads spatial_batas, spatial_wilayah. Writes nothing.
SELECT b.wilayah_id, ST_Distance(b.geom::geography, w.titik::geography) AS jarak
FROM spatial_batas AS b
JOIN spatial_wilayah AS w ON w.kode = b.wilayah_id
WHERE b.versi_id = %(versi)s
AND   w.tingkat = %(tingkat)s
AND   w.titik IS NOT NULL
AND   NOT ST_DWithin(b.geom, w.titik, 0.0005)
ORDER BY jarak DESC, b.wilayah_id
