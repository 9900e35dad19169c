-- 02_sentuh.sql: who has touched those rows, ever: one line per row and history context.
-- Reads {riwayat}, {calon}. Writes the temporary table {sentuh}. Event ids of one row follow each other as its
-- versions did. Events without a context are nobody's: they are taken together and never cancelled.
CREATE TEMPORARY TABLE {sentuh} ON COMMIT DROP AS
SELECT e.pgh_obj_id AS id, coalesce(e.pgh_context_id, %(tanpa)s::uuid) AS konteks,
       min(e.pgh_id)::bigint AS pertama, max(e.pgh_id)::bigint AS terakhir, false AS batal
FROM   {calon} AS c
JOIN   {riwayat} AS e ON e.pgh_obj_id = c.id
GROUP  BY 1, 2
