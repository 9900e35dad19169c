-- batas_titik.sql: each label point with the piece of land that holds it (NULL: off that land).
-- Reads spatial_wilayah, pantai (temporary: id, geom, pieces of coast). Writes batas_titik (temporary).
CREATE TEMPORARY TABLE batas_titik ON COMMIT DROP AS
SELECT w.kode, w.titik, p.id AS pulau
FROM spatial_wilayah AS w
LEFT JOIN LATERAL (SELECT id FROM pantai WHERE ST_Contains(geom, w.titik) ORDER BY id LIMIT 1) AS p ON true
WHERE w.tingkat = 'desa_kelurahan'
AND   w.titik IS NOT NULL
