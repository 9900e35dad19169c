-- kpm_rapi(text): a cell without invisible signs and without blanks at its ends; NULL when nothing is left.
-- NBSP becomes a blank; zero-width signs, BOM and soft hyphen vanish. Plain ASCII takes the short way.
CREATE OR REPLACE FUNCTION kpm_rapi(tulisan text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT nullif(btrim(
        CASE WHEN octet_length(tulisan) = length(tulisan) THEN tulisan
             ELSE translate(tulisan, U&'\00A0\2007\202F\200B\200C\200D\2060\FEFF\00AD', '   ')
        END, E' \t\r\n'), '')
$$
