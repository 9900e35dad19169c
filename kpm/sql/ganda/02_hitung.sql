-- 02_hitung.sql: ganda_calon -> the groups as they are now, one row per person. App. Writes the temporary table
-- ganda_hitung. Who shares a NIK, well formed or not: one record twice when name and birth date are equal too, else a
-- number typed for many, else two people with one NIK. Who shares a name: one person twice, unless two valid NIK tell them apart (and no mother
-- joins them again) or two mothers do. A pair with one NIK is in its group already.
CREATE TEMPORARY TABLE ganda_hitung ON COMMIT DROP AS
WITH kembar AS (
    SELECT c.kunci, c.id FROM ganda_calon AS c
    WHERE c.dari = 'nik'
    UNION
    SELECT c.kunci, c.id FROM ganda_calon AS c
    JOIN ganda_calon AS lain ON lain.kunci = c.kunci AND lain.id <> c.id
    WHERE c.dari = 'orang'
    AND   NOT (c.nik <> '' AND c.nik_status <> 'excel' AND c.nik = lain.nik)
    AND   NOT (c.ibu <> '' AND lain.ibu <> '' AND c.ibu <> lain.ibu)
    AND   (NOT (c.nik_status = 'valid' AND lain.nik_status = 'valid') OR c.ibu <> '' AND c.ibu = lain.ibu)
),
per_kunci AS (
    SELECT c.kunci, count(*) AS orang,
           md5(string_agg(concat_ws('|', c.id, c.keluarga_id, c.nik, c.nama_normal, c.tanggal_lahir, c.tempat_lahir,
                                    c.jenis_kelamin, c.ibu), '#' ORDER BY c.id))::uuid AS sidik,
           CASE
               WHEN min(c.dari) = 'orang' THEN
                   CASE WHEN count(DISTINCT c.keluarga_id) = 1 OR count(DISTINCT (c.nik, c.tempat_lahir, c.ibu)) = 1
                        THEN 'rekaman' ELSE 'orang' END
               WHEN count(DISTINCT (c.nama_normal, c.tanggal_lahir)) = 1 THEN 'rekaman'
               WHEN count(*) >= %(nik_banyak)s THEN 'nik_banyak'
               ELSE 'nik'
           END AS jenis
    FROM ganda_calon AS c JOIN kembar USING (kunci, id)
    GROUP BY c.kunci
    HAVING count(*) > 1
)
SELECT p.kunci, p.jenis, p.orang, p.sidik, c.id AS anggota_id, c.keluarga_id, c.wilayah_id
FROM per_kunci AS p
JOIN kembar USING (kunci)
JOIN ganda_calon AS c USING (kunci, id)
