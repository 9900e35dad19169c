-- kpm_nomor_excel(text): true for a number in scientific notation, whose last digits are gone for ever.
CREATE OR REPLACE FUNCTION kpm_nomor_excel(tulisan text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT tulisan ~* '^[''`]?[0-9]+([.,][0-9]+)?E[+]?[0-9]+$'
$$
