-- 42_wilayah.sql: rows applied and refused per village; those without a known village under ''.
-- App. Reads impor_hasil.
SELECT coalesce(wilayah_id, ''), count(*) FILTER (WHERE tolak = 0), count(*) FILTER (WHERE tolak <> 0)
FROM impor_hasil
GROUP BY 1
ORDER BY 1
