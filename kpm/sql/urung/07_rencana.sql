-- 07_rencana.sql: what becomes of each row: goes ('hapus'), gets its old values ('kembali'), comes back ('masuk').
-- Reads {calon}, {sentuh}, {riwayat}, urung_konteks. Writes the temporary table {rencana}.
-- `dulu` is the event with the row as it was before; none for a row that was not there. A touch by anybody
-- else after that (`sebab`) leaves the row as it is; an undo is nobody's touch, it only strikes out another.
-- What is undone already is not in it.
CREATE TEMPORARY TABLE {rencana} ON COMMIT DROP AS
SELECT c.id, c.versi, e.pgh_id AS dulu,
       CASE WHEN e.pgh_id IS NULL THEN 'hapus' WHEN c.ada THEN 'kembali' ELSE 'masuk' END AS aksi,
       CASE WHEN s.lain > s.awal THEN CASE WHEN k.job IS NOT NULL THEN 'impor' ELSE 'orang' END END AS sebab,
       coalesce(c.keluarga_id, {keluarga_dulu}) AS keluarga_id, {keluarga_dulu} AS keluarga_dulu,
       c.wilayah_id, t.wilayah_id AS wilayah_dulu, k.oleh, k.job AS oleh_job, k.pada
FROM   {calon} AS c
LEFT JOIN (
    SELECT id, min(pertama) FILTER (WHERE NOT batal AND konteks = ANY (%(milik)s::uuid[])) AS awal,
           max(terakhir) FILTER (WHERE NOT batal AND konteks <> ALL (%(kecuali)s::uuid[])) AS lain,
           (array_agg(konteks ORDER BY terakhir DESC)
            FILTER (WHERE NOT batal AND konteks <> ALL (%(kecuali)s::uuid[])))[1] AS konteks
    FROM   {sentuh}
    GROUP  BY id
) AS s ON s.id = c.id
LEFT JOIN {riwayat} AS t ON t.pgh_id = s.awal
LEFT JOIN {riwayat} AS e ON e.pgh_id = s.awal AND e.pgh_label <> 'pulih'
LEFT JOIN urung_konteks AS k ON k.id = s.konteks AND s.lain > s.awal
WHERE  (s.awal IS NOT NULL OR s.id IS NULL AND c.baru)
AND    (c.ada OR e.pgh_id IS NOT NULL)
