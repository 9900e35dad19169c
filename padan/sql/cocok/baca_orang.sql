-- baca_orang.sql: the people of the lists that an extract covers, for the engine.
-- App. Reads kpm_anggota, kpm_keluarga. A person without a village belongs to the whole province.
SELECT a.id, a.nik, a.nik_status, coalesce(k.no_kk, '') AS no_kk, a.nama_normal AS nama, a.tempat_lahir AS tempat,
       a.tanggal_lahir AS lahir, a.jenis_kelamin AS kelamin, a.nama_ibu AS ibu, coalesce(a.wilayah_id, '') AS desa
FROM   kpm_anggota AS a
JOIN   kpm_keluarga AS k ON k.id = a.keluarga_id
WHERE  a.status = 'aktif'
AND    ((a.wilayah_id >= %(cakupan)s AND a.wilayah_id < %(cakupan)s || ':')
        OR (a.wilayah_id IS NULL AND length(%(cakupan)s) = 2))
