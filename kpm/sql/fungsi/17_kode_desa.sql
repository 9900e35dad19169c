-- kpm_kode_desa(parts of a code, name, in BPS coding): what stands in a file for the village, as resolve_wilayah.sql
-- reads it: a Kemendagri code, 'BPS' and a BPS code (with the name behind it, for a village that BPS has renumbered),
-- or the name alone. Parts are cut to their own level, 19 05 020 007 by BPS, 19 3 1 2008 by Kemendagri, with or
-- without zeros in front; a village number of four digits is Kemendagri's. Each may also hold what is above it.
CREATE OR REPLACE FUNCTION kpm_kode_desa(prov text, kab text, kec text, desa text, nama text, bps boolean) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN d ~ '^[0-9]{10}$' AND bps THEN 'BPS' || d || coalesce(' ' || nama, '')
        WHEN d ~ '^[0-9]{2}[.]?[0-9]{2}[.]?[0-9]{2}[.]?[0-9]{4}$' THEN d
        WHEN (p || kb || kc || d) ~ '^[0-9]+$' AND length(p) <= 2 AND length(kb) <= 4 AND length(kc) <= 7 THEN
            CASE WHEN length(ltrim(d, '0')) = 4
                 THEN lpad(p, 2, '0') || lpad(right(kb, 2), 2, '0') || lpad(right(kc, 2), 2, '0') || d
                 WHEN length(d) <= 3
                 THEN 'BPS' || lpad(p, 2, '0') || lpad(right(kb, 2), 2, '0') || lpad(right(kc, 3), 3, '0') || lpad(d, 3, '0')
                      || coalesce(' ' || nama, '')
                 ELSE nama END
        ELSE coalesce(nama, d)
    END
    FROM (SELECT kpm_nomor(kpm_rapi(prov)) AS p, kpm_nomor(kpm_rapi(kab)) AS kb, kpm_nomor(kpm_rapi(kec)) AS kc,
                 kpm_nomor(kpm_rapi(desa)) AS d) AS bagian
$$
