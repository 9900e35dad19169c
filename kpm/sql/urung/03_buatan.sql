-- 03_buatan.sql: an insert is no event; for rows that have events it gets a line of its own, before them all.
-- Reads {sentuh}, {riwayat}, {calon}. Writes {sentuh}. The first event of a row holds it as it was made: a
-- rank that a later import overwrote (and signed) was made by another.
INSERT INTO {sentuh} (id, konteks, pertama, terakhir, batal)
SELECT t.id, %(buatan)s::uuid, 0, 0, false
FROM  (SELECT id, min(pertama) AS pertama FROM {sentuh} GROUP BY id) AS s
JOIN   {riwayat} AS t ON t.pgh_id = s.pertama
WHERE  {buatan}
