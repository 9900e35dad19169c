-- 02_tanggal.sql: the distinct birth dates of a file, as written -> date and verdicts.
-- Loader. Reads {mentah}. Writes {tanggal}. Each spelling is parsed once.
CREATE UNLOGGED TABLE {tanggal} AS
SELECT tulisan, tanggal,
       CASE
           WHEN bentuk = 'kosong' THEN 0
           WHEN bentuk = 'dua' THEN %(TANGGAL_DUA_ANGKA)s
           WHEN tanggal IS NULL OR tanggal NOT BETWEEN '1900-01-01' AND %(hari_ini)s::date THEN %(TANGGAL_SALAH)s
           ELSE 0
       END::bigint AS tolak,
       CASE
           WHEN bentuk = 'kosong' THEN %(TANGGAL_KOSONG)s
           -- in a workbook every real date cell is a serial number: nothing to remark
           WHEN bentuk = 'serial' AND NOT %(xlsx)s THEN %(TANGGAL_SERIAL)s
           ELSE 0
       END::bigint AS catatan
FROM (
    SELECT tulisan, bentuk,
           -- a workbook made on an old Mac counts from 1904
           kpm_tanggal(rapi, bentuk) + CASE WHEN bentuk = 'serial' AND %(tahun_1904)s THEN 1462 ELSE 0 END AS tanggal
    FROM (
        SELECT tulisan, kpm_rapi(tulisan) AS rapi, kpm_tanggal_bentuk(kpm_rapi(tulisan)) AS bentuk
        FROM (SELECT DISTINCT coalesce({tanggal_lahir}, '') AS tulisan FROM {mentah}) AS t
        OFFSET 0  -- evaluate each function once, not once per mention
    ) AS b
    OFFSET 0
) AS d
