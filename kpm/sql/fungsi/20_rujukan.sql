-- kpm_rujukan(): a foreign key asked once per statement instead of once per row.
-- Trigger AFTER INSERT or UPDATE, statement level, transition table new_values. Arguments are triples:
-- column, table it refers to, key there. Locks the parents FOR KEY SHARE, as a foreign key does. Unlike one
-- it looks through the caller's policies: nobody can refer to a row he may not see.
CREATE OR REPLACE FUNCTION kpm_rujukan() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    lengkap boolean;
BEGIN
    FOR n IN 0 .. TG_NARGS - 1 BY 3 LOOP
        EXECUTE format(
            'WITH dirujuk AS MATERIALIZED (SELECT DISTINCT %1$I AS kunci FROM new_values WHERE %1$I IS NOT NULL),
                  ada AS MATERIALIZED (SELECT p.%3$I FROM %2$I AS p WHERE p.%3$I IN (SELECT kunci FROM dirujuk)
                                       FOR KEY SHARE OF p)
             SELECT (SELECT count(*) FROM dirujuk) = (SELECT count(*) FROM ada)',
            TG_ARGV[n], TG_ARGV[n + 1], TG_ARGV[n + 2]) INTO lengkap;
        IF NOT lengkap THEN
            RAISE foreign_key_violation USING
                MESSAGE = format('%s.%s refers to a row that is not in %s', TG_TABLE_NAME, TG_ARGV[n], TG_ARGV[n + 1]),
                CONSTRAINT = TG_NAME;
        END IF;
    END LOOP;
    RETURN NULL;
END
$$
