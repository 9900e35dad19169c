-- kpm_peringkat(text, highest): a rank from 1 to `highest`, NULL when the cell says nothing of the kind.
CREATE OR REPLACE FUNCTION kpm_peringkat(tulisan text, tertinggi int) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN tulisan ~* '^(desil[ _]?)?[0-9]{1,3}([.,]0+)?$'
                 AND (regexp_match(tulisan, '[0-9]+'))[1]::int BETWEEN 1 AND tertinggi
                THEN (regexp_match(tulisan, '[0-9]+'))[1]::smallint END
$$
