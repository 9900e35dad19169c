-- kpm_rujukan_induk(): the other half of kpm_rujukan. A parent in use is not deleted.
-- Trigger AFTER DELETE, statement level, transition table old_values. Arguments: the parent's key, its type,
-- then pairs of table and column. Runs as its owner with the whole province in sight: a policy must not hide
-- the rows that refer to the parent.
CREATE OR REPLACE FUNCTION kpm_rujukan_induk() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    kunci text[];
    semua text := coalesce(current_setting('sentral.semua', true), '');
    dipakai boolean;
BEGIN
    EXECUTE format('SELECT array(SELECT %I FROM old_values)::text[]', TG_ARGV[0]) INTO kunci;
    PERFORM set_config('sentral.semua', '1', true);
    FOR n IN 2 .. TG_NARGS - 1 BY 2 LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE %I = ANY ($1::%s[]))', TG_ARGV[n], TG_ARGV[n + 1], TG_ARGV[1])
            INTO dipakai USING kunci;
        IF dipakai THEN
            RAISE foreign_key_violation USING
                MESSAGE = format('a row of %s is still referred to by %s', TG_TABLE_NAME, TG_ARGV[n]),
                CONSTRAINT = TG_NAME;
        END IF;
    END LOOP;
    PERFORM set_config('sentral.semua', semua, true);
    RETURN NULL;
END
$$
