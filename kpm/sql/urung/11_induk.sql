-- 11_induk.sql: a row cannot come back to a parent that will not be there.
-- Reads {rencana}, {riwayat}, {tabel}, {induk}, {rencana_induk}. Writes {rencana}.
UPDATE {rencana} AS r
SET    sebab = 'induk'
FROM   {riwayat} AS e
WHERE  r.sebab IS NULL AND r.aksi <> 'hapus' AND e.pgh_id = r.dulu AND e.{kolom} IS NOT NULL
AND    (r.aksi = 'masuk' OR NOT EXISTS (SELECT FROM {tabel} AS t WHERE t.id = r.id AND t.{kolom} = e.{kolom}))
AND    NOT EXISTS (SELECT FROM {rencana_induk} AS p WHERE p.id = e.{kolom} AND p.aksi = 'masuk' AND p.sebab IS NULL)
AND    NOT EXISTS (SELECT FROM {induk} AS p WHERE p.id = e.{kolom}
                   AND NOT EXISTS (SELECT FROM {rencana_induk} AS g
                                   WHERE g.id = p.id AND g.aksi = 'hapus' AND g.sebab IS NULL))
