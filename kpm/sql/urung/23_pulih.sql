-- 23_pulih.sql: an insert is no event, but a return has to be one: else it could not be undone.
-- Reads {rencana}, {riwayat}. Writes {riwayat}, label 'pulih'.
WITH k AS (SELECT _pgh_attach_context() AS id)
INSERT INTO {riwayat} (pgh_created_at, pgh_label, pgh_context_id, pgh_obj_id, {kolom_semua})
SELECT now(), 'pulih', k.id, e.id, {kolom_dulu}
FROM   {rencana} AS r
JOIN   {riwayat} AS e ON e.pgh_id = r.dulu
CROSS JOIN k
WHERE  r.aksi = 'masuk' AND r.sebab IS NULL
ORDER  BY r.id
