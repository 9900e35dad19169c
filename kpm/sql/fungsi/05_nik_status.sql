-- kpm_nik_status(text): what is wrong with the form of a NIK, or 'valid'. The only definition.
-- Codes are those of Anggota.NikStatus. Checks in order: empty, Excel, 16 digits, province (today's 38
-- and former ones), day (women +40) and month real in at least one century, serial not 0000.
CREATE OR REPLACE FUNCTION kpm_nik_status(nik text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN nik IS NULL OR nik = '' THEN 'kosong'
        WHEN length(nik) <> 16 OR translate(nik, '0123456789', '') <> ''
            THEN CASE WHEN kpm_nomor_excel(nik) THEN 'excel' ELSE 'panjang' END
        WHEN left(nik, 2) NOT IN (
            '11', '12', '13', '14', '15', '16', '17', '18', '19', '21', '31', '32', '33', '34', '35', '36',
            '51', '52', '53', '54', '61', '62', '63', '64', '65', '71', '72', '73', '74', '75', '76',
            '81', '82', '91', '92', '93', '94', '95', '96', '97') THEN 'wilayah'
        WHEN substr(nik, 9, 2) NOT BETWEEN '01' AND '12'
            OR NOT (substr(nik, 7, 2) BETWEEN '01' AND '31' OR substr(nik, 7, 2) BETWEEN '41' AND '71')
            OR (substr(nik, 7, 2) IN ('31', '71') AND substr(nik, 9, 2) IN ('04', '06', '09', '11'))
            OR (substr(nik, 9, 2) = '02' AND (substr(nik, 7, 2) IN ('30', '31', '70', '71')
                OR (substr(nik, 7, 2) IN ('29', '69') AND substr(nik, 11, 2)::int % 4 <> 0))) THEN 'tanggal'
        WHEN right(nik, 4) = '0000' THEN '0000'
        ELSE 'valid'
    END
$$
