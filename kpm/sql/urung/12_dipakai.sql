-- 12_dipakai.sql: a row that others will still refer to stays.
-- Reads {rencana}, {anak}, {rencana_anak}, {riwayat_anak}. Writes {rencana}. Where a person worked on one of
-- the others, all of the household stays together ('seisi', step 14).
UPDATE {rencana} AS r
SET    sebab = CASE WHEN s.orang THEN 'seisi' ELSE 'dipakai' END
FROM (
    SELECT c.{kolom} AS id, bool_or(a.sebab = 'orang' OR a.sebab = 'seisi' OR a.id IS NULL AND c.job_id IS NULL) AS orang
    FROM   {rencana} AS r
    JOIN   {anak} AS c ON c.{kolom} = r.id
    LEFT JOIN {rencana_anak} AS a ON a.id = c.id
    LEFT JOIN {riwayat_anak} AS e ON e.pgh_id = a.dulu
    WHERE  r.aksi = 'hapus' AND r.sebab IS NULL
    AND    (a.id IS NULL OR a.sebab IS NOT NULL OR a.aksi = 'kembali' AND e.{kolom} = c.{kolom})
    GROUP  BY 1
) AS s
WHERE  r.id = s.id AND r.aksi = 'hapus' AND r.sebab IS NULL
