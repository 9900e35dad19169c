-- 20_peringkat_beda.sql: keluarga whose desil, percentile or rank of this sumber step 33 writes, before and after.
-- App. Reads impor_kk, kpm_peringkat. Writes the temporary table impor_peringkat_beda.
CREATE TEMPORARY TABLE impor_peringkat_beda ON COMMIT DROP AS
SELECT k.kunci, t.desil AS desil_dulu, t.persentil AS persentil_dulu, t.peringkat AS peringkat_dulu,
       CASE WHEN t.id IS NULL OR %(ada_desil)s THEN k.desil ELSE t.desil END AS desil,
       CASE WHEN t.id IS NULL OR %(ada_persentil)s THEN k.persentil ELSE t.persentil END AS persentil,
       CASE WHEN t.id IS NULL OR %(ada_peringkat)s THEN k.peringkat ELSE t.peringkat END AS peringkat
FROM impor_kk AS k
LEFT JOIN kpm_peringkat AS t ON t.keluarga_id = k.id AND t.sumber_id = %(sumber)s AND NOT k.baru
WHERE NOT k.beda_desa AND (k.baru OR %(tulis_peringkat)s) AND (k.desil IS NOT NULL OR k.persentil IS NOT NULL OR k.peringkat IS NOT NULL)
AND   (t.id IS NULL
       OR %(ada_desil)s AND t.desil IS DISTINCT FROM k.desil
       OR %(ada_persentil)s AND t.persentil IS DISTINCT FROM k.persentil
       OR %(ada_peringkat)s AND t.peringkat IS DISTINCT FROM k.peringkat)
