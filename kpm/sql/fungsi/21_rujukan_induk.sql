-- kpm_rujukan_induk(): the other half of kpm_rujukan. A parent in use is neither deleted nor renumbered.
-- Trigger BEFORE DELETE or UPDATE, per row. Arguments: the parent's key, then pairs of table and column.
-- Runs as its owner with the whole province in sight: a policy must not hide the rows that refer to it.
CREATE OR REPLACE FUNCTION kpm_rujukan_induk() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    kunci text := to_jsonb(OLD) ->> TG_ARGV[0];
    semua text := coalesce(current_setting('sentral.semua', true), '');
    dipakai boolean;
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) ->> TG_ARGV[0] = kunci THEN
        RETURN NEW;
    END IF;
    PERFORM set_config('sentral.semua', '1', true);
    FOR n IN 1 .. TG_NARGS - 1 BY 2 LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE %I = %L)', TG_ARGV[n], TG_ARGV[n + 1], kunci) INTO dipakai;
        IF dipakai THEN
            RAISE foreign_key_violation USING
                MESSAGE = format('%s %s is still referred to by %s', TG_TABLE_NAME, kunci, TG_ARGV[n]),
                CONSTRAINT = TG_NAME;
        END IF;
    END LOOP;
    PERFORM set_config('sentral.semua', semua, true);
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$
