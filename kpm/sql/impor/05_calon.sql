-- 05_calon.sql: the few rows that share an id_dtks, a valid NIK, or No. KK and name with another row.
-- Loader. Reads {periksa}. Writes {calon}. Steps 6 to 8 look at nothing else.
CREATE UNLOGGED TABLE {calon} AS
SELECT p.baris FROM {periksa} AS p
JOIN (SELECT id_dtks FROM {periksa} WHERE id_dtks IS NOT NULL GROUP BY id_dtks HAVING count(*) > 1) AS k USING (id_dtks)
UNION
SELECT p.baris FROM {periksa} AS p
JOIN (SELECT nik FROM {periksa} WHERE nik_status = 'valid' GROUP BY nik HAVING count(*) > 1) AS k USING (nik)
UNION
SELECT p.baris FROM {periksa} AS p
JOIN (SELECT kunci, nama_normal FROM {periksa} WHERE kunci > 0 GROUP BY kunci, nama_normal HAVING count(*) > 1) AS k
USING (kunci, nama_normal)
