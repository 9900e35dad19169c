-- 04_calon.sql: the few rows that seem to share an id_dtks, a valid NIK, or No. KK and name with another row.
-- Loader. Reads {periksa}. Writes {calon}. Steps 5 to 7 look at nothing else, and compare the values themselves:
-- here hashes do, since grouping numbers takes a third of the time of grouping texts.
CREATE UNLOGGED TABLE {calon} AS
SELECT baris, kunci, id_dtks, nik, nik_status, nama_normal, tanggal_lahir, tolak, catatan
FROM {periksa}
WHERE baris IN (
    SELECT p.baris FROM {periksa} AS p
    JOIN (SELECT hashtextextended(id_dtks, 0) AS sidik FROM {periksa} WHERE id_dtks IS NOT NULL
          GROUP BY 1 HAVING count(*) > 1) AS k ON k.sidik = hashtextextended(p.id_dtks, 0)
    UNION ALL
    SELECT p.baris FROM {periksa} AS p
    JOIN (SELECT hashtextextended(nik, 0) AS sidik FROM {periksa} WHERE nik_status = 'valid'
          GROUP BY 1 HAVING count(*) > 1) AS k ON k.sidik = hashtextextended(p.nik, 0)
    UNION ALL
    SELECT p.baris FROM {periksa} AS p
    JOIN (SELECT hashtextextended(nama_normal, kunci) AS sidik FROM {periksa} WHERE kunci > 0
          GROUP BY 1 HAVING count(*) > 1) AS k ON k.sidik = hashtextextended(p.nama_normal, p.kunci)
)
