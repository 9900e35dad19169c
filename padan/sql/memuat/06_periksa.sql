-- 06_periksa.sql: every row of an extract as padan_penduduk would hold it, and why it may not.
-- Loader. Reads {mentah}, {wilayah}, {tanggal}, {status}. Writes {periksa}. Layers from the inside: cells tidied,
-- places and dates found; numbers and words understood; the outermost judges. OFFSET '0' keeps a layer whole and
-- parallel (as in kpm/sql/impor/03_periksa.sql). The registry's NIK is what all matching rests on: a row without
-- its 16 digits is refused, one whose digits mean nothing (nik_status) is kept.
CREATE UNLOGGED TABLE {periksa} AS
SELECT baris, coalesce(nik, '') AS nik, kpm_nik_status(nik) AS nik_status, coalesce(no_kk, '') AS no_kk,
       coalesce(nama, '') AS nama, left(padan_nama_kunci(nama), 120) AS nama_normal,
       coalesce(tempat_lahir, '') AS tempat_lahir, tanggal_lahir, coalesce(kelamin, '') AS jenis_kelamin,
       coalesce(nama_ibu, '') AS nama_ibu, coalesce(left(padan_nama_kunci(nama_ibu), 120), '') AS ibu_normal,
       coalesce(nik_ibu, '') AS nik_ibu, coalesce(hubungan_kk, lower(hubungan), '') AS hubungan, wilayah_id, dalam, keadaan,
       coalesce(alamat, '') AS alamat, coalesce(rt, '') AS rt, coalesce(rw, '') AS rw,
       CASE
           WHEN geser THEN 'BARIS_GESER'
           WHEN nik IS NULL AND (nama IS NULL OR nama ~* '^(SUB|GRAND)? ?(JUMLAH|TOTAL)\M')
             OR upper(nama) IN ('NAMA', 'NAMA_LGKP', 'NAMA PENDUDUK') THEN 'BUKAN_ORANG'
           WHEN nama IS NULL OR kpm_kosong(nama) THEN 'NAMA_KOSONG'
           WHEN nik IS NULL THEN 'NIK_KOSONG'
           WHEN kpm_nomor_excel(nik) OR nik_sel_angka AND length(nik) = 16
                    AND (right(nik, 1) = '0' OR nik > '9007199254740992') THEN 'NIK_EXCEL'
           WHEN position('*' IN nik) > 0 THEN 'NIK_SAMAR'
           WHEN length(nik) <> 16 OR translate(nik, '0123456789', '') <> '' THEN 'NIK_BUKAN_16'
           WHEN NOT dalam THEN 'LUAR_CAKUPAN'
           WHEN length(nama) > 120 OR length(nama_ibu) > 120 OR length(tempat_lahir) > 60 OR length(hubungan) > 40
             OR length(alamat) > 200 OR length(rt) > 5 OR length(rw) > 5 OR length(no_kk) > 60 OR length(nik_ibu) > 60
               THEN 'ISIAN_PANJANG'
           ELSE ''
       END AS tolak,
       nik ~ '[A-Za-z]{{3}}' AND nik !~ '[0-9]{{6}}' AS nik_huruf,
       nama ~ '^[0-9 .,''-]+$' AS nama_angka,
       kk_sah, tanggal_terisi
FROM (
    SELECT *,
           kpm_kelamin(jenis_kelamin) AS kelamin,
           kpm_hubungan(hubungan) AS hubungan_kk,
           coalesce(length(no_kk) = 16 AND translate(no_kk, '0123456789', '') = '', false) AS kk_sah
    FROM (
        SELECT m.baris,
               CASE WHEN nik_polos THEN {nik} ELSE kpm_nomor(kpm_rapi({nik})) END AS nik,
               CASE WHEN no_kk_polos THEN {no_kk} ELSE kpm_nomor(kpm_rapi({no_kk})) END AS no_kk,
               kpm_nomor(kpm_rapi({nik_ibu})) AS nik_ibu,
               kpm_rapi(CASE WHEN bertanda THEN kpm_tanpa_tanda({nama}) ELSE {nama} END) AS nama,
               CASE WHEN kpm_kosong(kpm_rapi({nama_ibu})) THEN NULL
                    ELSE kpm_rapi(CASE WHEN bertanda THEN kpm_tanpa_tanda({nama_ibu}) ELSE {nama_ibu} END) END AS nama_ibu,
               CASE WHEN kpm_kosong(kpm_rapi({tempat_lahir})) THEN NULL
                    ELSE kpm_rapi(CASE WHEN bertanda THEN kpm_tanpa_tanda({tempat_lahir}) ELSE {tempat_lahir} END) END AS tempat_lahir,
               CASE WHEN kpm_kosong(kpm_rapi({alamat})) THEN NULL
                    ELSE kpm_rapi(CASE WHEN bertanda THEN kpm_tanpa_tanda({alamat}) ELSE {alamat} END) END AS alamat,
               kpm_rapi({jenis_kelamin}) AS jenis_kelamin,
               kpm_rapi({hubungan}) AS hubungan,
               kpm_dua_angka(kpm_rapi({rt})) AS rt,
               kpm_dua_angka(kpm_rapi({rw})) AS rw,
               w.kode AS wilayah_id,
               w.dalam,
               s.keadaan,
               CASE WHEN lahir BETWEEN '1850-01-01' AND %(hari_ini)s::date THEN lahir END AS tanggal_lahir,
               t.bentuk <> 'kosong' AS tanggal_terisi,
               m.lebih IS NOT NULL OR m.n_kolom < %(lebar)s AS geser,
               m.numerik & %(bit_nik)s <> 0 AS nik_sel_angka
        FROM (
            SELECT *,
                   {nik} > '0999999999999999' AND translate({nik}, '0123456789', '') = '' AS nik_polos,
                   {no_kk} > '0999999999999999' AND translate({no_kk}, '0123456789', '') = '' AS no_kk_polos,
                   concat({nama}, {alamat}, {tempat_lahir}, {nama_ibu})
                       ~ '[\u0001-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]'
                       AS bertanda
            FROM {mentah}
            OFFSET '0'
        ) AS m
        LEFT JOIN {wilayah} AS w
               ON w.k_prov = coalesce({kode_prov}, '') AND w.k_kab = coalesce({kode_kab}, '')
              AND w.k_kec = coalesce({kode_kec}, '') AND w.k_desa = coalesce({kode_desa}, '')
              AND w.kabupaten = coalesce({kabupaten}, '') AND w.kecamatan = coalesce({kecamatan}, '')
              AND w.desa = coalesce({desa}, '')
        LEFT JOIN {status} AS s
               ON s.status = coalesce({status_tulis}, '') AND s.flag = coalesce({flag}, '')
              AND s.respon = coalesce({respon}, '')
        LEFT JOIN (
            SELECT tulisan, bentuk,
                   CASE WHEN %(urutan)s = 'mdy' AND bentuk = 'dmy' THEN bulan_dulu ELSE hari_dulu END AS lahir
            FROM {tanggal}
        ) AS t ON t.tulisan = coalesce({tanggal_lahir}, '')
        OFFSET '0'
    ) AS teks
    OFFSET '0'
) AS r
