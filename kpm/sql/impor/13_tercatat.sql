-- 13_tercatat.sql: remarks on new people whose NIK, or whose name, birth date and sex, the registers have elsewhere.
-- App, over the whole province. Reads impor_asing, impor_kk, kpm_anggota. Writes the temporary table impor_tercatat.
-- Same sense as 07_mirip.sql, between the file and the registers. A name is looked for once, however many carry it:
-- a file of thousands of equal names would meet thousands of equal rows, each with each.
CREATE TEMPORARY TABLE impor_tercatat ON COMMIT DROP AS
WITH dicari AS (
    SELECT DISTINCT nama_normal, tanggal_lahir, jenis_kelamin, kecamatan
    FROM impor_asing WHERE anggota_id IS NULL
),
senama AS MATERIALIZED (
    SELECT nama_normal, tanggal_lahir, jenis_kelamin, kecamatan, array_agg(a.id) AS id_list
    FROM dicari AS q
    JOIN kpm_anggota AS a USING (nama_normal, tanggal_lahir, jenis_kelamin)
    WHERE a.status = 'aktif' AND left(a.wilayah_id, 6) = q.kecamatan
    GROUP BY nama_normal, tanggal_lahir, jenis_kelamin, kecamatan
    HAVING count(*) <= %(senama)s
)
SELECT baris, bit_or(bit) AS bit FROM (
    SELECT q.baris, %(NIK_TERCATAT)s::bigint AS bit
    FROM impor_asing AS q
    JOIN kpm_anggota AS a ON a.nik = q.nik AND a.nik <> ''
    WHERE a.status = 'aktif' AND a.id IS DISTINCT FROM q.anggota_id
    UNION ALL
    SELECT q.baris, %(ORANG_TERCATAT)s
    FROM impor_asing AS q
    JOIN senama AS s USING (nama_normal, tanggal_lahir, jenis_kelamin, kecamatan)
    JOIN kpm_anggota AS a ON a.id = ANY (s.id_list)
    LEFT JOIN impor_kk AS k ON k.kunci = q.kunci
    WHERE q.anggota_id IS NULL AND a.keluarga_id IS DISTINCT FROM k.id
    AND   (q.nik IS NULL OR a.nik_status <> 'valid' OR a.nik = q.nik)
    AND   (q.nama_ibu = '' OR a.nama_ibu = '' OR kpm_nama_normal(q.nama_ibu) = kpm_nama_normal(a.nama_ibu))
) AS u
GROUP BY baris
