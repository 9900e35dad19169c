-- 17_hilang.sql: keluarga that earlier files of this kind named, that live where the people of this file live, and
-- that it does not name. App. Reads impor_hasil, {periksa}, kpm_keluarga, kpm_anggota, kpm_tercatat, kpm_sumber.
-- Writes the temporary table impor_hilang. A refused row names somebody too: whoever has its No. KK, ids, valid
-- NIK, or name and birth date is not missing. Villages of this file: those with an applied row.
-- ditahan: an officer wrote the status, which a file does not change unless the rules say so.
CREATE TEMPORARY TABLE impor_hilang ON COMMIT DROP AS
WITH ditolak AS (
    SELECT p.no_kk, p.id_keluarga, p.id_dtks, p.nik, p.nik_status, p.nama_normal, p.tanggal_lahir
    FROM impor_hasil AS h JOIN {periksa} AS p USING (baris) WHERE h.tolak <> 0
),
disebut AS (
    SELECT keluarga_id FROM impor_hasil WHERE tolak = 0
    UNION ALL
    SELECT k.id FROM ditolak AS d JOIN kpm_keluarga AS k ON k.no_kk = d.no_kk
    UNION ALL
    SELECT k.id FROM ditolak AS d JOIN kpm_keluarga AS k ON k.id_keluarga = d.id_keluarga
    UNION ALL
    SELECT a.keluarga_id FROM ditolak AS d JOIN kpm_anggota AS a ON a.id_dtks = d.id_dtks
    UNION ALL
    SELECT a.keluarga_id FROM ditolak AS d JOIN kpm_anggota AS a ON a.nik = d.nik AND a.nik <> ''
    WHERE d.nik_status = 'valid'
    UNION ALL
    SELECT a.keluarga_id
    FROM ditolak AS d
    JOIN kpm_anggota AS a ON a.nama_normal = d.nama_normal
                         AND a.tanggal_lahir = coalesce(d.tanggal_lahir, a.tanggal_lahir)
)
SELECT k.id, k.wilayah_id, k.asal ? 'status' AND NOT %(timpa_status)s AS ditahan
FROM kpm_keluarga AS k
WHERE k.status = 'aktif'
AND   k.wilayah_id IN (SELECT wilayah_id FROM impor_hasil WHERE tolak = 0)
AND   EXISTS (
    SELECT FROM kpm_tercatat AS t JOIN kpm_sumber AS s ON s.id = t.sumber_id
    WHERE t.keluarga_id = k.id AND s.jenis = %(jenis)s AND s.periode <= %(periode)s)
AND   NOT EXISTS (SELECT FROM disebut AS d WHERE d.keluarga_id = k.id)
