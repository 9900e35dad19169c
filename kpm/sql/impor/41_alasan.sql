-- 41_alasan.sql: how many rows carry each combination of verdicts, with the first row numbers of each.
-- App. Reads impor_hasil. The report is made of this; nothing personal is in it.
SELECT tolak, catatan, count(*), (array_agg(baris ORDER BY baris))[1:3]
FROM (
    SELECT baris, tolak, CASE WHEN tolak = 0 THEN catatan ELSE 0 END AS catatan FROM impor_hasil
    WHERE tolak <> 0 OR catatan <> 0
) AS h
GROUP BY tolak, catatan
