-- 09_ditolak.sql: how many rows of an extract are refused, per reason.
-- Loader. Reads {periksa}, {kembar}. Writes nothing.
SELECT CASE WHEN tolak = '' THEN 'SAMA_PERSIS' ELSE tolak END, count(*)
FROM   {periksa} LEFT JOIN {kembar} USING (baris)
WHERE  tolak <> '' OR apa = 'sama'
GROUP  BY 1
ORDER  BY 2 DESC, 1
