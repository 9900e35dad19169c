-- 26_anggota_ubah.sql: impor_anggota_beda -> kpm_anggota. Equal rows are not in it: no write, no event.
UPDATE kpm_anggota AS t
SET    keluarga_id = b.keluarga_id, wilayah_id = b.wilayah_id, id_dtks = b.id_dtks, nik = b.nik,
       nik_status = b.nik_status, nama = b.nama, nama_normal = b.nama_normal, tempat_lahir = b.tempat_lahir,
       tanggal_lahir = b.tanggal_lahir, jenis_kelamin = b.jenis_kelamin, hubungan = b.hubungan, kepala = b.kepala,
       pekerjaan = b.pekerjaan, nama_ibu = b.nama_ibu, keterangan_padan = b.keterangan_padan,
       status = b.status, keluar_alasan = b.keluar_alasan, keluar_tanggal = b.keluar_tanggal,
       asal = t.asal - b.dilepas,
       sumber_id = %(sumber)s, job_ubah_id = %(job)s, diubah = now()
FROM   impor_anggota_beda AS b
WHERE  t.id = b.id AND (b.isi OR b.sumber_baru)
