-- 55_sidik.sql: a digest of all an import would do, and of the rows it would change as they are now.
-- App. Reads impor_hasil, impor_kk, impor_keluarga_beda, impor_anggota_beda, impor_program_beda, impor_peringkat_beda,
-- impor_jawaban_beda, impor_hilang, impor_hilang_orang, impor_ikut.
-- Sums of hashes: the order of rows does not count. Ids that were only now given out are left aside, so equal work has an equal digest.
SELECT md5(concat_ws('|',
    (SELECT concat_ws(':', count(*), sum(hash_record_extended(ROW(
         baris, kunci, tolak, catatan, wilayah_id, tetap_kk, CASE WHEN NOT baru THEN anggota_id END), 0))) FROM impor_hasil),
    (SELECT concat_ws(':', count(*), sum(hash_record_extended(ROW(
         kunci, wakil, wilayah_id, catatan, desil, persentil, kembali, CASE WHEN NOT baru THEN id END), 1))) FROM impor_kk),
    (SELECT concat_ws(':', count(*), sum(hash_record_extended(ROW(
         id, alamat, dusun, rt, rw, wilayah_id, no_kk, id_keluarga, ST_AsBinary(titik), status, isi, sumber_baru, ditahan, dilepas, dulu), 2)))
     FROM impor_keluarga_beda),
    (SELECT concat_ws(':', count(*), sum(hash_record_extended(ROW(
         id, wilayah_id, id_dtks, nik, nama, nama_normal, tempat_lahir, tanggal_lahir, jenis_kelamin, hubungan, kepala,
         pekerjaan, nama_ibu, keterangan_padan, status, keluar_alasan, keluar_tanggal, isi, sumber_baru, pindah_kk, ditahan, dilepas, dulu), 3)))
     FROM impor_anggota_beda),
    (SELECT concat_ws(':', count(*), sum(hash_record_extended(ROW(id, wilayah_id, ditahan), 4))) FROM impor_hilang),
    (SELECT concat_ws(':', count(*), sum(hash_record_extended(ROW(id, keluarga_id, wilayah_id, ditahan, kepala_saja), 9)))
     FROM impor_hilang_orang),
    (SELECT concat_ws(':', count(*), sum(hash_record_extended(ROW(id, dari, wilayah_id), 7))) FROM impor_ikut),
    (SELECT concat_ws(':', count(*), sum(hash_record_extended(ROW(baris, tambah, kurang), 5))) FROM impor_program_beda),
    (SELECT concat_ws(':', count(*), sum(hash_record_extended(ROW(
         baris, CASE WHEN NOT baru THEN keluarga_id END, instrumen, dulu, kini, sidik), 8))) FROM impor_jawaban_beda),
    (SELECT concat_ws(':', count(*), sum(hash_record_extended(ROW(
         kunci, desil_dulu, persentil_dulu, peringkat_dulu, desil, persentil, peringkat), 6))) FROM impor_peringkat_beda)
))
