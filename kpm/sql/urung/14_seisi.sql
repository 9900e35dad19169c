-- 14_seisi.sql: a keluarga that a person worked on keeps everything the import brought into it.
-- Reads urung_keluarga_rencana. Writes {rencana}.
UPDATE {rencana} AS r
SET    sebab = 'seisi'
FROM   urung_keluarga_rencana AS k
WHERE  k.id = r.keluarga_id AND k.aksi = 'hapus' AND k.sebab IN ('orang', 'seisi')
AND    r.aksi = 'hapus' AND r.sebab IS NULL
