-- 17_hilang.sql: keluarga that earlier files of this kind named, that live where the people of this file live, and
-- that it does not name. App. Reads impor_hasil, {periksa}, kpm_keluarga, kpm_anggota, kpm_tercatat, kpm_sumber.
-- Writes the temporary table impor_hilang. A refused row names somebody too: whoever has its No. KK, ids, valid
-- NIK, or name and birth date is not missing. Villages of this file: those with an applied row.
-- A list of this kind and of this period or a later one that names a keluarga keeps it: an older file that comes
-- late does not contradict a newer one, nor the second part of a period the first. Rows of a mended workbook are a
-- part by their nature, nobody is missing in it.
-- ditahan: an officer wrote the status, which a file does not change unless the rules say so.
-- Arrays, NOT IN and IN below OR are looked up, however few rows the planner expects; joined instead, villages and
-- refused rows took a minute for 100,000 rows.
CREATE TEMPORARY TABLE impor_hilang ON COMMIT DROP AS
WITH ditolak AS MATERIALIZED (
    SELECT p.no_kk, p.id_keluarga, p.id_dtks, p.nik, p.nik_status, p.nama_normal, p.tanggal_lahir
    FROM impor_hasil AS h JOIN {periksa} AS p USING (baris) WHERE h.tolak <> 0
),
calon AS MATERIALIZED (
    SELECT k.id, k.wilayah_id, k.asal ? 'status' AND NOT %(timpa_status)s AS ditahan,
           coalesce(k.no_kk IN (SELECT no_kk FROM ditolak WHERE no_kk IS NOT NULL)
               OR k.id_keluarga IN (SELECT id_keluarga FROM ditolak WHERE id_keluarga IS NOT NULL), false) AS disebut
    FROM kpm_keluarga AS k
    JOIN kpm_sumber AS s ON s.id = k.sumber_id
    WHERE k.status = 'aktif' AND NOT %(perbaikan)s AND s.periode <= %(periode)s
    AND   k.wilayah_id = ANY (ARRAY(SELECT DISTINCT wilayah_id FROM impor_hasil WHERE tolak = 0))
    AND   k.id NOT IN (SELECT keluarga_id FROM impor_hasil WHERE tolak = 0 AND keluarga_id IS NOT NULL)
    AND   EXISTS (
        SELECT FROM kpm_tercatat AS t
        WHERE t.keluarga_id = k.id
        AND   t.sumber_id = ANY (ARRAY(SELECT id FROM kpm_sumber WHERE jenis = %(jenis)s AND periode <= %(periode)s)))
    AND   NOT EXISTS (
        SELECT FROM kpm_tercatat AS t
        WHERE t.keluarga_id = k.id
        AND   t.sumber_id = ANY (ARRAY(SELECT id FROM kpm_sumber WHERE jenis = %(jenis)s AND periode >= %(periode)s)))
)
SELECT id, wilayah_id, ditahan
FROM calon
WHERE NOT disebut
AND   id NOT IN (
    SELECT a.keluarga_id
    FROM kpm_anggota AS a
    WHERE a.keluarga_id IN (SELECT id FROM calon)
    AND   (a.id_dtks IN (SELECT id_dtks FROM ditolak WHERE id_dtks IS NOT NULL)
           OR a.nik IN (SELECT nik FROM ditolak WHERE nik_status = 'valid')
           OR a.nama_normal IN (SELECT nama_normal FROM ditolak WHERE tanggal_lahir IS NULL AND nama_normal IS NOT NULL)
           OR (a.nama_normal, a.tanggal_lahir) IN (
               SELECT nama_normal, tanggal_lahir FROM ditolak WHERE tanggal_lahir IS NOT NULL AND nama_normal IS NOT NULL))
)
