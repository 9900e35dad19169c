-- 03a_rumah.sql: rows of one household without a No. KK become one keluarga of the file. Only for files with such ids.
-- Loader. Reads and writes {periksa}.kunci: the only No. KK of the household when it has just one, else minus the
-- row where the household begins. Their no_kk stays empty: the file gave them none.
UPDATE {periksa} AS p
SET    kunci = CASE WHEN r.satu THEN r.kk ELSE -r.baris END
FROM (
    SELECT id_keluarga, min(baris) AS baris, min(kunci) FILTER (WHERE kunci > 0) AS kk,
           coalesce(min(kunci) FILTER (WHERE kunci > 0) = max(kunci), false) AS satu
    FROM {periksa}
    WHERE tolak = 0 AND id_keluarga IS NOT NULL
    GROUP BY id_keluarga
) AS r
WHERE p.id_keluarga = r.id_keluarga AND p.kunci < 0 AND p.tolak = 0
