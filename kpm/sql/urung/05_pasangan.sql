-- 05_pasangan.sql: which of the contexts met took back which: pairs (undo, undone).
-- Reads urung_konteks. The making of a row stands for the contexts that are undone now.
SELECT u.id::text, x.id::text FROM urung_konteks AS u JOIN urung_konteks AS x ON u.urung ? x.kunci
UNION
SELECT u.id::text, %(buatan)s FROM urung_konteks AS u WHERE u.urung ?| %(kunci)s::text[]
