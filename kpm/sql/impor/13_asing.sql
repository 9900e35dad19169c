-- 13_asing.sql: the rows whose person or NIK is new to the registers. What was there before had its remarks when it came.
-- App. Reads {periksa}, impor_cocok. Writes the temporary table impor_asing; empty while the registers are (ada_anggota).
CREATE TEMPORARY TABLE impor_asing ON COMMIT DROP AS
SELECT p.baris, p.kunci, CASE WHEN p.nik_status = 'valid' THEN p.nik END AS nik, p.nama_normal, p.tanggal_lahir,
       p.jenis_kelamin, p.nama_ibu, left(p.wilayah_id, 6) AS kecamatan, c.anggota_id
FROM {periksa} AS p
LEFT JOIN impor_cocok AS c ON c.baris = p.baris
WHERE %(ada_anggota)s AND p.tolak = 0 AND (c.anggota_id IS NULL OR c.nik_lama <> p.nik)
