-- kpm_nik_beda_kelamin(nik, kelamin): true when a NIK of the right form is of the other sex; NULL where the row says none.
CREATE OR REPLACE FUNCTION kpm_nik_beda_kelamin(nik text, kelamin text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (substr(nik, 7, 1) > '3') <> (nullif(kelamin, '') = 'P')
$$
