-- 01_calon.sql: everybody on the list who shares a NIK, or name, birth date, sex and kecamatan, with somebody else.
-- App, over the whole province. Reads kpm_anggota, kpm_keluarga. Writes the temporary table ganda_calon: kunci is what
-- is shared, as a digest. Only the NIK and names of %(nik)s and %(nama)s where these are given. A name that more than
-- %(senama)s share tells nothing. Numbers that Excel broke are equal by accident.
CREATE TEMPORARY TABLE ganda_calon ON COMMIT DROP AS
WITH per_nik AS MATERIALIZED (
    SELECT nik FROM kpm_anggota
    WHERE status = 'aktif' AND nik <> '' AND nik_status <> 'excel'
    AND   (%(semua)s OR nik = ANY (%(nik)s::text[]))
    GROUP BY nik HAVING count(*) > 1
),
per_nama AS MATERIALIZED (
    SELECT nama_normal, tanggal_lahir, jenis_kelamin, left(wilayah_id, 6) AS kecamatan FROM kpm_anggota
    WHERE status = 'aktif' AND tanggal_lahir IS NOT NULL
    AND   (%(semua)s OR nama_normal = ANY (%(nama)s::text[]))
    GROUP BY 1, 2, 3, 4 HAVING count(*) BETWEEN 2 AND %(senama)s
),
anggota AS (
    SELECT md5('nik ' || n.nik)::uuid AS kunci, 'nik' AS dari, a.id
    FROM per_nik AS n JOIN kpm_anggota AS a ON a.nik = n.nik AND a.nik <> ''
    UNION ALL
    SELECT md5(concat_ws('|', 'orang', p.nama_normal, p.tanggal_lahir, p.jenis_kelamin, p.kecamatan))::uuid, 'orang', a.id
    FROM per_nama AS p
    JOIN kpm_anggota AS a ON a.nama_normal = p.nama_normal AND a.tanggal_lahir = p.tanggal_lahir
     AND a.jenis_kelamin = p.jenis_kelamin AND left(a.wilayah_id, 6) IS NOT DISTINCT FROM p.kecamatan
)
SELECT g.kunci, g.dari, a.id, a.keluarga_id, a.wilayah_id, a.nik, a.nik_status, a.nama_normal, a.tanggal_lahir,
       a.tempat_lahir, a.jenis_kelamin, kpm_nama_normal(a.nama_ibu) AS ibu
FROM anggota AS g
JOIN kpm_anggota AS a ON a.id = g.id
JOIN kpm_keluarga AS k ON k.id = a.keluarga_id
WHERE a.status = 'aktif' AND k.status = 'aktif'
