-- 08_angka.sql: what was found in an extract, in numbers.
-- Loader. Reads {periksa}, {kembar}. Writes nothing. orang: rows that are meant to be a person.
SELECT count(*) AS dibaca,
       count(*) FILTER (WHERE tolak <> 'BUKAN_ORANG') AS orang,
       count(*) FILTER (WHERE tolak = '' AND apa IS DISTINCT FROM 'sama') AS diterima,
       count(*) FILTER (WHERE nik_huruf) AS nik_huruf,
       count(*) FILTER (WHERE nama_angka) AS nama_angka,
       count(*) FILTER (WHERE tolak = 'NIK_EXCEL') AS nik_excel,
       count(*) FILTER (WHERE NOT dalam) AS luar,
       count(*) FILTER (WHERE dalam IS NULL AND tolak <> 'BUKAN_ORANG') AS entah,
       count(*) FILTER (WHERE dalam IS NULL AND kk_sah AND left(no_kk, 2) = left(%(cakupan)s, 2)) AS entah_kk_sini,
       count(*) FILTER (WHERE dalam IS NULL AND kk_sah) AS entah_kk,
       count(*) FILTER (WHERE kk_sah AND length(nik) = 16) AS berdua,
       count(*) FILTER (WHERE kk_sah AND length(nik) = 16 AND substr(nik, 7, 2) > '40') AS nik_hari_40,
       count(*) FILTER (WHERE kk_sah AND length(nik) = 16 AND substr(no_kk, 7, 2) > '40') AS kk_hari_40,
       count(*) FILTER (WHERE tanggal_lahir IS NULL AND tolak <> 'BUKAN_ORANG') AS tanpa_tanggal,
       count(*) FILTER (WHERE tolak = '' AND apa = 'ganda') AS ganda,
       count(*) FILTER (WHERE tolak = '' AND tanggal_lahir IS NULL AND tanggal_terisi) AS tanggal_salah,
       count(*) FILTER (WHERE tolak = '' AND NOT tanggal_terisi) AS tanggal_kosong,
       count(*) FILTER (WHERE tolak = '' AND wilayah_id IS NULL) AS desa_tak_dikenal,
       count(*) FILTER (WHERE tolak = '' AND NOT kk_sah) AS kk_salah,
       count(*) FILTER (WHERE tolak = '' AND nik_status <> 'valid') AS nik_ganjil
FROM   {periksa} LEFT JOIN {kembar} USING (baris)
