-- 10a_jawaban_luar.sql: rows with an answer outside its code list carry a remark.
-- Loader. Reads {jawaban}. Writes {periksa}.catatan.
UPDATE {periksa} AS p
SET    catatan = p.catatan | %(INDIKATOR_DILUAR_DAFTAR)s
FROM   (SELECT DISTINCT baris FROM {jawaban} WHERE luar <> '{{}}') AS j
WHERE  p.baris = j.baris
