-- 63_awal_vonis.sql: the verdicts in a sample, apart for its first rows and for those picked blindly.
-- Loader. Reads {periksa} of a sample. Counts only.
SELECT tolak, catatan, baris > %(sampai)s AS acak, count(*)
FROM {periksa}
GROUP BY 1, 2, 3
