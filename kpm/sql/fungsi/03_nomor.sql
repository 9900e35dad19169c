-- kpm_nomor(text): a tidied id without what a spreadsheet put around its digits; no digit is changed.
-- A leading apostrophe, a trailing .0, and separators between 16 digits go. Only zeros is no number: NULL.
CREATE OR REPLACE FUNCTION kpm_nomor(tulisan text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN kpm_kosong(tulisan) THEN NULL
        WHEN polos ~ '^0*([.,]0+)?$' THEN NULL
        WHEN polos ~ '^[0-9]+[.,]0+$' THEN regexp_replace(polos, '[.,]0+$', '')
        WHEN polos ~ '[-./ ]' AND translate(polos, '-./ ', '') ~ '^[0-9]{16}$' THEN translate(polos, '-./ ', '')
        ELSE polos
    END
    FROM (SELECT btrim(ltrim(tulisan, U&'''`\00B4\2018\2019')) AS polos) AS q
$$
