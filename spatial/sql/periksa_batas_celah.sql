-- periksa_batas_celah.sql: gaps wholly enclosed by boundaries of one level, square metres, and who lies around.
-- Reads spatial_batas, spatial_wilayah. Writes nothing. A lake that belongs to nobody is one as well;
-- below 100 m2 it is the width of a line.
WITH lapis AS MATERIALIZED (
    SELECT b.wilayah_id, b.geom
    FROM spatial_batas AS b
    JOIN spatial_wilayah AS w ON w.kode = b.wilayah_id
    WHERE b.versi_id = %(versi)s
    AND   w.tingkat = %(tingkat)s
),
daratan AS (
    SELECT (ST_Dump(ST_UnaryUnion(ST_Collect(geom), 0.000001))).geom FROM lapis
),
celah AS MATERIALIZED (
    SELECT lingkar.geom, ST_Area(lingkar.geom::geography) AS luas
    FROM daratan
    CROSS JOIN LATERAL ST_DumpRings(daratan.geom) AS lingkar
    WHERE lingkar.path[1] > 0
)
SELECT coalesce((SELECT string_agg(l.wilayah_id, ',' ORDER BY l.wilayah_id)
                 FROM lapis AS l
                 WHERE l.geom && ST_Expand(celah.geom, 0.00001) AND ST_DWithin(l.geom, celah.geom, 0.000002)
                ), '') AS sekitar,
       luas
FROM celah
WHERE luas >= 100
ORDER BY luas DESC
