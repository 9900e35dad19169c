-- 22_masuk.sql: deleted rows come back with their id and every column.
-- Reads {rencana}, {riwayat}. Writes {tabel}.
INSERT INTO {tabel} ({kolom_semua})
SELECT {kolom_dulu}
FROM   {rencana} AS r
JOIN   {riwayat} AS e ON e.pgh_id = r.dulu
WHERE  r.aksi = 'masuk' AND r.sebab IS NULL
ORDER  BY r.id
