-- baca_kunci.sql: the keys of the names of those whom the exact step left; the engine fills in {ids}. App.
SELECT id, padan_nama_kunci(nama) AS nama, padan_nama_kunci(nama_ibu) AS ibu
FROM   kpm_anggota
WHERE  id = ANY ('{ids}'::bigint[])
