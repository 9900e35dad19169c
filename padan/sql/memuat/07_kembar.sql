-- 07_kembar.sql: rows of an extract with one NIK: 'sama' when an earlier row says the very same, else 'ganda'.
-- Loader. Reads {periksa}. Writes {kembar}. The same row twice is a slip of whoever made the file, and is refused.
-- One NIK with two contents is a finding: both stay, and none of them proves anything.
CREATE UNLOGGED TABLE {kembar} AS
SELECT baris, CASE WHEN ke > 1 THEN 'sama' ELSE 'ganda' END AS apa
FROM (
    SELECT baris, ke, max(isi_ke) OVER (PARTITION BY nik) AS isi_n
    FROM (
        SELECT baris, nik, row_number() OVER (PARTITION BY nik, isi ORDER BY baris) AS ke,
               dense_rank() OVER (PARTITION BY nik ORDER BY isi) AS isi_ke
        FROM (
            SELECT baris, nik,
                   md5(ROW(no_kk, nama, tempat_lahir, tanggal_lahir, jenis_kelamin, nama_ibu, nik_ibu, hubungan,
                           wilayah_id, keadaan, alamat, rt, rw)::text) AS isi
            FROM   {periksa}
            WHERE  tolak = '' AND nik IN (SELECT nik FROM {periksa} WHERE tolak = '' GROUP BY nik HAVING count(*) > 1)
        ) AS w
    ) AS r
) AS n
WHERE ke > 1 OR isi_n > 1
