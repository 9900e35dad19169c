-- 60_calon.sql: the pairs Splink found likely, with what of their weight is about the person himself.
-- Reads ramalan (Splink's predictions), kanan. Writes calon, the best {tersimpan} rows of each person.
-- layak: enough personal evidence. KK, mother and village speak for a brother as well, so they never carry a pair.
-- manusia: the same for rows of the extract that are one human twice, letter by letter.
-- lengkap: the person himself agrees in everything, so a second person with the same row is himself once more.
CREATE OR REPLACE TABLE calon AS
WITH pasang AS (
    SELECT unique_id_l AS orang, unique_id_r AS penduduk, match_weight AS bobot, match_probability AS p,
           mw_nama + mw_tf_adj_nama + mw_lahir + mw_kelamin + mw_nik AS pribadi,
           {gamma}, {mw}
    FROM ramalan
),

nilai AS (
    SELECT *,
           pribadi >= CASE WHEN gamma_rumah >= 3 THEN {pribadi_serumah} ELSE {pribadi} END
               AND (gamma_nama >= 2 OR (gamma_nik = 3 AND gamma_lahir >= 3))
               AND (gamma_lahir >= 1 OR gamma_nama >= 3 OR gamma_nik >= 2)
               AND (gamma_kelamin <> 0 OR (gamma_nama >= 3 AND gamma_lahir = 5) OR gamma_nik = 3) AS layak,
           gamma_nama >= 4 AND gamma_lahir = 5 AND gamma_kelamin = 1 AS lengkap
    FROM pasang
)
SELECT nilai.*, hash(k.nama_urut, k.lahir, k.kelamin, k.ibu) AS manusia,
       row_number() OVER (PARTITION BY orang ORDER BY layak DESC, bobot DESC, penduduk) AS urutan
FROM nilai JOIN kanan AS k ON k.unique_id = nilai.penduduk
QUALIFY urutan <= {tersimpan}
