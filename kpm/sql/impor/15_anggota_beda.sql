-- 15_anggota_beda.sql: known persons that the file says something else about.
-- App. Reads impor_hasil, impor_kk, impor_keluarga_beda, {periksa}, kpm_anggota, kpm_keluarga. Writes the temporary table impor_anggota_beda.
-- As step 14: absent columns say nothing, fields named in asal stay, isi is false for a newer sumber alone.
-- nama_normal and nik_status follow nama and nik, kepala follows hubungan; the village is the one that the
-- keluarga will have, be it new or moved by this file.
CREATE TEMPORARY TABLE impor_anggota_beda ON COMMIT DROP AS
SELECT * FROM (
    SELECT t.id, b.*, t.sumber_id <> %(sumber)s AS sumber_baru, t.keluarga_id <> b.keluarga_id AS pindah_kk,
           (t.keluarga_id, t.wilayah_id, t.id_dtks, t.nik, t.nik_status, t.nama, t.nama_normal, t.tempat_lahir,
            t.tanggal_lahir, t.jenis_kelamin, t.hubungan, t.kepala, t.pekerjaan, t.nama_ibu, t.keterangan_padan)
           IS DISTINCT FROM
           (b.keluarga_id, b.wilayah_id, b.id_dtks, b.nik, b.nik_status, b.nama, b.nama_normal, b.tempat_lahir,
            b.tanggal_lahir, b.jenis_kelamin, b.hubungan, b.kepala, b.pekerjaan, b.nama_ibu, b.keterangan_padan) AS isi
    FROM impor_hasil AS h
    JOIN {periksa} AS p USING (baris)
    JOIN kpm_anggota AS t ON t.id = h.anggota_id
    LEFT JOIN (SELECT id, wilayah_id FROM impor_kk WHERE baru) AS kb ON kb.id = h.keluarga_id
    LEFT JOIN (SELECT id, wilayah_id FROM impor_keluarga_beda WHERE pindah_desa) AS kp ON kp.id = h.keluarga_id
    LEFT JOIN kpm_keluarga AS k ON k.id = h.keluarga_id
    CROSS JOIN LATERAL (
        SELECT h.keluarga_id, coalesce(kb.wilayah_id, kp.wilayah_id, k.wilayah_id) AS wilayah_id,
               coalesce(p.id_dtks, t.id_dtks) AS id_dtks,
               CASE WHEN NOT t.asal ? 'nik' THEN coalesce(p.nik, '') ELSE t.nik END AS nik,
               CASE WHEN NOT t.asal ? 'nik' THEN p.nik_status ELSE t.nik_status END AS nik_status,
               CASE WHEN NOT t.asal ? 'nama' THEN p.nama ELSE t.nama END AS nama,
               CASE WHEN NOT t.asal ? 'nama' THEN p.nama_normal ELSE t.nama_normal END AS nama_normal,
               CASE WHEN %(ada_tempat_lahir)s AND NOT t.asal ? 'tempat_lahir'
                    THEN coalesce(p.tempat_lahir, '') ELSE t.tempat_lahir END AS tempat_lahir,
               CASE WHEN %(ada_tanggal_lahir)s AND NOT t.asal ? 'tanggal_lahir'
                    THEN p.tanggal_lahir ELSE t.tanggal_lahir END AS tanggal_lahir,
               CASE WHEN %(ada_jenis_kelamin)s AND NOT t.asal ? 'jenis_kelamin'
                    THEN p.jenis_kelamin ELSE t.jenis_kelamin END AS jenis_kelamin,
               CASE WHEN %(ada_hubungan)s AND NOT t.asal ? 'hubungan' THEN p.hubungan ELSE t.hubungan END AS hubungan,
               CASE WHEN %(ada_hubungan)s AND NOT t.asal ? 'hubungan' THEN p.kepala ELSE t.kepala END AS kepala,
               CASE WHEN %(ada_pekerjaan)s AND NOT t.asal ? 'pekerjaan'
                    THEN p.pekerjaan ELSE t.pekerjaan END AS pekerjaan,
               CASE WHEN %(ada_nama_ibu)s AND NOT t.asal ? 'nama_ibu' THEN p.nama_ibu ELSE t.nama_ibu END AS nama_ibu,
               CASE WHEN %(ada_keterangan_padan)s THEN p.keterangan_padan ELSE t.keterangan_padan END
                   AS keterangan_padan
    ) AS b
    WHERE h.tolak = 0 AND NOT h.baru AND NOT h.lama
) AS q
WHERE isi OR sumber_baru
