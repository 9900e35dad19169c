-- 05_urutan.sql: which of two leading numbers of a date is the day? The NIK beside it knows.
-- Loader. Reads {mentah}, {tanggal}. Writes nothing. Of 20,000 rows: how many NIK agree with either order.
SELECT count(*) FILTER (WHERE lahir = to_char(hari_dulu, 'DDMM')) AS hari,
       count(*) FILTER (WHERE lahir = to_char(bulan_dulu, 'DDMM')) AS bulan
FROM (
    SELECT ((substr(nik, 7, 1)::int) %% 4)::text || substr(nik, 8, 3) AS lahir, hari_dulu, bulan_dulu
    FROM (
        SELECT kpm_nomor(kpm_rapi({nik})) AS nik, t.hari_dulu, t.bulan_dulu
        FROM   {mentah} AS m JOIN {tanggal} AS t ON t.tulisan = coalesce({tanggal_lahir}, '')
        WHERE  t.bentuk = 'dmy' AND t.hari_dulu IS DISTINCT FROM t.bulan_dulu
        LIMIT  20000
    ) AS c
    WHERE kpm_nik_status(nik) = 'valid'
) AS n
