-- 20_tepat.sql: the exact step. These people have the row that bears their NIK, and it leaves the pool.
-- The name agrees and the birth date is the same or a slip; or the date is the same and the name half agrees. Of
-- several who claim one row, one who only half agrees gives way: he may have his twin's NIK.
-- Reads nik_sama. Writes tepat.
CREATE OR REPLACE TABLE tepat AS
SELECT orang, dia.penduduk AS penduduk, dia.mirip AS mirip, dia.lahir AS lahir, dia.kelamin_beda AS kelamin_beda
FROM nik_sama
WHERE (dia.mirip >= {nama} AND dia.lahir <> 'lain')
OR    (dia.mirip >= {sebagian} AND dia.lahir = 'sama' AND NOT dia.kelamin_beda)
QUALIFY mirip >= {nama} OR row_number() OVER (PARTITION BY dia.penduduk ORDER BY dia.mirip DESC, orang) = 1
