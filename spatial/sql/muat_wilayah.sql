-- muat_wilayah.sql: the file just copied -> spatial_wilayah.
-- Reads berkas_wilayah (temporary, checked by periksa_wilayah.sql). Writes spatial_wilayah.
-- Safe to run twice: kode is the key, and equal values are left alone. Nothing is deleted, and an
-- empty cell keeps what is known. Answers one row per wilayah written: true when it is new.
INSERT INTO spatial_wilayah AS w
    (kode, kode_bps, nama, nama_bps, tingkat, jenis, induk_id, titik, penduduk, luas_km2, berlaku_sejak, berlaku_sampai)
SELECT kode,
       nullif(kode_bps, ''),
       nama,
       nama_bps,
       CASE length(kode) WHEN 2 THEN 'provinsi' WHEN 4 THEN 'kabupaten_kota'
                         WHEN 6 THEN 'kecamatan' ELSE 'desa_kelurahan' END,
       jenis,
       induk,
       CASE WHEN lng <> '' THEN ST_SetSRID(ST_MakePoint(lng::float8, lat::float8), 4326) END,
       nullif(penduduk, '')::integer,
       nullif(luas_km2, '')::numeric(10, 1),
       nullif(berlaku_sejak, '')::date,
       nullif(berlaku_sampai, '')::date
FROM berkas_wilayah
ORDER BY kode
ON CONFLICT (kode) DO UPDATE
SET    kode_bps = coalesce(EXCLUDED.kode_bps, w.kode_bps),
       nama = EXCLUDED.nama,
       nama_bps = coalesce(nullif(EXCLUDED.nama_bps, ''), w.nama_bps),
       jenis = EXCLUDED.jenis,
       titik = coalesce(EXCLUDED.titik, w.titik),
       penduduk = coalesce(EXCLUDED.penduduk, w.penduduk),
       luas_km2 = coalesce(EXCLUDED.luas_km2, w.luas_km2),
       berlaku_sejak = coalesce(EXCLUDED.berlaku_sejak, w.berlaku_sejak),
       berlaku_sampai = coalesce(EXCLUDED.berlaku_sampai, w.berlaku_sampai)
WHERE  (w.kode_bps, w.nama, w.nama_bps, w.jenis, w.penduduk, w.luas_km2, w.berlaku_sejak, w.berlaku_sampai)
       IS DISTINCT FROM
       (coalesce(EXCLUDED.kode_bps, w.kode_bps), EXCLUDED.nama, coalesce(nullif(EXCLUDED.nama_bps, ''), w.nama_bps),
        EXCLUDED.jenis, coalesce(EXCLUDED.penduduk, w.penduduk), coalesce(EXCLUDED.luas_km2, w.luas_km2),
        coalesce(EXCLUDED.berlaku_sejak, w.berlaku_sejak), coalesce(EXCLUDED.berlaku_sampai, w.berlaku_sampai))
   OR  NOT ST_OrderingEquals(w.titik, EXCLUDED.titik)
   OR  (w.titik IS NULL AND EXCLUDED.titik IS NOT NULL)
RETURNING xmax = 0
