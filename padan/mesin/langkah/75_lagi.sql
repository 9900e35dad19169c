-- 75_lagi.sql: people who stand on the lists twice. The other entry has the row already; this one agrees with it in
-- name, birth date and sex, and in household or village, so it is the same human once more.
-- Reads calon, tegas, tepat, kiri, orang, penduduk. Adds to tegas, with lagi = true.
INSERT INTO tegas
WITH terpakai AS (
    SELECT c.orang, c.penduduk, c.p
    FROM calon AS c SEMI JOIN tegas AS milik ON milik.penduduk = c.penduduk
    WHERE c.lengkap AND c.layak AND c.gamma_rumah >= 1 AND c.p >= {kuat}
),
dekat AS MATERIALIZED (
    SELECT k.unique_id AS orang, p.id AS penduduk, k.nama AS k_o, k.kata AS w_o, padan_kunci(p.nama) AS k_p
    FROM kiri AS k
    JOIN penduduk AS p ON p.lahir = k.lahir AND p.kelamin = k.kelamin AND left(p.nama, 1) = left(k.nama, 1)
    SEMI JOIN tepat ON tepat.penduduk = p.id
    WHERE p.no_kk = k.no_kk OR p.desa = k.desa OR padan_kunci(p.ibu) = k.ibu
),
kata AS MATERIALIZED (SELECT *, padan_kata(k_p) AS w_p FROM dekat),
tepat_lagi AS (
    SELECT orang, penduduk, {kuat} AS p FROM kata WHERE padan_mirip_kata(k_o, k_p, w_o, w_p) >= {nama}
),
semua AS (SELECT * FROM terpakai UNION ALL SELECT * FROM tepat_lagi)
SELECT orang, arg_min(penduduk, (-p, penduduk)), max(p), true
FROM semua ANTI JOIN tegas AS punya ON punya.orang = semua.orang
GROUP BY orang
HAVING count(DISTINCT penduduk) = 1
