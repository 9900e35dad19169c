-- 46_jawaban_luar.sql: answers outside their code list, per question, with the first row numbers. Nothing personal.
-- App. Reads {jawaban}, impor_hasil.
SELECT j.instrumen || ':' || l.kode, count(*), (array_agg(h.baris ORDER BY h.baris))[1:3]
FROM {jawaban} AS j
CROSS JOIN LATERAL unnest(j.luar) AS l (kode)
JOIN impor_hasil AS h ON h.baris = j.baris
WHERE h.tolak = 0
GROUP BY 1
ORDER BY count(*) DESC, 1
