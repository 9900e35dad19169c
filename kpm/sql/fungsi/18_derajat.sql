-- kpm_derajat(text): degrees as a number, with a point or a comma before the decimals; NULL when it is none.
CREATE OR REPLACE FUNCTION kpm_derajat(tulisan text) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN tulisan ~ '^[-+]?[0-9]{1,3}([.,][0-9]{1,20})?$' THEN replace(tulisan, ',', '.')::double precision END
$$
