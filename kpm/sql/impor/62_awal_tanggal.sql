-- 62_awal_tanggal.sql: how the birth dates of a sample are written, and what proves day first or month first.
-- Loader. Reads {mentah}, {periksa} of a sample. Counts only.
-- A date proves an order when the other one gives no day at all, or none between 1900 and today. Where both
-- give a day, and not the same, the date inside a valid NIK may speak for one of them.
SELECT count(*) FILTER (WHERE bentuk = 'dmy') AS angka,
       count(*) FILTER (WHERE bentuk = 'ymd') AS ymd,
       count(*) FILTER (WHERE bentuk = 'serial') AS serial,
       count(*) FILTER (WHERE bentuk = 'nama') AS nama,
       count(*) FILTER (WHERE bentuk = 'kosong') AS kosong,
       count(*) FILTER (WHERE bentuk IN ('dua', 'asing')) AS lain,
       count(*) FILTER (WHERE hari_dulu IS NOT NULL AND bulan_dulu IS NULL) AS dmy,
       count(*) FILTER (WHERE bulan_dulu IS NOT NULL AND hari_dulu IS NULL) AS mdy,
       count(*) FILTER (WHERE hari_dulu <> bulan_dulu) AS ragu,
       count(*) FILTER (WHERE hari_dulu <> bulan_dulu AND lahir_nik = to_char(hari_dulu, 'DDMMYY')) AS nik_dmy,
       count(*) FILTER (WHERE hari_dulu <> bulan_dulu AND lahir_nik = to_char(bulan_dulu, 'DDMMYY')) AS nik_mdy,
       count(*) FILTER (WHERE bentuk = 'serial' AND extract(day FROM kpm_tanggal(rapi, bentuk)
                              + CASE WHEN %(tahun_1904)s THEN 1462 ELSE 0 END) <= 12) AS serial_12
FROM (
    SELECT rapi, bentuk, lahir_nik,
           CASE WHEN hari BETWEEN '1900-01-01' AND %(hari_ini)s::date THEN hari END AS hari_dulu,
           CASE WHEN bulan BETWEEN '1900-01-01' AND %(hari_ini)s::date THEN bulan END AS bulan_dulu
    FROM (
        SELECT rapi, bentuk, lahir_nik,
               CASE WHEN bentuk = 'dmy' THEN kpm_tanggal(rapi, bentuk) END AS hari,
               CASE WHEN bentuk = 'dmy'
                    THEN kpm_tanggal(regexp_replace(rapi, '^([0-9]+)(.)([0-9]+)', '\3\2\1'), bentuk) END AS bulan
        FROM (
            SELECT kpm_rapi({tanggal_lahir}) AS rapi, kpm_tanggal_bentuk(kpm_rapi({tanggal_lahir})) AS bentuk,
                   -- day of birth, without the 40 that a woman's NIK adds to it
                   CASE WHEN p.nik_status = 'valid'
                        THEN (substr(p.nik, 7, 1)::int %% 4)::text || substr(p.nik, 8, 5) END AS lahir_nik
            FROM {mentah} JOIN {periksa} AS p USING (baris)
            WHERE p.tolak & %(BUKAN_ORANG)s = 0
        ) AS t
    ) AS u
) AS d
