-- 01_calon.sql: the rows of one register that the work to be undone made, changed or deleted.
-- Reads {tabel}, {peristiwa}. Writes the temporary table {calon}. `versi` names the version of the row that is
-- judged here: whoever writes it later is noticed. `ada` is false for a row that is not there any more.
CREATE TEMPORARY TABLE {calon} ON COMMIT DROP AS
SELECT t.id, t.xmin AS versi, true AS ada, {keluarga_kini} AS keluarga_id, t.wilayah_id, true AS baru
FROM   {tabel} AS t
WHERE  {buatan}
UNION ALL
SELECT s.id, t.xmin, t.id IS NOT NULL, {keluarga_kini}, t.wilayah_id, false
FROM   {peristiwa} AS s
LEFT JOIN {tabel} AS t ON t.id = s.id
WHERE  ({buatan}) IS NOT TRUE
