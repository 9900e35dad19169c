-- 08_luar.sql: rows that lie outside the territory of who undoes, now or before, stay.
-- Reads and writes {rencana}.
UPDATE {rencana}
SET    sebab = 'luar'
WHERE  wilayah_id IS NOT NULL AND wilayah_id <> ALL (%(desa)s::text[])
OR     wilayah_id IS NULL AND aksi <> 'masuk'
OR     aksi <> 'hapus' AND coalesce(wilayah_dulu, '') <> ALL (%(desa)s::text[])
