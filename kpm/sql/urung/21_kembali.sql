-- 21_kembali.sql: changed rows get every column back as it was before, but for what padan found of a person.
-- Reads {rencana}, {riwayat}. Writes {tabel}, each row kept in its history.
UPDATE {tabel} AS t
SET    {kembalikan}
FROM   {rencana} AS r
JOIN   {riwayat} AS e ON e.pgh_id = r.dulu
WHERE  t.id = r.id AND t.xmin = r.versi AND r.aksi = 'kembali' AND r.sebab IS NULL
