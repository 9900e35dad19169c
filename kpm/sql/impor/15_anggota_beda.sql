-- 15_anggota_beda.sql: known persons that the file says something else about.
-- App. Reads impor_hasil, {periksa}, kpm_anggota. Writes the temporary table impor_anggota_beda.
-- As step 14: what the file may not say, what is held back (ditahan) or given up (dilepas), isi and dulu.
-- nama_normal and nik_status follow nama and nik, kepala follows hubungan. Whom an earlier file's absence took off
-- comes back, unless an officer has decided about him.
CREATE TEMPORARY TABLE impor_anggota_beda ON COMMIT DROP AS
SELECT q.*,
       CASE WHEN q.disengketakan = '{{}}' THEN '{{}}'::text[]
            ELSE ARRAY(SELECT n FROM unnest(q.disengketakan) AS n WHERE n <> ALL (%(timpa)s::text[])) END AS ditahan,
       CASE WHEN q.disengketakan = '{{}}' THEN '{{}}'::text[]
            ELSE ARRAY(SELECT n FROM unnest(q.disengketakan) AS n WHERE n = ANY (%(timpa)s::text[])) END AS dilepas
FROM (
    SELECT t.id, b.*, t.sumber_id <> %(sumber)s AS sumber_baru, t.keluarga_id <> b.keluarga_id AS pindah_kk,
           (t.keluarga_id, t.wilayah_id, t.id_dtks, t.nik, t.nik_status, t.nama, t.nama_normal, t.tempat_lahir,
            t.tanggal_lahir, t.jenis_kelamin, t.hubungan, t.kepala, t.pekerjaan, t.nama_ibu, t.keterangan_padan, t.status,
            t.keluar_alasan, t.keluar_tanggal)
           IS DISTINCT FROM
           (b.keluarga_id, b.wilayah_id, b.id_dtks, b.nik, b.nik_status, b.nama, b.nama_normal, b.tempat_lahir,
            b.tanggal_lahir, b.jenis_kelamin, b.hubungan, b.kepala, b.pekerjaan, b.nama_ibu, b.keterangan_padan, b.status,
            b.keluar_alasan, b.keluar_tanggal) AS isi,
           CASE WHEN t.asal = '{{}}' THEN '{{}}'::text[] ELSE ARRAY(
               SELECT v.isian FROM (VALUES
                   ('id_dtks', %(tulis_id_dtks)s, t.id_dtks, coalesce(p.id_dtks, t.id_dtks)),
                   ('nik', %(tulis_nik)s, t.nik, coalesce(p.nik, '')),
                   ('nama', %(tulis_nama)s, t.nama, p.nama),
                   ('tempat_lahir', %(tulis_tempat_lahir)s, t.tempat_lahir, coalesce(p.tempat_lahir, '')),
                   ('tanggal_lahir', %(tulis_tanggal_lahir)s, t.tanggal_lahir::text, p.tanggal_lahir::text),
                   ('jenis_kelamin', %(tulis_jenis_kelamin)s, t.jenis_kelamin, p.jenis_kelamin),
                   ('hubungan', %(tulis_hubungan)s, t.hubungan, p.hubungan),
                   ('pekerjaan', %(tulis_pekerjaan)s, t.pekerjaan, p.pekerjaan),
                   ('nama_ibu', %(tulis_nama_ibu)s, t.nama_ibu, p.nama_ibu),
                   ('keterangan_padan', %(tulis_keterangan_padan)s, t.keterangan_padan, p.keterangan_padan),
                   ('keluarga', %(tulis_keluarga)s, 'lama',
                    CASE WHEN h.tetap_kk OR t.keluarga_id <> h.keluarga_id THEN 'lain' ELSE 'lama' END)
               ) AS v (isian, boleh, dulu, kini) WHERE t.asal ? v.isian AND v.boleh AND v.dulu IS DISTINCT FROM v.kini
           ) END AS disengketakan,
           hash_record_extended(ROW(t.keluarga_id, t.wilayah_id, t.id_dtks, t.nik, t.nik_status, t.nama,
                                    t.nama_normal, t.tempat_lahir, t.tanggal_lahir, t.jenis_kelamin, t.hubungan,
                                    t.kepala, t.pekerjaan, t.nama_ibu, t.keterangan_padan, t.status, t.keluar_alasan,
                                    t.keluar_tanggal, t.asal), 0) AS dulu
    FROM impor_hasil AS h
    JOIN {periksa} AS p USING (baris)
    JOIN kpm_anggota AS t ON t.id = h.anggota_id
    CROSS JOIN LATERAL (
        SELECT t.status = 'keluar' AND NOT t.asal ? 'status' AND starts_with(t.keluar_alasan, %(hilang_awalan)s) AS lagi
    ) AS kembali
    CROSS JOIN LATERAL (
        SELECT h.keluarga_id, h.wilayah_id,
               CASE WHEN %(tulis_id_dtks)s AND NOT {dijaga} ? 'id_dtks'
                    THEN coalesce(p.id_dtks, t.id_dtks) ELSE t.id_dtks END AS id_dtks,
               CASE WHEN %(tulis_nik)s AND NOT {dijaga} ? 'nik' THEN coalesce(p.nik, '') ELSE t.nik END AS nik,
               CASE WHEN %(tulis_nik)s AND NOT {dijaga} ? 'nik' THEN p.nik_status ELSE t.nik_status END AS nik_status,
               CASE WHEN %(tulis_nama)s AND NOT {dijaga} ? 'nama' THEN p.nama ELSE t.nama END AS nama,
               CASE WHEN %(tulis_nama)s AND NOT {dijaga} ? 'nama'
                    THEN p.nama_normal ELSE t.nama_normal END AS nama_normal,
               CASE WHEN %(tulis_tempat_lahir)s AND NOT {dijaga} ? 'tempat_lahir'
                    THEN coalesce(p.tempat_lahir, '') ELSE t.tempat_lahir END AS tempat_lahir,
               CASE WHEN %(tulis_tanggal_lahir)s AND NOT {dijaga} ? 'tanggal_lahir'
                    THEN p.tanggal_lahir ELSE t.tanggal_lahir END AS tanggal_lahir,
               CASE WHEN %(tulis_jenis_kelamin)s AND NOT {dijaga} ? 'jenis_kelamin'
                    THEN p.jenis_kelamin ELSE t.jenis_kelamin END AS jenis_kelamin,
               CASE WHEN %(tulis_hubungan)s AND NOT {dijaga} ? 'hubungan'
                    THEN p.hubungan ELSE t.hubungan END AS hubungan,
               CASE WHEN %(tulis_hubungan)s AND NOT {dijaga} ? 'hubungan' THEN p.kepala ELSE t.kepala END AS kepala,
               CASE WHEN %(tulis_pekerjaan)s AND NOT {dijaga} ? 'pekerjaan'
                    THEN p.pekerjaan ELSE t.pekerjaan END AS pekerjaan,
               CASE WHEN %(tulis_nama_ibu)s AND NOT {dijaga} ? 'nama_ibu'
                    THEN p.nama_ibu ELSE t.nama_ibu END AS nama_ibu,
               CASE WHEN %(tulis_keterangan_padan)s AND NOT {dijaga} ? 'keterangan_padan'
                    THEN p.keterangan_padan ELSE t.keterangan_padan END AS keterangan_padan,
               CASE WHEN kembali.lagi THEN 'aktif' ELSE t.status END AS status,
               CASE WHEN kembali.lagi THEN '' ELSE t.keluar_alasan END AS keluar_alasan,
               CASE WHEN NOT kembali.lagi THEN t.keluar_tanggal END AS keluar_tanggal
    ) AS b
    WHERE h.tolak = 0 AND NOT h.baru AND NOT h.lama
) AS q
WHERE isi OR sumber_baru OR disengketakan <> '{{}}'
