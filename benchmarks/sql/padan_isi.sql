-- padan_isi.sql: a labelled set -> the register and one extract, as import and delivery would leave them.
-- Owner. Reads bench_daftar, bench_ekstrak. Writes kpm_keluarga, kpm_anggota, padan_penduduk. Not made to run twice.
INSERT INTO kpm_keluarga
       (no_kk, tanpa_kk, alamat, dusun, rt, rw, wilayah_id, titik_asal, status, keluar_alasan,
        sumber_id, job_id, asal, dibuat, diubah, id)
SELECT DISTINCT ON (keluarga_id)
       CASE WHEN no_kk ~ '^\d{16}$' AND row_number() OVER (PARTITION BY no_kk ORDER BY anggota_id) = 1 THEN no_kk END,
       NOT (no_kk ~ '^\d{16}$' AND row_number() OVER (PARTITION BY no_kk ORDER BY anggota_id) = 1),
       alamat, '', rt, rw, wilayah_id, '', 'aktif', '', %(sumber)s, NULL, '{}', now(), now(), keluarga_id
FROM   bench_daftar ORDER BY keluarga_id, anggota_id;

INSERT INTO kpm_anggota
       (id, keluarga_id, wilayah_id, id_dtks, nik, nik_status, nama, nama_normal, tempat_lahir,
        tanggal_lahir, jenis_kelamin, hubungan, kepala, pekerjaan, nama_ibu, keterangan_padan,
        padan_hasil, sumber_id, job_id, asal, dibuat, diubah)
SELECT anggota_id, keluarga_id, wilayah_id, anggota_id, nik, kpm_nik_status(nik), nama, kpm_nama_normal(nama),
       tempat_lahir, nullif(tanggal_lahir, '')::date, jenis_kelamin, hubungan, hubungan = 'KEPALA KELUARGA', '',
       nama_ibu, '', '', %(sumber)s, NULL, '{}', now(), now()
FROM   bench_daftar;

INSERT INTO padan_penduduk
       (ekstrak_id, baris, nik, nik_status, no_kk, nama, nama_normal, tempat_lahir, tanggal_lahir, jenis_kelamin,
        nama_ibu, ibu_normal, nik_ibu, hubungan, wilayah_id, keadaan, alamat, rt, rw)
SELECT %(ekstrak)s, baris, nik, kpm_nik_status(nik), no_kk, nama, padan_nama_kunci(nama), tempat_lahir,
       nullif(tanggal_lahir, '')::date, jenis_kelamin, nama_ibu, padan_nama_kunci(nama_ibu), nik_ibu, hubungan,
       nullif(wilayah_id, ''), keadaan, alamat, rt, rw
FROM   bench_ekstrak
