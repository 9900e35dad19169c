-- 10_nik.sql: every person beside the row of the extract that bears his NIK.
-- Reads orang, penduduk. Writes nik_sama: one row per person, the row whose name is most alike where several bear it.
-- {tepat} is true; false leaves the exact step out.
CREATE OR REPLACE TABLE nik_sama AS
WITH bernik AS (SELECT * FROM penduduk WHERE regexp_full_match(nik, '[0-9]{16}')),
pasang AS (
    SELECT o.id AS orang, p.id AS penduduk, o.nama AS nama_o, p.nama AS nama_p,
           o.lahir AS lahir_o, p.lahir AS lahir_p,
           coalesce(o.kelamin <> p.kelamin AND o.kelamin <> '' AND p.kelamin <> '', false) AS kelamin_beda
    FROM orang AS o JOIN bernik AS p ON p.nik = o.nik
    WHERE {tepat}
),
-- materialized: a macro's argument is copied to wherever the macro names it
kunci AS MATERIALIZED (
    SELECT *, padan_kunci(nama_o) AS k_o, padan_kunci(nama_p) AS k_p
    FROM pasang
),
kata AS MATERIALIZED (
    SELECT *, CASE WHEN k_o <> k_p THEN padan_kata(k_o) END AS w_o, CASE WHEN k_o <> k_p THEN padan_kata(k_p) END AS w_p
    FROM kunci
),
nilai AS (
    SELECT orang, penduduk, kelamin_beda,
           padan_mirip_kata(k_o, k_p, w_o, w_p) AS mirip,
           CASE WHEN lahir_o = lahir_p THEN 'sama' WHEN lahir_o IS NULL OR lahir_p IS NULL THEN 'kosong'
                ELSE padan_beda_lahir(strftime(lahir_o, '%Y%m%d'), strftime(lahir_p, '%Y%m%d')) END AS lahir
    FROM kata
)
SELECT orang, struct_pack(penduduk, mirip, lahir, kelamin_beda) AS dia, count(*) OVER (PARTITION BY orang) AS sebanyak
FROM nilai
QUALIFY row_number() OVER (PARTITION BY orang ORDER BY (lahir = 'sama')::int + mirip DESC, penduduk) = 1
