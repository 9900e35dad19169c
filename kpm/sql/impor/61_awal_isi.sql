-- 61_awal_isi.sql: how full the columns of a sample are, and how many numbers Excel has damaged.
-- Loader. Reads {periksa} of a sample. Counts only.
SELECT count(*) AS baris,
       count(*) FILTER (WHERE nama IS NOT NULL AND NOT kpm_kosong(nama)) AS nama,
       count(*) FILTER (WHERE tempat_lahir IS NOT NULL AND NOT kpm_kosong(tempat_lahir)) AS tempat_lahir,
       count(*) FILTER (WHERE tanggal_lahir IS NOT NULL) AS tanggal_lahir,
       count(*) FILTER (WHERE jenis_kelamin <> '') AS jenis_kelamin,
       count(*) FILTER (WHERE nama_ibu <> '') AS nama_ibu,
       count(*) FILTER (WHERE nik_status = 'valid' AND tolak & %(NIK_EXCEL)s = 0) AS nik,
       count(*) FILTER (WHERE tolak & %(NIK_EXCEL)s <> 0) AS nik_rusak,
       count(*) FILTER (WHERE tolak & %(KK_EXCEL)s <> 0) AS no_kk_rusak,
       count(*) FILTER (WHERE tolak & %(DESA_TAK_DIKENAL)s <> 0) AS wilayah_tak_dikenal
FROM {periksa}
WHERE tolak & %(BUKAN_ORANG)s = 0
