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
nilai AS (
    SELECT orang, penduduk, kelamin_beda,
           CASE WHEN nama_o = nama_p OR padan_kunci(nama_o) = nama_p THEN 1.0
                ELSE padan_mirip(padan_kunci(nama_o), padan_kunci(nama_p)) END AS mirip,
           CASE WHEN lahir_o = lahir_p THEN 'sama' WHEN lahir_o IS NULL OR lahir_p IS NULL THEN 'kosong'
                ELSE padan_beda_lahir(strftime(lahir_o, '%Y%m%d'), strftime(lahir_p, '%Y%m%d')) END AS lahir
    FROM pasang
)
SELECT arg_max(struct_pack(penduduk, mirip, lahir, kelamin_beda),
               (CASE WHEN lahir = 'sama' THEN 1 ELSE 0 END + mirip, -penduduk)) AS dia,
       orang, count(*) AS sebanyak
FROM nilai GROUP BY orang
