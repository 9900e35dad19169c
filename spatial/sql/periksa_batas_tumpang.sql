-- periksa_batas_tumpang.sql: pairs of neighbours of one level whose boundaries overlap, square metres.
-- Reads spatial_batas, spatial_wilayah. Writes nothing. Below 100 m2 it is the width of a line.
SELECT kode, kode_lain, luas
FROM (
    SELECT a.wilayah_id AS kode, b.wilayah_id AS kode_lain,
           ST_Area(ST_CollectionExtract(ST_Intersection(a.geom, b.geom), 3)::geography) AS luas
    FROM spatial_batas AS a
    JOIN spatial_batas AS b ON b.versi_id = a.versi_id AND b.wilayah_id > a.wilayah_id AND b.geom && a.geom
    JOIN spatial_wilayah AS wa ON wa.kode = a.wilayah_id
    JOIN spatial_wilayah AS wb ON wb.kode = b.wilayah_id
    WHERE a.versi_id = %(versi)s
    AND   wa.tingkat = %(tingkat)s
    AND   wb.tingkat = %(tingkat)s
    AND   ST_Relate(a.geom, b.geom, 'T********')
) AS pasang
WHERE luas >= 100
ORDER BY luas DESC, kode, kode_lain
