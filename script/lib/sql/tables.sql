-- tables.sql: every table of ours, in a fixed order. Tables of extensions come with the extension, those
-- of schema staging belong to running jobs.
-- Reads pg_class, pg_depend. Writes nothing.
SELECT format('%I.%I', relnamespace::regnamespace, relname)
FROM   pg_class AS c
WHERE  relkind = 'r' AND relpersistence = 'p'
AND    relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema', 'staging')
AND    NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
ORDER  BY 1
