-- lantai_anggota.sql: bench_baris -> kpm_anggota, the least that could be done.
-- Reads bench_baris, kpm_keluarga. Writes kpm_anggota. Not made to run twice.
INSERT INTO kpm_anggota
       (keluarga_id, wilayah_id, id_dtks, nik, nik_status, nama, nama_normal, tempat_lahir,
        tanggal_lahir, jenis_kelamin, hubungan, kepala, pekerjaan, nama_ibu, keterangan_padan,
        padan_hasil, sumber_id, job_id, asal, dibuat, diubah)
SELECT k.id, k.wilayah_id, b.c0, b.c10, 'valid', b.c11, b.c11, b.c13,
       b.c12::date, left(b.c14, 1), b.c17, b.c17 = 'KEPALA KELUARGA', b.c15, b.c16, b.c18,
       '', %(sumber)s, %(job)s, '{}', now(), now()
FROM   staging.bench_baris AS b
JOIN   kpm_keluarga        AS k ON k.no_kk = b.c9
