-- 04_konteks.sql: the history contexts met, each with its key: what an undo names when it takes work back.
-- Reads pghistory_context and all {semua_sentuh}. Writes the temporary table urung_konteks.
CREATE TEMPORARY TABLE urung_konteks ON COMMIT DROP AS
SELECT k.id,
       CASE WHEN k.metadata ? 'suntingan' THEN 'suntingan:' || (k.metadata ->> 'suntingan')
            WHEN k.metadata ? 'job' THEN 'job:' || (k.metadata ->> 'job')
            ELSE 'konteks:' || k.id END AS kunci,
       CASE WHEN NOT k.metadata ? 'suntingan' THEN (k.metadata ->> 'job')::bigint END AS job,
       (k.metadata ->> 'user')::bigint AS oleh, k.metadata -> 'urung' AS urung, k.created_at AS pada
FROM   pghistory_context AS k
JOIN  ({semua_sentuh}) AS s ON s.konteks = k.id
