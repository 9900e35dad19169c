-- 70_tegas.sql: one round of pairing. Taken are pairs that are each other's best among those still free, and clearly:
-- the next best is at least {jarak} bits behind. Run until a round adds nothing; the same tables give the same pairs.
-- Reads calon, tegas. Adds to tegas.
INSERT INTO tegas
WITH bebas AS (
    SELECT calon.* FROM calon
    ANTI JOIN tegas AS punya ON punya.orang = calon.orang
    ANTI JOIN tegas AS milik ON milik.penduduk = calon.penduduk
    -- a human who stands in the extract twice is no rival of himself
    QUALIFY row_number() OVER (PARTITION BY orang, manusia ORDER BY bobot DESC, penduduk) = 1
),
urut AS (
    SELECT orang, penduduk, bobot, p, layak, lengkap,
           row_number() OVER o AS ke_o, row_number() OVER p AS ke_p,
           bobot - lead(bobot) OVER o AS jarak_o, bobot - lead(bobot) OVER p AS jarak_p
    FROM bebas
    WINDOW o AS (PARTITION BY orang ORDER BY bobot DESC, penduduk), p AS (PARTITION BY penduduk ORDER BY bobot DESC, orang)
)
SELECT orang, penduduk, p, false AS lagi
FROM urut
WHERE layak AND p >= {kuat} AND ke_o = 1 AND ke_p = 1
AND   coalesce(jarak_o, 99) >= {jarak} AND (lengkap OR coalesce(jarak_p, 99) >= {jarak})
