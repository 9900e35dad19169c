-- kpm_kelamin(text): 'L' or 'P' from the letters, words and codes in use; NULL when it is none of them.
CREATE OR REPLACE FUNCTION kpm_kelamin(tulisan text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN tulisan IN ('L', 'LAKI-LAKI') THEN 'L'
        WHEN tulisan IN ('P', 'PEREMPUAN') THEN 'P'
        WHEN upper(tulisan) IN ('L', '1', 'LK', 'LAKI', 'LAKI-LAKI', 'LAKI LAKI', 'LAKI - LAKI', 'PRIA') THEN 'L'
        WHEN upper(tulisan) IN ('P', '2', 'PR', 'PEREMPUAN', 'WANITA') THEN 'P'
    END
$$
