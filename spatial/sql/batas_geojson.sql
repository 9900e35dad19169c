-- batas_geojson.sql: the boundaries of one level as one GeoJSON text.
-- Reads spatial_batas, spatial_wilayah. Writes nothing.
-- The simplified line where there is one: its vertices lie on the grid of five decimals already.
SELECT json_build_object(
           'type', 'FeatureCollection',
           'features', coalesce(
               json_agg(
                   json_build_object('type', 'Feature', 'id', w.kode, 'properties', '{}'::json,
                                     'geometry', ST_AsGeoJSON(coalesce(b.tampil, b.geom), 5)::json)
                   ORDER BY w.kode),
               '[]'::json)
       )::text
FROM spatial_batas AS b
JOIN spatial_wilayah AS w ON w.kode = b.wilayah_id
WHERE b.versi_id = %(versi)s
AND   w.tingkat = %(tingkat)s
