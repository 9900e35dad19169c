-- baca_penduduk.sql: the rows of an extract, for the engine. App, inside the matcher's wall. Reads padan_penduduk.
SELECT id, nik, nik_status, no_kk, nama_normal AS nama, tempat_lahir AS tempat, tanggal_lahir AS lahir,
       jenis_kelamin AS kelamin, ibu_normal AS ibu, coalesce(wilayah_id, '') AS desa, keadaan
FROM   padan_penduduk
WHERE  ekstrak_id = %(ekstrak)s
