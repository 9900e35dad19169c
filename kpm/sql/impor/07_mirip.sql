-- 07_mirip.sql: remarks on rows that say the same of two people, or of one person twice. All of them are applied.
-- Loader. Reads and writes {calon}.catatan. A NIK that many people carry is nobody's, whatever its form; a valid one
-- that a few carry is a remark on each. So are name, birth date and sex that stand under two No. KK of one kecamatan,
-- unless two valid NIK or two mothers tell the people apart; a name that so many share on one day tells nothing.
WITH hidup AS (
    SELECT * FROM {calon} WHERE tolak = 0
),
per_nik AS (
    SELECT nik, CASE WHEN count(*) >= %(nik_banyak)s THEN %(NIK_BANYAK)s::bigint ELSE %(NIK_GANDA)s END AS bit
    FROM hidup WHERE nik IS NOT NULL
    GROUP BY nik, nik_status
    HAVING count(*) >= %(nik_banyak)s OR count(*) > 1 AND nik_status = 'valid'
),
senama AS (
    SELECT h.* FROM hidup AS h
    JOIN (SELECT nama_normal, tanggal_lahir, jenis_kelamin, kecamatan
          FROM hidup WHERE tanggal_lahir IS NOT NULL
          GROUP BY nama_normal, tanggal_lahir, jenis_kelamin, kecamatan
          HAVING count(*) BETWEEN 2 AND %(senama)s AND count(DISTINCT kunci) > 1
    ) AS g USING (nama_normal, tanggal_lahir, jenis_kelamin, kecamatan)
)
UPDATE {calon} AS c
SET    catatan = c.catatan | g.bit
FROM (
    SELECT baris, bit_or(bit) AS bit FROM (
        SELECT h.baris, n.bit FROM hidup AS h JOIN per_nik AS n USING (nik)
        UNION ALL
        SELECT s.baris, %(ORANG_DUA_KK)s
        FROM senama AS s
        JOIN senama AS lain USING (nama_normal, tanggal_lahir, jenis_kelamin, kecamatan)
        WHERE s.kunci <> lain.kunci
        AND   NOT (s.nik_status = 'valid' AND lain.nik_status = 'valid' AND s.nik <> lain.nik)
        AND   NOT (s.nama_ibu <> '' AND lain.nama_ibu <> '' AND s.nama_ibu <> lain.nama_ibu)
    ) AS q
    GROUP BY baris
) AS g
WHERE  c.baris = g.baris
