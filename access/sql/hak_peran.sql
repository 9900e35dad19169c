-- hak_peran.sql: what would let the connected role walk through row-level security.
-- Reads pg_roles, pg_class. Writes nothing. Rights inherited from another role count as its own.
SELECT current_user,
       EXISTS (SELECT FROM pg_roles WHERE rolsuper AND pg_has_role(oid, 'MEMBER')) AS superuser,
       EXISTS (SELECT FROM pg_roles WHERE rolbypassrls AND pg_has_role(oid, 'MEMBER')) AS bypassrls,
       (
           SELECT min(format('%I.%I', relnamespace::regnamespace, relname))
           FROM   pg_class
           WHERE  relkind IN ('r', 'p', 'v', 'm')
           AND    relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
           AND    pg_has_role(relowner, 'MEMBER')
       ) AS owned
