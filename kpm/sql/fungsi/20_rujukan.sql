-- kpm_rujukan(): a foreign key asked once per statement instead of once per row.
-- Trigger AFTER INSERT or UPDATE, statement level, transition table new_values. Arguments are triples:
-- column, table it refers to, key there. Locks the parents FOR KEY SHARE, as a foreign key does.
CREATE OR REPLACE FUNCTION kpm_rujukan() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    dirujuk text[];
    ada text[];
BEGIN
    FOR n IN 0 .. TG_NARGS - 1 BY 3 LOOP
        EXECUTE format('SELECT array(SELECT DISTINCT %1$I::text FROM new_values WHERE %1$I IS NOT NULL)', TG_ARGV[n])
            INTO dirujuk;
        IF dirujuk <> '{}' THEN
            EXECUTE format('SELECT array(SELECT %2$I::text FROM %1$I WHERE %2$I = ANY ($1::text[]::%3$s[]) FOR KEY SHARE)',
                           TG_ARGV[n + 1], TG_ARGV[n + 2],
                           (SELECT format_type(atttypid, NULL) FROM pg_attribute
                            WHERE attrelid = TG_ARGV[n + 1]::regclass AND attname = TG_ARGV[n + 2]))
                INTO ada USING dirujuk;
            IF NOT dirujuk <@ ada THEN
                RAISE foreign_key_violation USING
                    MESSAGE = format('%s.%s refers to a row that is not in %s', TG_TABLE_NAME, TG_ARGV[n], TG_ARGV[n + 1]),
                    CONSTRAINT = TG_NAME;
            END IF;
        END IF;
    END LOOP;
    RETURN NULL;
END
$$
