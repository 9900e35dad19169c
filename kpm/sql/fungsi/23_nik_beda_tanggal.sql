-- kpm_nik_beda_tanggal(nik, lahir): true when the date inside a NIK of the right form is not the row's; NULL without one.
-- Two digits of the year, so the century is the row's. Women's day is 40 more: the first digit 4-7 instead of 0-3.
CREATE OR REPLACE FUNCTION kpm_nik_beda_tanggal(nik text, lahir date) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT to_char(lahir, 'DDMMYY') NOT IN (
        substr(nik, 7, 6), ((substr(nik, 7, 1)::int + 6) % 10) || substr(nik, 8, 5))
$$
