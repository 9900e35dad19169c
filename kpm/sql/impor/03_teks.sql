-- 03_teks.sql: every data row of a file with its cells tidied, its village and its birth date found.
-- Loader. Reads {mentah}, {wilayah}, {tanggal}. Writes {teks}.
CREATE UNLOGGED TABLE {teks} AS
SELECT m.baris,
       CASE WHEN nik_polos THEN {nik} ELSE kpm_nomor(kpm_rapi({nik})) END AS nik,
       CASE WHEN no_kk_polos THEN {no_kk} ELSE kpm_nomor(kpm_rapi({no_kk})) END AS no_kk,
       CASE WHEN id_dtks_polos THEN {id_dtks} ELSE kpm_nomor(kpm_rapi({id_dtks})) END AS id_dtks,
       (CASE WHEN nik_polos OR {nik} IS NULL THEN 0
             ELSE kpm_nomor_catatan({nik}, kpm_nomor(kpm_rapi({nik})), %(ID_SPASI)s, %(ID_PETIK)s, %(ID_DESIMAL)s,
                                    %(ID_PEMISAH)s, %(TANDA_KOSONG)s) END
        | CASE WHEN no_kk_polos OR {no_kk} IS NULL THEN 0
             ELSE kpm_nomor_catatan({no_kk}, kpm_nomor(kpm_rapi({no_kk})), %(ID_SPASI)s, %(ID_PETIK)s, %(ID_DESIMAL)s,
                                    %(ID_PEMISAH)s, %(TANDA_KOSONG)s) END
        | CASE WHEN id_dtks_polos OR {id_dtks} IS NULL THEN 0
             ELSE kpm_nomor_catatan({id_dtks}, kpm_nomor(kpm_rapi({id_dtks})), %(ID_SPASI)s, %(ID_PETIK)s, %(ID_DESIMAL)s,
                                    %(ID_PEMISAH)s, %(TANDA_KOSONG)s) END
        | t.catatan | w.catatan)::bigint AS catatan,
       (w.tolak | t.tolak | CASE WHEN m.lebih IS NOT NULL OR m.n_kolom < %(lebar)s THEN %(BARIS_GESER)s ELSE 0 END
       )::bigint AS tolak,
       w.kode AS wilayah_id,
       t.tanggal AS tanggal_lahir,
       kpm_rapi({nama}) AS nama,
       kpm_rapi({alamat}) AS alamat,
       kpm_rapi({dusun}) AS dusun,
       kpm_rapi({rt}) AS rt,
       kpm_rapi({rw}) AS rw,
       kpm_rapi({tempat_lahir}) AS tempat_lahir,
       kpm_rapi({jenis_kelamin}) AS jenis_kelamin,
       kpm_rapi({pekerjaan}) AS pekerjaan,
       kpm_rapi({nama_ibu}) AS nama_ibu,
       kpm_rapi({hubungan}) AS hubungan,
       kpm_rapi({keterangan_padan}) AS keterangan_padan,
       kpm_rapi({SEMBAKO}) AS "SEMBAKO",
       kpm_rapi({PKH}) AS "PKH",
       kpm_rapi({BPNT_PPKM}) AS "BPNT_PPKM",
       kpm_rapi({PBI_JK}) AS "PBI_JK",
       kpm_rapi({desil}) AS desil,
       kpm_rapi({persentil}) AS persentil,
       m.numerik & %(bit_nik)s <> 0 AS nik_sel_angka,
       m.numerik & %(bit_no_kk)s <> 0 AS no_kk_sel_angka
FROM (
    -- an id that is plain already, as nearly all are, is kept without a second look
    SELECT *,
           {nik} > '0999999999999999' AND translate({nik}, '0123456789', '') = '' AS nik_polos,
           {no_kk} > '0999999999999999' AND translate({no_kk}, '0123456789', '') = '' AS no_kk_polos,
           {id_dtks} ~ '^[A-Za-z0-9]*[1-9A-Za-z]$' AND NOT kpm_kosong({id_dtks}) AS id_dtks_polos
    FROM {mentah}
    OFFSET 0
) AS m
LEFT JOIN {wilayah} AS w
       ON coalesce(w.kabupaten, '') = coalesce({kabupaten}, '')
      AND coalesce(w.kecamatan, '') = coalesce({kecamatan}, '')
      AND coalesce(w.desa, '') = coalesce({desa}, '')
LEFT JOIN {tanggal} AS t ON t.tulisan = coalesce({tanggal_lahir}, '')
