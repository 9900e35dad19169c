-- 06_batal.sql: a touch counts no more where a later undo took it back, unless that undo was itself undone.
-- Reads and writes {sentuh}. Run from the newest undo to the oldest: %(urung)s and %(diurung)s are pairs.
UPDATE {sentuh} AS x
SET    batal = true
FROM   {sentuh} AS u
JOIN   unnest(%(urung)s::uuid[], %(diurung)s::uuid[]) AS p (urung, diurung) ON p.urung = u.konteks
WHERE  x.id = u.id AND x.konteks = p.diurung AND x.terakhir < u.pertama AND NOT u.batal AND NOT x.batal
