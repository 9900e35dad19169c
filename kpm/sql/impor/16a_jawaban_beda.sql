-- 16a_jawaban_beda.sql: the rows of a keluarga whose rows answer differently carry a remark.
-- App. Reads impor_jawaban. Writes impor_hasil.catatan.
UPDATE impor_hasil AS h
SET    catatan = h.catatan | %(INDIKATOR_BEDA)s
FROM   (SELECT DISTINCT keluarga_id FROM impor_jawaban WHERE beda) AS j
WHERE  h.keluarga_id = j.keluarga_id AND h.tolak = 0
