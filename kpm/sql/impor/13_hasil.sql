-- 13_hasil.sql: what becomes of every row: refused with its reasons, or who it is and its remarks.
-- App, over the whole province. Reads {periksa}, impor_cocok, impor_kk, kpm_anggota. Writes the temporary table
-- impor_hasil. Only somebody new, or one whose NIK changes, is looked for among the others of the registers:
-- what was there before had its remark when it came.
CREATE TEMPORARY TABLE impor_hasil ON COMMIT DROP AS
WITH asing AS MATERIALIZED (
    SELECT p.baris, p.nik, p.nik_status, p.nama_normal, p.tanggal_lahir, p.jenis_kelamin, p.nama_ibu,
           left(p.wilayah_id, 6) AS kecamatan, p.kunci, c.anggota_id
    FROM {periksa} AS p
    LEFT JOIN impor_cocok AS c ON c.baris = p.baris
    WHERE %(ada_anggota)s AND p.tolak = 0 AND (c.anggota_id IS NULL OR c.nik_lama <> p.nik)
),
senama AS MATERIALIZED (
    SELECT nama_normal, tanggal_lahir, jenis_kelamin, kecamatan, array_agg(a.id) AS id_list
    FROM (SELECT DISTINCT nama_normal, tanggal_lahir, jenis_kelamin, kecamatan FROM asing WHERE anggota_id IS NULL) AS q
    JOIN kpm_anggota AS a USING (nama_normal, tanggal_lahir, jenis_kelamin)
    WHERE a.status = 'aktif' AND left(a.wilayah_id, 6) = kecamatan
    GROUP BY nama_normal, tanggal_lahir, jenis_kelamin, kecamatan
    HAVING count(*) <= %(senama)s
),
tercatat AS MATERIALIZED (
    SELECT baris, bit_or(bit) AS bit FROM (
        SELECT q.baris, %(NIK_TERCATAT)s::bigint AS bit
        FROM asing AS q
        JOIN kpm_anggota AS a ON a.nik = q.nik
        WHERE q.nik_status = 'valid' AND a.status = 'aktif' AND a.id IS DISTINCT FROM q.anggota_id
        UNION ALL
        SELECT q.baris, %(ORANG_TERCATAT)s
        FROM asing AS q
        JOIN senama AS s USING (nama_normal, tanggal_lahir, jenis_kelamin, kecamatan)
        JOIN kpm_anggota AS a ON a.id = ANY (s.id_list)
        LEFT JOIN impor_kk AS k ON k.kunci = q.kunci
        WHERE q.anggota_id IS NULL AND a.keluarga_id IS DISTINCT FROM k.id
        AND   NOT (q.nik_status = 'valid' AND a.nik_status = 'valid' AND q.nik <> a.nik)
        AND   (q.nama_ibu = '' OR a.nama_ibu = '' OR kpm_nama_normal(q.nama_ibu) = kpm_nama_normal(a.nama_ibu))
    ) AS u
    GROUP BY baris
)
SELECT p.baris, p.kunci, p.wilayah_id, tolak.bit AS tolak,
       CASE WHEN tolak.bit = 0 AND c.lama THEN p.catatan | %(HANYA_JAWABAN)s
            WHEN tolak.bit = 0 THEN p.catatan | coalesce(k.catatan, 0)
           | CASE WHEN c.keluarga_lama <> k.id THEN %(PINDAH_KK)s ELSE 0 END
           | CASE WHEN c.id_lama <> p.id_dtks THEN %(ID_BERUBAH)s ELSE 0 END
           | coalesce(t.bit, 0)
       ELSE p.catatan END AS catatan,
       CASE WHEN c.lama THEN c.keluarga_lama ELSE coalesce(k.id, c.keluarga_lama) END AS keluarga_id,
       CASE WHEN tolak.bit = 0 THEN coalesce(c.anggota_id, nextval('kpm_anggota_id_seq')) END AS anggota_id,
       tolak.bit = 0 AND c.anggota_id IS NULL AS baru,
       coalesce(c.lama, false) AS lama
FROM {periksa} AS p
LEFT JOIN impor_cocok AS c ON c.baris = p.baris
LEFT JOIN impor_kk AS k ON k.kunci = p.kunci
LEFT JOIN tercatat AS t ON t.baris = p.baris
CROSS JOIN LATERAL (
    SELECT p.tolak | coalesce(c.tolak, 0)
           | CASE WHEN k.beda_desa AND c.lama IS NOT TRUE AND p.tolak = 0 AND coalesce(c.tolak, 0) = 0 THEN %(KK_BEDA_DESA)s ELSE 0 END AS bit
) AS tolak
