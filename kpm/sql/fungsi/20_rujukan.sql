-- kpm_rujukan(): a foreign key asked once per statement instead of once per row.
-- Trigger AFTER INSERT or UPDATE, statement level, transition table new_values. Arguments are triples:
-- column, table it refers to, key there. Locks the parents FOR KEY SHARE, as a foreign key does. Unlike one
-- it looks through the caller's policies: nobody can refer to a row he may not see.
-- "= ANY (array)" and no join: during a first import the planner believes the registers to be empty, and
-- a nested loop over 100,000 rows would take hours.
CREATE OR REPLACE FUNCTION kpm_rujukan() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    dirujuk text[];
    ada bigint;
BEGIN
    FOR n IN 0 .. TG_NARGS - 1 BY 3 LOOP
        EXECUTE format('SELECT array(SELECT DISTINCT %1$I FROM new_values WHERE %1$I IS NOT NULL)::text[]', TG_ARGV[n])
            INTO dirujuk;
        EXECUTE format(
            'WITH induk AS MATERIALIZED (SELECT FROM %1$I WHERE %2$I = ANY ($1::%3$s[]) FOR KEY SHARE)
             SELECT count(*) FROM induk',
            TG_ARGV[n + 1], TG_ARGV[n + 2],
            (SELECT format_type(atttypid, NULL) FROM pg_attribute
             WHERE attrelid = TG_ARGV[n + 1]::regclass AND attname = TG_ARGV[n + 2])) INTO ada USING dirujuk;
        IF ada <> cardinality(dirujuk) THEN
            RAISE foreign_key_violation USING
                MESSAGE = format('%s.%s refers to a row that is not in %s', TG_TABLE_NAME, TG_ARGV[n], TG_ARGV[n + 1]),
                CONSTRAINT = TG_NAME;
        END IF;
    END LOOP;
    RETURN NULL;
END
$$
