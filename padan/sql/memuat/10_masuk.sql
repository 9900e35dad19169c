-- 10_masuk.sql: the rows that were not refused -> padan_penduduk.
-- App role, inside as_matcher. Reads {periksa}, {kembar}. Writes padan_penduduk.
-- Safe to run twice: whatever an earlier attempt left was deleted in the same transaction.
-- A NIK that two rows of the file share is 'ganda' unless the registry itself says something worse of the row.
INSERT INTO padan_penduduk (
    ekstrak_id, baris, nik, nik_status, no_kk, nama, nama_normal, tempat_lahir, tanggal_lahir, jenis_kelamin, nama_ibu,
    ibu_normal, nik_ibu, hubungan, wilayah_id, keadaan, alamat, rt, rw)
SELECT %(ekstrak)s, baris, nik, nik_status, no_kk, nama, nama_normal, tempat_lahir, tanggal_lahir, jenis_kelamin, nama_ibu,
       ibu_normal, nik_ibu, hubungan, wilayah_id,
       CASE WHEN apa = 'ganda' AND keadaan IN ('', 'hidup') THEN 'ganda' ELSE keadaan END,
       alamat, rt, rw
FROM   {periksa} LEFT JOIN {kembar} USING (baris)
WHERE  tolak = '' AND apa IS DISTINCT FROM 'sama'
