-- behind_policies.sql: tables behind row-level security that the app role may read.
-- Reads pg_class. Writes nothing.
SELECT format('%I.%I', relnamespace::regnamespace, relname)
FROM   pg_class
WHERE  relkind = 'r' AND relforcerowsecurity AND relpersistence = 'p'
AND    has_table_privilege('sentral_app', oid, 'SELECT')
ORDER  BY 1
