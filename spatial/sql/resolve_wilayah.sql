-- resolve_wilayah.sql: the distinct (kabupaten, kecamatan, desa) of a file -> village codes.
-- Reads {source} (columns {kabupaten}, {kecamatan}, {desa}), spatial_ejaan, spatial_wilayah. Writes nothing.
-- One row per distinct triple, NULLs included; join it back with IS NOT DISTINCT FROM.
-- A triple resolves from the top down, so a village name alone never does. A village column that holds a
-- Kemendagri code of ten digits stands for itself, unless the names beside it say otherwise, or the same
-- digits without dots are another village's BPS code. "BPS" and ten digits, perhaps a name behind them, is the BPS
-- code of a file that is known to use that coding; where BPS has renumbered the village, the names decide.
-- Ten digits that only BPS knows are a BPS code too.
WITH asal AS MATERIALIZED (
    SELECT DISTINCT {kabupaten} AS kabupaten, {kecamatan} AS kecamatan, {desa} AS desa
    FROM {source}
),
kunci AS MATERIALIZED (
    SELECT kabupaten, kecamatan, desa,
           nullif(spatial_kunci(kabupaten), '') AS k_kab,
           nullif(spatial_kunci(kecamatan), '') AS k_kec,
           nullif(spatial_kunci(regexp_replace(desa, '^BPS\d{{10}} ?', '')), '') AS k_desa,
           substring(desa FROM '^BPS(\d{{10}})') AS bps_tertulis,
           CASE WHEN btrim(desa) ~ '^\d{{2}}\.?\d{{2}}\.?\d{{2}}\.?\d{{4}}$'
                THEN replace(btrim(desa), '.', '') END AS kode_tertulis,
           position('.' IN desa) > 0 AS bertitik
    FROM asal
),
atas AS MATERIALIZED (
    SELECT k.*,
           kab.wilayah_id AS kode_kab, kec.wilayah_id AS kode_kec,
           NOT (kab.resmi AND kec.resmi) AS atas_lain
    FROM kunci AS k
    LEFT JOIN spatial_ejaan AS kab
           ON kab.tingkat = 'kabupaten_kota' AND kab.kunci = k.k_kab
          -- two provinces may hold a kabupaten of one spelling: then it is not told apart
          AND NOT EXISTS (SELECT FROM spatial_ejaan AS lain
                          WHERE lain.tingkat = kab.tingkat AND lain.kunci = kab.kunci AND lain.id <> kab.id)
    LEFT JOIN spatial_ejaan AS kec
           ON kec.tingkat = 'kecamatan' AND kec.induk_id = kab.wilayah_id AND kec.kunci = k.k_kec
),
hasil AS MATERIALIZED (
    SELECT a.*,
           coalesce(tertulis.kode, menurut_bps.kode, d.wilayah_id) AS calon,
           coalesce(tertulis.kode, menurut_bps.kode) IS NOT NULL AS dari_kode,
           coalesce(atas_lain OR NOT d.resmi, false) AS lain,
           EXISTS (SELECT FROM spatial_wilayah AS bps
                   WHERE bps.kode_bps = a.kode_tertulis AND bps.kode <> a.kode_tertulis AND NOT a.bertitik
                  ) AS juga_kode_bps
    FROM atas AS a
    LEFT JOIN spatial_wilayah AS tertulis
           ON tertulis.kode = a.kode_tertulis AND tertulis.tingkat = 'desa_kelurahan'
    LEFT JOIN spatial_wilayah AS menurut_bps
           ON tertulis.kode IS NULL AND menurut_bps.tingkat = 'desa_kelurahan'
          AND menurut_bps.kode_bps = coalesce(a.bps_tertulis, CASE WHEN NOT a.bertitik THEN a.kode_tertulis END)
    LEFT JOIN spatial_ejaan AS d
           ON a.kode_tertulis IS NULL
          AND d.tingkat = 'desa_kelurahan' AND d.induk_id = a.kode_kec AND d.kunci = a.k_desa
),
putusan AS MATERIALIZED (
    SELECT *,
           CASE
               WHEN dari_kode AND (left(calon, 4) <> kode_kab OR left(calon, 6) <> kode_kec) THEN 'kode_bertentangan'
               WHEN dari_kode AND juga_kode_bps AND kode_kec IS NULL THEN 'kode_dua_arti'
               WHEN calon IS NOT NULL THEN NULL
               WHEN kode_tertulis IS NOT NULL OR (bps_tertulis IS NOT NULL AND k_desa IS NULL)
                    THEN 'kode_tidak_dikenal'
               WHEN k_desa IS NULL THEN 'desa_kosong'
               WHEN k_kab IS NULL THEN 'kabupaten_kosong'
               WHEN kode_kab IS NULL THEN 'kabupaten_tidak_dikenal'
               WHEN k_kec IS NULL THEN 'kecamatan_kosong'
               WHEN kode_kec IS NULL THEN 'kecamatan_tidak_dikenal'
               ELSE 'desa_tidak_dikenal'
           END AS alasan
    FROM hasil
)
SELECT p.kabupaten, p.kecamatan, p.desa,
       CASE WHEN p.alasan IS NULL THEN p.calon END AS kode,
       p.alasan IS NULL AND NOT p.dari_kode AND p.lain AS ejaan_lain,
       p.alasan,
       saran.wilayah_id AS saran_kode,
       saran.nama AS saran_nama
FROM putusan AS p
LEFT JOIN LATERAL (
    -- the nearest spelling at the level that failed, within what was recognised above it
    SELECT e.wilayah_id, w.nama
    FROM spatial_ejaan AS e
    JOIN spatial_wilayah AS w ON w.kode = e.wilayah_id
    CROSS JOIN LATERAL (
        SELECT similarity(e.kunci, CASE p.alasan WHEN 'desa_tidak_dikenal' THEN p.k_desa
                                                 WHEN 'kecamatan_tidak_dikenal' THEN p.k_kec
                                                 ELSE p.k_kab END) AS mirip
    ) AS ukuran
    WHERE ukuran.mirip >= 0.3
      AND CASE p.alasan
              WHEN 'desa_tidak_dikenal' THEN e.tingkat = 'desa_kelurahan' AND e.induk_id = p.kode_kec
              WHEN 'kecamatan_tidak_dikenal' THEN e.tingkat = 'kecamatan' AND e.induk_id = p.kode_kab
              WHEN 'kabupaten_tidak_dikenal' THEN e.tingkat = 'kabupaten_kota'
              ELSE false
          END
    ORDER BY ukuran.mirip DESC, e.resmi DESC, e.wilayah_id
    LIMIT 1
) AS saran ON true
