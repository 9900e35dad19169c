-- 15_kembar.sql: a row whose old number somebody else has by now stays as it is.
-- Reads {rencana}, {riwayat}, {tabel}. Writes {rencana}. {kunci} are the columns of one unique constraint.
UPDATE {rencana} AS r
SET    sebab = 'kembar'
WHERE  r.id IN (
    SELECT r.id
    FROM   {rencana} AS r
    JOIN   {riwayat} AS e ON e.pgh_id = r.dulu
    JOIN   {tabel} AS t ON {sama} AND t.id <> r.id
    LEFT JOIN {rencana} AS l ON l.id = t.id AND l.sebab IS NULL
    LEFT JOIN {riwayat} AS le ON le.pgh_id = l.dulu
    WHERE  r.sebab IS NULL AND r.aksi <> 'hapus'
    AND    (l.id IS NULL OR l.aksi = 'kembali' AND ({kunci_le}) IS NOT DISTINCT FROM ({kunci_t}))
)
