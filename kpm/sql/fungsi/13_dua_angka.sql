-- kpm_dua_angka(text): RT or RW with two digits, '' for none; what is not a number stays as written.
CREATE OR REPLACE FUNCTION kpm_dua_angka(tulisan text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN tulisan IS NULL OR ltrim(tulisan, '0') = '' OR kpm_kosong(tulisan) THEN ''
        WHEN length(tulisan) > 5 OR translate(tulisan, '0123456789', '') <> '' THEN tulisan
        ELSE lpad(ltrim(tulisan, '0'), greatest(2, length(ltrim(tulisan, '0'))), '0')
    END
$$
