-- 24_anggota_baru.sql: applied rows -> kpm_anggota, the new persons.
-- App. Reads impor_hasil, {periksa}. Writes kpm_anggota. id_dtks is unique; ids were taken in step 13.
INSERT INTO kpm_anggota (id, keluarga_id, wilayah_id, id_dtks, nik, nik_status, nama, nama_normal, tempat_lahir,
                         tanggal_lahir, jenis_kelamin, hubungan, kepala, pekerjaan, nama_ibu, keterangan_padan,
                         padan_hasil, asal, sumber_id, job_id, dibuat, diubah)
SELECT h.anggota_id, h.keluarga_id, h.wilayah_id, p.id_dtks, coalesce(p.nik, ''), p.nik_status, p.nama, p.nama_normal,
       coalesce(p.tempat_lahir, ''), p.tanggal_lahir, p.jenis_kelamin, p.hubungan, p.kepala, p.pekerjaan, p.nama_ibu,
       p.keterangan_padan, '', '{{}}', %(sumber)s, %(job)s, now(), now()
FROM impor_hasil AS h
JOIN {periksa} AS p USING (baris)
WHERE h.baru
