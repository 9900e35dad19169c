-- walls.sql: who owns and may do what to each table, sequence and schema of ours, whether row-level security
-- holds it, and every policy. One sorted line each, to be compared before and after.
-- Reads pg_class, pg_namespace, pg_policies, pg_depend, pg_trigger. Writes nothing.
SELECT line
FROM (
    SELECT format('%s %I.%I owner=%s rls=%s force=%s acl=%s', relkind, relnamespace::regnamespace, relname,
                  relowner::regrole, relrowsecurity, relforcerowsecurity,
                  (SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(relacl) AS a)) AS line
    FROM   pg_class AS c
    WHERE  relkind IN ('r', 'v', 'm', 'S')
    AND    relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema', 'staging')
    AND    relnamespace::regnamespace::text NOT LIKE 'pg\_%'
    AND    NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
    UNION ALL
    SELECT format('schema %I owner=%s acl=%s', nspname, nspowner::regrole,
                  (SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(nspacl) AS a))
    FROM   pg_namespace
    WHERE  nspname IN ('public', 'staging')
    UNION ALL
    SELECT format('policy %I on %I.%I %s %s %s using=%s check=%s', policyname, schemaname, tablename, permissive,
                  roles, cmd, qual, with_check)
    FROM   pg_policies
    UNION ALL
    SELECT format('trigger %I on %s %s', tgname, tgrelid::regclass, tgenabled)
    FROM   pg_trigger
    WHERE  NOT tgisinternal
) AS every
ORDER  BY line
