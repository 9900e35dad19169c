-- 17a_hilang_orang.sql: members whom earlier files of this kind named, of keluarga that this file names without them.
-- App. Reads impor_hasil, impor_kk, {periksa}, kpm_keluarga, kpm_anggota, kpm_tercatat, kpm_sumber. Writes the temporary
-- table impor_hilang_orang. A keluarga is named by its No. KK or its id: somebody without a card speaks for himself
-- alone. As in step 17 a refused row names somebody too: of a keluarga with one nobody is missing, nor is whoever has
-- its ids, valid NIK, or name and birth date; and lists of this kind and of this period or a later one keep whom they
-- name. ditahan: an officer wrote his status. kepala_saja: a head, and the file names no other: he stays (step 36a).
-- cari_orang: an import without a preview that takes nobody off does not look for them.
-- NOT IN and (... IN ...) IS TRUE are looked up, however few rows the planner expects; joined instead, 300,000 missing
-- members took longer than anybody waits.
CREATE TEMPORARY TABLE impor_hilang_orang ON COMMIT DROP AS
WITH ditolak AS MATERIALIZED (
    SELECT p.kunci, p.no_kk, p.id_keluarga, p.id_dtks, p.nik, p.nik_status, p.nama_normal, p.tanggal_lahir
    FROM impor_hasil AS h JOIN {periksa} AS p USING (baris) WHERE h.tolak <> 0
),
calon AS MATERIALIZED (
    SELECT a.id, a.keluarga_id, k.kunci, a.wilayah_id, a.kepala, a.asal ? 'status' AND NOT %(timpa_status)s AS ditahan,
           a.id_dtks, a.nik, a.nama_normal, a.tanggal_lahir
    FROM impor_kk AS k
    JOIN kpm_keluarga AS t ON t.id = k.id AND t.status = 'aktif'
    JOIN kpm_anggota AS a ON a.keluarga_id = t.id AND a.status = 'aktif'
    WHERE %(cari_orang)s AND NOT k.baru AND NOT k.beda_desa AND NOT %(perbaikan)s AND (k.kunci > 0 OR k.id_keluarga IS NOT NULL)
    AND   a.id NOT IN (SELECT anggota_id FROM impor_hasil WHERE tolak = 0 AND anggota_id IS NOT NULL)
    AND   a.sumber_id = ANY (ARRAY(SELECT id FROM kpm_sumber WHERE periode <= %(periode)s))
    AND   k.kunci NOT IN (SELECT kunci FROM ditolak)
    AND   (t.no_kk IN (SELECT no_kk FROM ditolak WHERE no_kk IS NOT NULL)
           OR t.id_keluarga IN (SELECT id_keluarga FROM ditolak WHERE id_keluarga IS NOT NULL)) IS NOT TRUE
),
disebut AS MATERIALIZED (
    SELECT t.keluarga_id, u.id, bool_or(s.periode <= %(periode)s) AS dulu, bool_or(s.periode >= %(periode)s) AS kini
    FROM kpm_tercatat AS t
    JOIN kpm_sumber AS s ON s.id = t.sumber_id AND s.jenis = %(jenis)s
    CROSS JOIN unnest(t.anggota) AS u (id)
    WHERE (t.keluarga_id IN (SELECT keluarga_id FROM calon)) IS TRUE
    GROUP BY t.keluarga_id, u.id
)
SELECT c.id, c.keluarga_id, c.kunci, c.wilayah_id, c.ditahan,
       c.kepala AND c.keluarga_id NOT IN (
           SELECT h.keluarga_id FROM impor_hasil AS h JOIN {periksa} AS p USING (baris)
           WHERE h.tolak = 0 AND p.kepala AND (h.baru OR %(tulis_hubungan)s) AND h.keluarga_id IS NOT NULL
       ) AS kepala_saja
FROM calon AS c
WHERE ((c.keluarga_id, c.id) IN (SELECT keluarga_id, id FROM disebut WHERE dulu AND NOT kini)) IS TRUE
AND   (c.id_dtks IN (SELECT id_dtks FROM ditolak WHERE id_dtks IS NOT NULL)
       OR c.nik IN (SELECT nik FROM ditolak WHERE nik_status = 'valid')
       OR c.nama_normal IN (SELECT nama_normal FROM ditolak WHERE tanggal_lahir IS NULL AND nama_normal IS NOT NULL)
       OR (c.nama_normal, c.tanggal_lahir) IN (
           SELECT nama_normal, tanggal_lahir FROM ditolak WHERE tanggal_lahir IS NOT NULL AND nama_normal IS NOT NULL)
      ) IS NOT TRUE
