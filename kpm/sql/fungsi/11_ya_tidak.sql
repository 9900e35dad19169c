-- kpm_ya_tidak(text): true, false, or NULL when a tidied cell is neither a yes nor a no.
CREATE OR REPLACE FUNCTION kpm_ya_tidak(tulisan text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN tulisan IN ('YA', '1') THEN true
        WHEN tulisan IS NULL OR tulisan IN ('TIDAK', '0') THEN false
        WHEN upper(tulisan) IN ('YA', 'Y', 'ADA', 'X', 'V', '✓', '✔', 'TRUE', 'PENERIMA', '1.0') THEN true
        WHEN kpm_kosong(tulisan) OR upper(tulisan) IN ('TIDAK', 'TDK', 'T', 'BUKAN', 'FALSE', 'BELUM', '0.0') THEN false
    END
$$
