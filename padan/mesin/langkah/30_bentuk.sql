-- 30_bentuk.sql: people and rows in the form that is compared, the same columns in both.
-- Reads orang, penduduk, kunci (better keys of some people), and the ids in {pilih_orang}, {pilih_penduduk}.
-- Writes {kiri} and {kanan}.
CREATE OR REPLACE TABLE {kiri} AS
WITH dasar AS (
    SELECT orang.*, coalesce(kunci.nama, padan_kunci(orang.nama)) AS n, coalesce(kunci.ibu, padan_kunci(orang.ibu)) AS i
    FROM orang SEMI JOIN {pilih_orang} AS pilih ON pilih.id = orang.id LEFT JOIN kunci ON kunci.id = orang.id
)
SELECT id AS unique_id, n AS nama, padan_kata(n) AS kata, nullif(array_to_string(padan_kata(n), ' '), '') AS nama_urut,
       lahir, strftime(lahir, '%Y%m%d') AS hari, nullif(kelamin, '') AS kelamin,
       CASE WHEN regexp_full_match(nik, '[0-9]{14,18}') THEN nik END AS nik,
       nullif(padan_kunci(tempat), '') AS tempat, nullif(i, '') AS ibu,
       CASE WHEN regexp_full_match(no_kk, '[0-9]{16}') THEN no_kk END AS no_kk, nullif(desa, '') AS desa
FROM dasar;

CREATE OR REPLACE TABLE {kanan} AS
WITH dasar AS (
    SELECT penduduk.*, padan_kunci(nama) AS n, padan_kunci(ibu) AS i
    FROM penduduk SEMI JOIN {pilih_penduduk} AS pilih ON pilih.id = penduduk.id
)
SELECT id AS unique_id, n AS nama, padan_kata(n) AS kata, nullif(array_to_string(padan_kata(n), ' '), '') AS nama_urut,
       lahir, strftime(lahir, '%Y%m%d') AS hari, nullif(kelamin, '') AS kelamin,
       CASE WHEN regexp_full_match(nik, '[0-9]{14,18}') THEN nik END AS nik,
       nullif(padan_kunci(tempat), '') AS tempat, nullif(i, '') AS ibu,
       CASE WHEN regexp_full_match(no_kk, '[0-9]{16}') THEN no_kk END AS no_kk, nullif(desa, '') AS desa
FROM dasar
