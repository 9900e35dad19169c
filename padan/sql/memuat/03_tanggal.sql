-- 03_tanggal.sql: the distinct birth dates of an extract, as written -> the date, day first and month first.
-- Loader. Reads {mentah}. Writes {tanggal}. Each spelling is parsed once; which order holds is step 05's finding.
CREATE UNLOGGED TABLE {tanggal} AS
SELECT tulisan, bentuk,
       -- a workbook made on an old Mac counts from 1904
       kpm_tanggal(rapi, bentuk) + CASE WHEN bentuk = 'serial' AND %(tahun_1904)s THEN 1462 ELSE 0 END AS hari_dulu,
       CASE WHEN bentuk = 'dmy'
            THEN kpm_tanggal(regexp_replace(rapi, '^([0-9]+)(.)([0-9]+)', '\3\2\1'), bentuk) END AS bulan_dulu
FROM (
    SELECT tulisan, kpm_rapi(tulisan) AS rapi, kpm_tanggal_bentuk(kpm_rapi(tulisan)) AS bentuk
    FROM (SELECT DISTINCT coalesce({tanggal_lahir}, '') AS tulisan FROM {mentah}) AS t
    OFFSET 0  -- evaluate each function once, not once per mention
) AS b
