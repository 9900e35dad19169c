-- 80_hasil.sql: what is said of every person, and why.
-- Reads orang, penduduk, nik_sama, tepat, tegas, calon, ramai. Writes hasil, one row per row of orang.
-- penduduk is set where a pair is asserted: the extract's row is this person, as far as a machine can say.
CREATE OR REPLACE TABLE hasil AS
WITH terbaik AS (
    SELECT orang, arg_min(penduduk, urutan) AS penduduk, max(p) AS p, count(*) AS sebanyak
    FROM calon WHERE layak AND p >= {calon} GROUP BY orang
),
milik AS (SELECT penduduk FROM tepat GROUP BY penduduk HAVING count(*) > 1),
dasar AS (
    SELECT o.id AS orang, o.nik, o.nik_status, o.no_kk, o.desa,
           t.orang IS NOT NULL AS tepat, g.orang IS NOT NULL AS tegas, coalesce(g.lagi, false) AS lagi,
           coalesce(t.penduduk, g.penduduk) AS penduduk,
           n.orang IS NOT NULL AS nik_ada, n.dia.penduduk AS pemilik, n.dia.mirip AS mirip, n.dia.lahir AS lahir,
           n.dia.kelamin_beda AS kelamin_beda, coalesce(n.sebanyak, 0) AS sebanyak,
           b.penduduk AS calon, b.p AS p_calon, coalesce(b.sebanyak, 0) AS calon_sebanyak, g.p AS p_tegas,
           m.penduduk IS NOT NULL AS dipakai_lain, r.orang IS NOT NULL AS ramai
    FROM orang AS o
    LEFT JOIN tepat AS t ON t.orang = o.id
    LEFT JOIN tegas AS g ON g.orang = o.id
    LEFT JOIN nik_sama AS n ON n.orang = o.id
    LEFT JOIN terbaik AS b ON b.orang = o.id
    LEFT JOIN milik AS m ON m.penduduk = t.penduduk
    LEFT JOIN ramai AS r ON r.orang = o.id
),
ditemukan AS (
    SELECT d.*, p.keadaan, p.no_kk AS kk_p, p.desa AS desa_p,
           tepat OR (tegas AND nik_ada AND d.penduduk = pemilik) AS dengan_nik
    FROM dasar AS d LEFT JOIN penduduk AS p ON p.id = coalesce(d.penduduk, d.calon)
),
putus AS (
    SELECT *, CASE
        WHEN dengan_nik AND (keadaan = 'ganda' OR sebanyak > 1) THEN 'GANDA'
        WHEN dengan_nik AND keadaan = 'meninggal' THEN 'MENINGGAL'
        WHEN dengan_nik AND keadaan = 'nonaktif' THEN 'NONAKTIF'
        WHEN dengan_nik AND (keadaan = 'pindah' OR (tepat AND desa <> '' AND desa_p <> '' AND desa <> desa_p)) THEN 'PINDAH'
        WHEN tepat AND lahir = 'sama' AND mirip >= {nama} AND NOT kelamin_beda THEN 'PADAN'
        WHEN dengan_nik THEN 'PADAN_SEBAGIAN'
        WHEN tegas OR calon IS NOT NULL THEN 'CALON'
        WHEN nik_ada THEN 'BEDA_ORANG'
        WHEN nik_status NOT IN ('valid', 'kosong') THEN 'FORMAT_SALAH'
        ELSE 'TIDAK_DITEMUKAN' END AS hasil
    FROM ditemukan
)
SELECT orang, hasil, penduduk,
       CASE WHEN hasil NOT IN ('BEDA_ORANG', 'FORMAT_SALAH', 'TIDAK_DITEMUKAN') AND no_kk <> '' AND kk_p <> ''
            THEN no_kk = kk_p END AS kk_sesuai,
       CASE WHEN hasil NOT IN ('BEDA_ORANG', 'FORMAT_SALAH', 'TIDAK_DITEMUKAN') AND desa <> '' AND desa_p <> ''
            THEN desa = desa_p END AS wilayah_sesuai,
       CASE WHEN tepat THEN NULL WHEN tegas THEN p_tegas WHEN hasil = 'CALON' THEN p_calon END AS skor,
       list_filter([
           CASE WHEN tepat THEN 'nik_sama' WHEN dengan_nik THEN 'nik_sama'
                WHEN nik_ada THEN 'nik_orang_lain'
                WHEN nik_status = 'kosong' THEN 'nik_kosong'
                WHEN nik_status <> 'valid' THEN 'nik_bentuk'
                ELSE 'nik_tidak_ada' END,
           CASE WHEN dengan_nik AND mirip < 1 THEN 'nama_beda' END,
           CASE WHEN dengan_nik AND lahir = 'kosong' THEN 'lahir_kosong'
                WHEN dengan_nik AND lahir <> 'sama' THEN 'lahir_beda' END,
           CASE WHEN dengan_nik AND kelamin_beda THEN 'kelamin_beda' END,
           CASE WHEN dengan_nik AND sebanyak > 1 THEN 'nik_ganda' END,
           CASE WHEN keadaan = 'meninggal' AND hasil IN ('CALON', 'MENINGGAL') THEN 'meninggal' END,
           CASE WHEN keadaan = 'nonaktif' AND hasil IN ('CALON', 'NONAKTIF') THEN 'nonaktif' END,
           CASE WHEN hasil = 'PINDAH' THEN 'desa_lain' END,
           CASE WHEN hasil = 'CALON' AND tegas THEN 'calon_jelas' END,
           CASE WHEN hasil = 'CALON' AND NOT tegas AND calon_sebanyak > 1 THEN 'calon_beberapa' END,
           CASE WHEN hasil = 'CALON' AND NOT tegas AND calon_sebanyak = 1 THEN 'calon_ragu' END,
           CASE WHEN lagi OR dipakai_lain THEN 'tercatat_dua_kali' END,
           CASE WHEN ramai THEN 'terlalu_banyak' END
       ], lambda a: a IS NOT NULL) AS alasan
FROM putus
