-- 10_rumah.sql: which keluarga of the register each keluarga of the file is, when households have ids.
-- App, read-only, over the whole province as step 11. Reads {periksa}, kpm_keluarga, kpm_anggota. Writes the temporary
-- table impor_rumah, one row per kunci. By No. KK; else by the household's id, unless another No. KK of the
-- file is that keluarga; else a household without No. KK takes over the keluarga its first member has for himself.
-- An id belongs to one keluarga: of several cards in one household to the one that has it, else to those without
-- a card, else to the first. id_lain: some other keluarga of the register keeps the id.
CREATE TEMPORARY TABLE impor_rumah ON COMMIT DROP AS
WITH p AS MATERIALIZED (
    SELECT baris, kunci, no_kk, id_dtks, id_keluarga FROM {periksa} WHERE tolak = 0
),
kelompok AS MATERIALIZED (
    SELECT kunci, min(no_kk) AS no_kk FROM p GROUP BY kunci
),
per_kk AS MATERIALIZED (
    SELECT g.kunci, k.id FROM kelompok AS g JOIN kpm_keluarga AS k ON k.no_kk = g.no_kk
),
pemilik AS MATERIALIZED (
    SELECT DISTINCT ON (s.id_keluarga) s.id_keluarga, s.kunci, s.baris, k.id AS pemegang
    FROM (SELECT kunci, id_keluarga, min(baris) AS baris FROM p WHERE id_keluarga IS NOT NULL GROUP BY 1, 2) AS s
    LEFT JOIN kpm_keluarga AS k ON k.id_keluarga = s.id_keluarga
    LEFT JOIN per_kk ON per_kk.kunci = s.kunci
    ORDER BY s.id_keluarga, coalesce(per_kk.id = k.id, false) DESC, s.kunci > 0, s.baris
),
milik AS MATERIALIZED (
    SELECT DISTINCT ON (kunci) kunci, id_keluarga, pemegang FROM pemilik ORDER BY kunci, baris
),
dikenal AS MATERIALIZED (
    SELECT kunci, id FROM per_kk
    UNION ALL
    SELECT m.kunci, m.pemegang FROM milik AS m
    WHERE m.pemegang IS NOT NULL
    AND   NOT EXISTS (SELECT FROM per_kk WHERE per_kk.kunci = m.kunci)
    AND   NOT EXISTS (SELECT FROM per_kk WHERE per_kk.id = m.pemegang)
),
warisan AS MATERIALIZED (
    SELECT DISTINCT ON (id) kunci, id
    FROM (
        SELECT DISTINCT ON (p.kunci) p.kunci, p.baris, k.id
        FROM p
        JOIN kpm_anggota AS a ON a.id_dtks = p.id_dtks
        JOIN kpm_keluarga AS k ON k.id = a.keluarga_id AND k.tanpa_kk AND k.id_keluarga IS NULL
        WHERE p.kunci < 0 AND p.id_keluarga IS NOT NULL
        AND   NOT EXISTS (SELECT FROM dikenal AS d WHERE d.kunci = p.kunci)
        ORDER BY p.kunci, p.baris
    ) AS q
    ORDER BY id, baris
)
SELECT g.kunci, coalesce(d.id, w.id) AS keluarga_id,
       CASE WHEN m.pemegang IS NULL OR m.pemegang = d.id THEN m.id_keluarga END AS id_keluarga,
       coalesce(m.pemegang <> coalesce(d.id, 0), false) AS id_lain
FROM kelompok AS g
LEFT JOIN dikenal AS d ON d.kunci = g.kunci
LEFT JOIN warisan AS w ON w.kunci = g.kunci
LEFT JOIN milik AS m ON m.kunci = g.kunci
