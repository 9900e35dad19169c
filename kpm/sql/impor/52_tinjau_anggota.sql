-- 52_tinjau_anggota.sql: what would become of every row of the file, of the people of missing keluarga, of missing
-- members (these with the kunci of their keluarga, which the file names), and of those who follow theirs to another village -> the preview.
-- App. Reads impor_hasil, impor_anggota_beda, impor_program_beda, impor_jawaban_beda, impor_hilang,
-- impor_hilang_orang, impor_ikut, {periksa}, kpm_anggota, kpm_keluarga.
-- Writes {tinjau_anggota}, no register. As step 51; who changes his keluarga shows both No. KK. samping: the programmes
-- of this sumber [that go, that come], as bits, and its answers as in step 51.
INSERT INTO {tinjau_anggota}
    (baris, kunci, wilayah_id, golongan, anggota_id, keluarga_id, tolak, catatan, ubah, ditahan, samping)
SELECT h.baris, h.kunci, h.wilayah_id,
       CASE WHEN h.tolak <> 0 THEN 'ditolak' WHEN h.baru THEN 'baru'
            WHEN b.isi OR i.id IS NOT NULL THEN 'berubah' ELSE 'tetap' END,
       CASE WHEN NOT h.baru THEN h.anggota_id END, k.id, h.tolak, h.catatan,
       CASE WHEN b.isi THEN jsonb_strip_nulls(jsonb_build_object(
           'id_dtks', CASE WHEN t.id_dtks IS DISTINCT FROM b.id_dtks THEN jsonb_build_array(t.id_dtks, b.id_dtks) END,
           'nik', CASE WHEN t.nik IS DISTINCT FROM b.nik THEN jsonb_build_array(t.nik, b.nik) END,
           'nama', CASE WHEN t.nama IS DISTINCT FROM b.nama THEN jsonb_build_array(t.nama, b.nama) END,
           'tempat_lahir', CASE WHEN t.tempat_lahir IS DISTINCT FROM b.tempat_lahir
               THEN jsonb_build_array(t.tempat_lahir, b.tempat_lahir) END,
           'tanggal_lahir', CASE WHEN t.tanggal_lahir IS DISTINCT FROM b.tanggal_lahir
               THEN jsonb_build_array(t.tanggal_lahir, b.tanggal_lahir) END,
           'jenis_kelamin', CASE WHEN t.jenis_kelamin IS DISTINCT FROM b.jenis_kelamin
               THEN jsonb_build_array(t.jenis_kelamin, b.jenis_kelamin) END,
           'hubungan', CASE WHEN t.hubungan IS DISTINCT FROM b.hubungan
               THEN jsonb_build_array(t.hubungan, b.hubungan) END,
           'pekerjaan', CASE WHEN t.pekerjaan IS DISTINCT FROM b.pekerjaan
               THEN jsonb_build_array(t.pekerjaan, b.pekerjaan) END,
           'nama_ibu', CASE WHEN t.nama_ibu IS DISTINCT FROM b.nama_ibu
               THEN jsonb_build_array(t.nama_ibu, b.nama_ibu) END,
           'keterangan_padan', CASE WHEN t.keterangan_padan IS DISTINCT FROM b.keterangan_padan
               THEN jsonb_build_array(t.keterangan_padan, b.keterangan_padan) END,
           'wilayah', CASE WHEN t.wilayah_id IS DISTINCT FROM b.wilayah_id
               THEN jsonb_build_array(t.wilayah_id, b.wilayah_id) END,
           'nik_status', CASE WHEN t.nik_status IS DISTINCT FROM b.nik_status
               THEN jsonb_build_array(t.nik_status, b.nik_status) END,
           'kepala', CASE WHEN t.kepala IS DISTINCT FROM b.kepala THEN jsonb_build_array(t.kepala, b.kepala) END,
           'status', CASE WHEN t.status IS DISTINCT FROM b.status THEN jsonb_build_array(t.status, b.status) END,
           'no_kk', CASE WHEN b.pindah_kk THEN jsonb_build_array(lama.no_kk, p.no_kk) END))
            WHEN i.id IS NOT NULL THEN jsonb_build_object('wilayah', jsonb_build_array(i.dari, i.wilayah_id)) END,
       nullif(b.ditahan, '{{}}'),
       CASE WHEN g.baris IS NULL THEN j.isi
            ELSE jsonb_build_object('program', jsonb_build_array(g.kurang, g.tambah)) || coalesce(j.isi, '{{}}') END
FROM impor_hasil AS h
LEFT JOIN impor_anggota_beda AS b ON b.id = h.anggota_id AND h.tolak = 0
LEFT JOIN impor_ikut AS i ON i.id = h.anggota_id AND h.tolak = 0
LEFT JOIN kpm_anggota AS t ON t.id = b.id AND b.isi
LEFT JOIN kpm_keluarga AS lama ON lama.id = t.keluarga_id AND b.pindah_kk
LEFT JOIN {periksa} AS p ON p.baris = h.baris AND b.pindah_kk
LEFT JOIN kpm_keluarga AS k ON k.id = h.keluarga_id AND h.tolak = 0
LEFT JOIN impor_program_beda AS g ON g.baris = h.baris
LEFT JOIN (
    SELECT baris, jsonb_build_object('jawaban', jsonb_object_agg(instrumen, jsonb_build_array(dulu, kini))) AS isi
    FROM impor_jawaban_beda
    WHERE baris IS NOT NULL AND NOT baru
    GROUP BY baris
) AS j ON j.baris = h.baris
UNION ALL
SELECT NULL, NULL, a.wilayah_id, 'hilang', a.id, a.keluarga_id, 0, 0, NULL,
       CASE WHEN x.ditahan THEN ARRAY['status'] END, NULL
FROM impor_hilang AS x
JOIN kpm_anggota AS a ON a.keluarga_id = x.id AND a.status = 'aktif'
UNION ALL
SELECT NULL, kunci, wilayah_id, 'hilang', id, keluarga_id, 0, CASE WHEN kepala_saja THEN %(TANPA_KEPALA)s ELSE 0 END, NULL,
       CASE WHEN ditahan THEN ARRAY['status'] END, NULL
FROM impor_hilang_orang
UNION ALL
SELECT NULL, NULL, wilayah_id, 'berubah', id, keluarga_id, 0, 0,
       jsonb_build_object('wilayah', jsonb_build_array(dari, wilayah_id)), NULL, NULL
FROM impor_ikut
WHERE NOT disebut
