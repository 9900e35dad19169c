-- 02_tanggal.sql: the distinct birth dates of a file, as written -> date and verdicts.
-- Loader. Reads {mentah}. Writes {tanggal}. Each spelling is parsed once.
-- urutan_tanggal: which of two leading numbers is the day, as the sender said (decision 0022). dmy, mdy, or
-- campur: both orders occur, so a date counts only where one order gives a possible day, or both the same.
CREATE UNLOGGED TABLE {tanggal} AS
SELECT tulisan, tanggal,
       CASE
           WHEN bentuk = 'kosong' THEN 0
           WHEN bentuk = 'dua' THEN %(TANGGAL_DUA_ANGKA)s
           WHEN ragu THEN %(TANGGAL_RAGU)s
           WHEN tanggal IS NULL OR tanggal NOT BETWEEN '1900-01-01' AND %(hari_ini)s::date THEN %(TANGGAL_SALAH)s
           ELSE 0
       END::bigint AS tolak,
       CASE
           WHEN bentuk = 'kosong' AND %(ada_tanggal_lahir)s THEN %(TANGGAL_KOSONG)s
           -- in a workbook every real date cell is a serial number: nothing to remark
           WHEN bentuk = 'serial' AND NOT %(xlsx)s THEN %(TANGGAL_SERIAL)s
           ELSE 0
       END::bigint AS catatan
FROM (
    SELECT tulisan, bentuk,
           %(urutan_tanggal)s = 'campur' AND hari_mungkin AND bulan_mungkin AND hari_dulu <> bulan_dulu AS ragu,
           CASE WHEN bentuk <> 'dmy' OR %(urutan_tanggal)s = 'dmy' THEN hari_dulu
                WHEN %(urutan_tanggal)s = 'mdy' OR bulan_mungkin AND NOT hari_mungkin THEN bulan_dulu
                ELSE hari_dulu END AS tanggal
    FROM (
        SELECT *,
               coalesce(hari_dulu BETWEEN '1900-01-01' AND %(hari_ini)s::date, false) AS hari_mungkin,
               coalesce(bulan_dulu BETWEEN '1900-01-01' AND %(hari_ini)s::date, false) AS bulan_mungkin
        FROM (
            SELECT tulisan, bentuk,
                   -- a workbook made on an old Mac counts from 1904
                   kpm_tanggal(rapi, bentuk) + CASE WHEN bentuk = 'serial' AND %(tahun_1904)s THEN 1462 ELSE 0 END AS hari_dulu,
                   CASE WHEN bentuk = 'dmy' AND %(urutan_tanggal)s <> 'dmy'
                        THEN kpm_tanggal(regexp_replace(rapi, '^([0-9]+)(.)([0-9]+)', '\3\2\1'), bentuk) END AS bulan_dulu
            FROM (
                SELECT tulisan, kpm_rapi(tulisan) AS rapi, kpm_tanggal_bentuk(kpm_rapi(tulisan)) AS bentuk
                FROM (SELECT DISTINCT coalesce({tanggal_lahir}, '') AS tulisan FROM {mentah}) AS t
                OFFSET 0  -- evaluate each function once, not once per mention
            ) AS b
            OFFSET 0
        ) AS u
    ) AS s
) AS d
