-- halaman_jejak.sql: a trail as long as a year's, for the page of the auditor. Superuser, once, after the demo.
-- Reads access_user, kpm_keluarga. Writes access_jejak.
INSERT INTO access_jejak (id, waktu, pengguna_id, aksi, objek, objek_id, wilayah_id, alasan, alamat, rincian)
SELECT gen_random_uuid(), now() - k.id % 365 * interval '1 day' - k.id * interval '1 second',
       (SELECT id FROM access_user WHERE username = 'samsiah'), 'lihat_orang', 'keluarga', k.id::text, k.wilayah_id,
       '', '127.0.0.1', '{}'
FROM   kpm_keluarga AS k
ORDER  BY k.id
LIMIT  100000;
