-- 24_hapus.sql: rows that were not there before go. Reads {rencana}. Writes {tabel}, each row kept in its history.
DELETE FROM {tabel} AS t
USING  {rencana} AS r
WHERE  t.id = r.id AND t.xmin = r.versi AND r.aksi = 'hapus' AND r.sebab IS NULL
