-- kpm_peringkat(text, highest): a rank from 1 to `highest`, NULL when the cell says nothing of the kind.
-- "3", "3.0", "Desil 3". Plain digits, as nearly all are, take the short way.
CREATE OR REPLACE FUNCTION kpm_peringkat(tulisan text, tertinggi int) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN length(tulisan) BETWEEN 1 AND 3 AND translate(tulisan, '0123456789', '') = ''
            THEN CASE WHEN tulisan::int BETWEEN 1 AND tertinggi THEN tulisan::smallint END
        WHEN tulisan ~* '^(desil[ _]?)?[0-9]{1,3}([.,]0+)?$'
             AND (regexp_match(tulisan, '[0-9]+'))[1]::int BETWEEN 1 AND tertinggi
            THEN (regexp_match(tulisan, '[0-9]+'))[1]::smallint
    END
$$
