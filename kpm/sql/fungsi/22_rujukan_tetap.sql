-- kpm_rujukan_tetap(): keys that others refer to are never renumbered. Trigger BEFORE UPDATE OF the key.
CREATE OR REPLACE FUNCTION kpm_rujukan_tetap() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) -> TG_ARGV[0] <> to_jsonb(OLD) -> TG_ARGV[0] THEN
        RAISE foreign_key_violation USING
            MESSAGE = format('%s.%s does not change', TG_TABLE_NAME, TG_ARGV[0]), CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END
$$
