-- 13_dirujuk.sql: a row that some other table refers to stays, and its household with it.
-- Reads {anak}, {rencana}. Writes {rencana}.
UPDATE {rencana} AS r
SET    sebab = 'seisi'
WHERE  r.aksi = 'hapus' AND r.sebab IS NULL AND EXISTS (SELECT FROM {anak} AS c WHERE c.{kolom} = r.id)
