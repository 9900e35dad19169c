-- cari_wilayah.sql: wilayah whose spelling begins with, holds or resembles what was typed, best first.
-- Reads spatial_ejaan. Writes nothing.
SELECT wilayah_id
FROM (
    SELECT e.wilayah_id,
           min(CASE WHEN e.kunci = c.kunci THEN 0
                    WHEN starts_with(e.kunci, c.kunci) THEN 1
                    WHEN position(c.kunci IN e.kunci) > 0 THEN 2
                    ELSE 3 END) AS kelompok,
           max(similarity(e.kunci, c.kunci)) AS mirip
    FROM spatial_ejaan AS e
    CROSS JOIN (SELECT nullif(spatial_kunci(%(cari)s), '') AS kunci) AS c
    WHERE position(c.kunci IN e.kunci) > 0
    OR    similarity(e.kunci, c.kunci) >= 0.4
    GROUP BY e.wilayah_id
) AS temuan
ORDER BY kelompok, length(wilayah_id), mirip DESC, wilayah_id
LIMIT 200
