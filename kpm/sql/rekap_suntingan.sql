-- rekap_suntingan.sql: does another session hold the lock of imports as edits do, shared?
-- Reads pg_locks: a key of 64 bits stands there in two halves, with objsubid 1.
SELECT EXISTS (
    SELECT FROM pg_locks
    WHERE  locktype = 'advisory' AND mode = 'ShareLock' AND granted AND pid <> pg_backend_pid()
      AND  database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND  classid::bigint = %(kunci)s::bigint >> 32 AND objid::bigint = %(kunci)s::bigint & 4294967295 AND objsubid = 1
)
