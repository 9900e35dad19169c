-- 03_periksa.sql: every row of a file as the registers would hold it, with its verdicts so far.
-- Loader. Reads {mentah}, {wilayah}, {tanggal}. Writes {periksa}. Three layers, from the inside: which ids are
-- plain already; cells tidied, village and birth date found; codes and words understood. The outermost judges.
-- kunci names the keluarga within the file: its No. KK as a number, or minus the row number for a person
-- without one (step 3a brings those of one household together). OFFSET '0' keeps a layer whole: each function is evaluated once, not once per mention; and the
-- layers stay parallel, which OFFSET 0 would forbid: only the quoted one is a constant while that is decided.
CREATE UNLOGGED TABLE {periksa} AS
SELECT baris,
       CASE WHEN kk_sah THEN no_kk::bigint ELSE -baris END AS kunci,
       CASE WHEN kk_sah THEN no_kk END AS no_kk,
       id_dtks, nik, nik_status, nama, kpm_nama_normal(nama) AS nama_normal, tempat_lahir, tanggal_lahir,
       coalesce(kelamin, '') AS jenis_kelamin,
       CASE WHEN kpm_kosong(hubungan) THEN '' ELSE coalesce(hubungan_kk, lower(hubungan), '') END AS hubungan,
       coalesce(hubungan_kk = 'kepala keluarga', false) AS kepala,
       CASE WHEN kpm_kosong(pekerjaan) THEN '' ELSE coalesce(pekerjaan, '') END AS pekerjaan,
       CASE WHEN kpm_kosong(nama_ibu) THEN '' ELSE coalesce(nama_ibu, '') END AS nama_ibu,
       CASE WHEN keterangan_padan IN ('-', 'NULL') THEN '' ELSE coalesce(keterangan_padan, '') END AS keterangan_padan,
       CASE WHEN kpm_kosong(alamat) THEN '' ELSE coalesce(alamat, '') END AS alamat,
       CASE WHEN kpm_kosong(dusun) THEN '' ELSE coalesce(dusun, '') END AS dusun,
       rt_dua AS rt,
       rw_dua AS rw,
       wilayah_id,
       -- one bit a programme, in the order of imports.PROGRAM
       (CASE WHEN sembako THEN 1 ELSE 0 END | CASE WHEN pkh THEN 2 ELSE 0 END
        | CASE WHEN bpnt_ppkm THEN 4 ELSE 0 END | CASE WHEN pbi_jk THEN 8 ELSE 0 END)::smallint AS program_ya,
       (CASE WHEN NOT sembako THEN 1 ELSE 0 END | CASE WHEN NOT pkh THEN 2 ELSE 0 END
        | CASE WHEN NOT bpnt_ppkm THEN 4 ELSE 0 END | CASE WHEN NOT pbi_jk THEN 8 ELSE 0 END
       )::smallint & %(program_ada)s::smallint AS program_tidak,
       desil_sah AS desil,
       persentil_sah AS persentil,
       (tolak
        | CASE WHEN id_dtks IS NULL AND nik IS NULL AND nama IS NULL
               THEN CASE WHEN baris > %(geser)s THEN 0
                         WHEN id_keluarga IS NOT NULL THEN %(KELUARGA_TANPA_ORANG)s ELSE %(BUKAN_ORANG)s END
               WHEN upper(nama) IN ('NAMA', %(judul_nama)s) OR length(nama) < 7 AND nama ~ '^[(]?-?[0-9]{{1,3}}[)]?$'
                 OR (nik IS NULL OR length(nik) < 16) AND id_dtks IS NULL AND no_kk IS NULL
                    AND nama ~* '^(SUB|GRAND)? ?(JUMLAH|TOTAL)\M' THEN %(BUKAN_ORANG)s
               WHEN nama IS NULL OR kpm_kosong(nama) THEN %(NAMA_KOSONG)s ELSE 0 END
        | CASE WHEN length(nama) > 120 OR length(id_dtks) > 40 OR length(id_keluarga) > 40 OR length(nik) > 40 OR length(alamat) > 300
                 OR length(dusun) > 80 OR length(rt) > 5 OR length(rw) > 5 OR length(tempat_lahir) > 60
                 OR length(hubungan) > 40 OR length(pekerjaan) > 80 OR length(nama_ibu) > 120
                 OR length(keterangan_padan) > 80 THEN %(ISIAN_PANJANG)s ELSE 0 END
        | CASE WHEN length(id_dtks) < 30 AND id_dtks < ':' AND kpm_nomor_excel(id_dtks)
                 OR id_dtks_sel_angka AND length(id_dtks) > 15 AND (right(id_dtks, 1) = '0' OR id_dtks > '9007199254740992')
               THEN %(ID_EXCEL)s ELSE 0 END
        | CASE WHEN id_keluarga IS NULL THEN 0
               WHEN kpm_nomor_excel(id_keluarga)
                 OR id_keluarga_sel_angka AND length(id_keluarga) > 15
                    AND (right(id_keluarga, 1) = '0' OR length(id_keluarga) > 16 OR id_keluarga > '9007199254740992')
               THEN %(KELUARGA_EXCEL)s ELSE 0 END
        | CASE WHEN nik_status = 'panjang' AND nik LIKE '%%**%%' OR NOT kk_sah AND no_kk LIKE '%%**%%' THEN %(NOMOR_SAMAR)s ELSE 0 END
        | CASE WHEN kk_sah AND NOT no_kk_sel_angka THEN 0
               WHEN kk_sah THEN CASE WHEN right(no_kk, 1) = '0' OR no_kk > '9007199254740992' THEN %(KK_EXCEL)s ELSE 0 END
               WHEN kpm_nomor_excel(no_kk) THEN %(KK_EXCEL)s
               WHEN id_dtks IS NULL AND id_keluarga IS NULL THEN %(TANPA_KUNCI)s ELSE 0 END
        | CASE WHEN nik_status = 'excel' OR (nik_sel_angka AND length(nik) = 16
                     AND (right(nik, 1) = '0' OR nik > '9007199254740992')) THEN %(NIK_EXCEL)s ELSE 0 END
       )::bigint AS tolak,
       (catatan
        | CASE WHEN NOT kk_sah THEN CASE WHEN %(ada_no_kk)s THEN %(KK_TANPA)s ELSE 0 END WHEN right(no_kk, 4) = '0000' THEN %(KK_0000)s ELSE 0 END
        | CASE nik_status
              WHEN 'valid' THEN
                  CASE WHEN kpm_nik_beda_tanggal(nik, tanggal_lahir) THEN %(NIK_BEDA_TANGGAL)s ELSE 0 END
                  | CASE WHEN kpm_nik_beda_kelamin(nik, kelamin) THEN %(NIK_BEDA_KELAMIN)s ELSE 0 END
              WHEN 'kosong' THEN %(NIK_KOSONG)s
              WHEN 'panjang' THEN %(NIK_BUKAN_16)s
              WHEN 'wilayah' THEN %(NIK_WILAYAH)s
              WHEN 'tanggal' THEN %(NIK_TANGGAL)s
              WHEN '0000' THEN %(NIK_0000)s
              ELSE 0 END
        | CASE WHEN nik_sel_angka OR no_kk_sel_angka THEN %(NIK_SEL_ANGKA)s ELSE 0 END
        | CASE WHEN %(ada_tempat_lahir)s AND (tempat_lahir IS NULL OR kpm_kosong(tempat_lahir)) THEN %(TEMPAT_KOSONG)s ELSE 0 END
        | CASE WHEN jenis_kelamin IN ('L', 'P') OR NOT %(ada_jenis_kelamin)s THEN 0
               WHEN jenis_kelamin IS NULL OR kpm_kosong(jenis_kelamin) THEN %(KELAMIN_KOSONG)s
               WHEN upper(jenis_kelamin) IN ('LAKI-LAKI', 'PEREMPUAN', 'L', 'P') THEN 0
               WHEN kelamin IS NOT NULL THEN %(KELAMIN_KODE)s
               ELSE %(KELAMIN_LAIN)s END
        | CASE WHEN NOT %(ada_hubungan)s OR hubungan_kk IS NOT NULL THEN 0
               WHEN hubungan IS NULL OR kpm_kosong(hubungan) THEN %(HUBUNGAN_KOSONG)s ELSE %(HUBUNGAN_LAIN)s END
        | CASE WHEN sembako IS NULL OR pkh IS NULL OR bpnt_ppkm IS NULL OR pbi_jk IS NULL THEN %(BANSOS_LAIN)s ELSE 0 END
        | CASE WHEN (desil IS NOT NULL AND desil_sah IS NULL AND NOT kpm_kosong(desil))
                 OR (persentil IS NOT NULL AND persentil_sah IS NULL AND NOT kpm_kosong(persentil))
                 OR (peringkat IS NOT NULL AND peringkat_sah IS NULL AND NOT kpm_kosong(peringkat))
               THEN CASE WHEN desil ~* '^desil[ _](6[ _-]10|belum[ _]ditentukan)$' THEN %(DESIL_KELAS)s
                         ELSE %(PERINGKAT_SALAH)s END ELSE 0 END
        | CASE WHEN titik_ada AND titik IS NULL THEN %(TITIK_SALAH)s
               WHEN tertukar THEN %(TITIK_TERTUKAR)s ELSE 0 END
        | CASE WHEN lat LIKE '%%,%%' OR long LIKE '%%,%%' THEN %(TITIK_KOMA)s ELSE 0 END
        | CASE WHEN status_dtsen IS NULL OR kpm_kosong(status_dtsen) OR lower(status_dtsen) = 'aktif' THEN 0
               ELSE %(STATUS_LAIN)s END
        | CASE WHEN alamat ~* '\m(RT|RW)\M[.: /]*[0-9]' THEN %(RT_RW_DI_ALAMAT)s ELSE 0 END
        | CASE WHEN nama ~ '[^A-Za-z .,''()-]' THEN %(NAMA_GANJIL)s ELSE 0 END
        | CASE WHEN nama ~* '\mALM(ARHUM|ARHUMAH|H|N)?0?\M' THEN %(NAMA_ALM)s ELSE 0 END
        | CASE WHEN rt_dua <> rt OR rw_dua <> rw THEN %(RT_RW_NOL)s ELSE 0 END
        | CASE WHEN kpm_kosong(alamat) OR kpm_kosong(dusun) OR kpm_kosong(tempat_lahir) OR kpm_kosong(pekerjaan)
                 OR kpm_kosong(nama_ibu) OR kpm_kosong(hubungan) OR kpm_kosong(jenis_kelamin) THEN %(TANDA_KOSONG)s ELSE 0 END
       )::bigint AS catatan,
       id_keluarga, titik, peringkat_sah AS peringkat
FROM (
    SELECT *,
           CASE WHEN tertukar THEN ST_SetSRID(ST_MakePoint(lintang, bujur), 4326)
                WHEN lurus THEN ST_SetSRID(ST_MakePoint(bujur, lintang), 4326) END AS titik
    FROM (
    SELECT *,
           coalesce(length(no_kk) = 16 AND translate(no_kk, '0123456789', '') = '', false) AS kk_sah,
           kpm_nik_status(nik) AS nik_status,
           kpm_kelamin(jenis_kelamin) AS kelamin,
           {hubungan_kk} AS hubungan_kk,
           kpm_peringkat(desil, 10) AS desil_sah,
           kpm_peringkat(persentil, 100) AS persentil_sah,
           CASE WHEN peringkat ~ '^[0-9]{{1,9}}$' AND peringkat::int > 0 THEN peringkat::int END AS peringkat_sah,
           coalesce(lintang BETWEEN %(selatan)s AND %(utara)s AND bujur BETWEEN %(barat)s AND %(timur)s, false) AS lurus,
           coalesce(bujur BETWEEN %(selatan)s AND %(utara)s AND lintang BETWEEN %(barat)s AND %(timur)s, false) AS tertukar,
           (lat IS NOT NULL AND NOT kpm_kosong(lat)) OR (long IS NOT NULL AND NOT kpm_kosong(long)) AS titik_ada,
           kpm_dua_angka(rt) AS rt_dua,
           kpm_dua_angka(rw) AS rw_dua,
           kpm_ya_tidak("SEMBAKO") AS sembako,
           kpm_ya_tidak("PKH") AS pkh,
           kpm_ya_tidak("BPNT_PPKM") AS bpnt_ppkm,
           kpm_ya_tidak("PBI_JK") AS pbi_jk
    FROM (
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
                | CASE WHEN bertanda THEN %(TANDA_TAK_TAMPAK)s ELSE 0 END
                | t.catatan | w.catatan)::bigint AS catatan,
               (w.tolak | t.tolak | {tolak_awal} | CASE WHEN m.lebih IS NOT NULL OR m.n_kolom < %(lebar)s THEN %(BARIS_GESER)s ELSE 0 END
               )::bigint AS tolak,
               w.kode AS wilayah_id,
               t.tanggal AS tanggal_lahir,
               kpm_rapi(CASE WHEN bertanda THEN kpm_tanpa_tanda({nama}) ELSE {nama} END) AS nama,
               kpm_rapi(CASE WHEN bertanda THEN kpm_tanpa_tanda({alamat}) ELSE {alamat} END) AS alamat,
               kpm_rapi(CASE WHEN bertanda THEN kpm_tanpa_tanda({dusun}) ELSE {dusun} END) AS dusun,
               kpm_rapi({rt}) AS rt,
               kpm_rapi({rw}) AS rw,
               kpm_rapi(CASE WHEN bertanda THEN kpm_tanpa_tanda({tempat_lahir}) ELSE {tempat_lahir} END) AS tempat_lahir,
               kpm_rapi({jenis_kelamin}) AS jenis_kelamin,
               kpm_rapi(CASE WHEN bertanda THEN kpm_tanpa_tanda({pekerjaan}) ELSE {pekerjaan} END) AS pekerjaan,
               kpm_rapi(CASE WHEN bertanda THEN kpm_tanpa_tanda({nama_ibu}) ELSE {nama_ibu} END) AS nama_ibu,
               kpm_rapi({hubungan}) AS hubungan,
               kpm_rapi({keterangan_padan}) AS keterangan_padan,
               kpm_rapi({SEMBAKO}) AS "SEMBAKO",
               kpm_rapi({PKH}) AS "PKH",
               kpm_rapi({BPNT_PPKM}) AS "BPNT_PPKM",
               kpm_rapi({PBI_JK}) AS "PBI_JK",
               kpm_rapi({desil}) AS desil,
               kpm_rapi({persentil}) AS persentil,
               kpm_rapi({peringkat}) AS peringkat,
               kpm_rapi({status_dtsen}) AS status_dtsen,
               kpm_nomor(kpm_rapi({id_keluarga})) AS id_keluarga,
               kpm_rapi({lat}) AS lat,
               kpm_rapi({long}) AS long,
               kpm_derajat(kpm_rapi({lat})) AS lintang,
               kpm_derajat(kpm_rapi({long})) AS bujur,
               m.numerik & %(bit_id_dtks)s <> 0 AS id_dtks_sel_angka,
               m.numerik & %(bit_id_keluarga)s <> 0 AS id_keluarga_sel_angka,
               m.numerik & %(bit_nik)s <> 0 AS nik_sel_angka,
               m.numerik & %(bit_no_kk)s <> 0 AS no_kk_sel_angka
        FROM (
                    SELECT *,
                   {nik} > '0999999999999999' AND translate({nik}, '0123456789', '') = '' AS nik_polos,
                   {no_kk} > '0999999999999999' AND translate({no_kk}, '0123456789', '') = '' AS no_kk_polos,
                   {id_dtks} ~ '^[A-Za-z0-9]*[1-9A-Za-z]$' AND NOT kpm_kosong({id_dtks}) AS id_dtks_polos,
                   -- looked for once a row: in each cell it would cost as much as all the rest
                   concat({nama}, {alamat}, {dusun}, {tempat_lahir}, {pekerjaan}, {nama_ibu})
                       ~ '[\u0001-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]'
                       AS bertanda
            FROM {mentah}
            OFFSET '0'
        ) AS m
        LEFT JOIN {wilayah} AS w
               ON coalesce(w.kabupaten, '') = coalesce({kabupaten}, '')
              AND coalesce(w.kecamatan, '') = coalesce({kecamatan}, '')
              AND coalesce(w.desa, '') = coalesce({desa}, '')
        LEFT JOIN {tanggal} AS t ON t.tulisan = coalesce({tanggal_lahir}, '')
        OFFSET '0'
    ) AS teks
    OFFSET '0'
    ) AS tempat
    OFFSET '0'
) AS t
