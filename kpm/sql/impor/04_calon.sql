-- 04_calon.sql: the few rows that seem to share an id_dtks, a NIK, or name and birth date with another row.
-- Loader. Reads {periksa}. Writes {calon}. Steps 5 to 7 look at nothing else, and compare the values themselves:
-- here hashes do, since grouping numbers takes a third of the time of grouping texts. Without a birth date the
-- name counts within its keluarga alone.
CREATE UNLOGGED TABLE {calon} AS
SELECT baris, kunci, id_dtks, nik, nik_status, nama_normal, tanggal_lahir, jenis_kelamin,
       kpm_nama_normal(nama_ibu) AS nama_ibu, left(wilayah_id, 6) AS kecamatan, tolak, catatan
FROM {periksa}
WHERE baris IN (
    SELECT p.baris FROM {periksa} AS p
    JOIN (SELECT hashtextextended(id_dtks, 0) AS sidik FROM {periksa} WHERE id_dtks IS NOT NULL
          GROUP BY 1 HAVING count(*) > 1) AS k ON k.sidik = hashtextextended(p.id_dtks, 0)
    UNION ALL
    SELECT p.baris FROM {periksa} AS p
    JOIN (SELECT hashtextextended(nik, 0) AS sidik FROM {periksa} WHERE nik IS NOT NULL
          GROUP BY 1 HAVING count(*) > 1) AS k ON k.sidik = hashtextextended(p.nik, 0)
    UNION ALL
    SELECT p.baris FROM {periksa} AS p
    JOIN (SELECT hashtextextended(nama_normal, coalesce(tanggal_lahir - date '1900-01-01', kunci)) AS sidik
          FROM {periksa} GROUP BY 1 HAVING count(*) > 1) AS k
      ON k.sidik = hashtextextended(p.nama_normal, coalesce(p.tanggal_lahir - date '1900-01-01', p.kunci))
)
