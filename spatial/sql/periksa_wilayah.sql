-- periksa_wilayah.sql: what is wrong in the file just copied, in words for whoever prepared it.
-- Reads berkas_wilayah (temporary: baris, then every column as text), spatial_wilayah. Writes nothing.
SELECT baris, pesan
FROM (
    SELECT b.baris,
           CASE
               WHEN kode !~ '^(\d{2}|\d{4}|\d{6}|\d{10})$'
               THEN format('kode "%s" bukan 2, 4, 6 atau 10 angka', kode)
               WHEN count(*) OVER (PARTITION BY kode) > 1
               THEN format('kode %s ditulis lebih dari sekali', kode)
               WHEN nama = ''
               THEN 'nama kosong'
               WHEN NOT (jenis, length(kode)) IN (('provinsi', 2), ('kabupaten', 4), ('kota', 4),
                                                  ('kecamatan', 6), ('desa', 10), ('kelurahan', 10))
               THEN format('jenis "%s" tidak cocok dengan kode %s yang panjangnya %s angka', jenis, kode, length(kode))
               WHEN induk IS NOT NULL
                    AND NOT EXISTS (SELECT FROM berkas_wilayah AS atas WHERE atas.kode = b.induk)
                    AND NOT EXISTS (SELECT FROM spatial_wilayah AS atas WHERE atas.kode = b.induk)
               THEN format('induk %s dari kode %s tidak ada di berkas maupun di basis data', induk, kode)
               WHEN kode_bps !~ '^\d{0,10}$'
               THEN format('kode BPS "%s" bukan angka', kode_bps)
               WHEN kode_bps <> '' AND count(*) OVER (PARTITION BY kode_bps) > 1
               THEN format('kode BPS %s ditulis lebih dari sekali', kode_bps)
               WHEN (lng = '') <> (lat = '') OR lng !~ '^(-?\d+(\.\d+)?)?$' OR lat !~ '^(-?\d+(\.\d+)?)?$'
               THEN format('lng "%s" dan lat "%s" bukan sepasang derajat desimal', lng, lat)
               WHEN lng <> '' AND NOT (lng::numeric BETWEEN -180 AND 180 AND lat::numeric BETWEEN -90 AND 90)
               THEN format('lng %s, lat %s di luar bumi; tertukar?', lng, lat)
               WHEN penduduk !~ '^\d{0,9}$'
               THEN format('penduduk "%s" bukan bilangan bulat', penduduk)
               WHEN luas_km2 !~ '^(\d{1,8}(\.\d+)?)?$'
               THEN format('luas_km2 "%s" bukan bilangan', luas_km2)
               WHEN berlaku_sejak !~ '^(\d{4}-\d{2}-\d{2})?$' OR berlaku_sampai !~ '^(\d{4}-\d{2}-\d{2})?$'
               THEN 'tanggal berlaku harus ditulis tttt-bb-hh'
           END AS pesan
    FROM berkas_wilayah AS b
) AS temuan
WHERE pesan IS NOT NULL
ORDER BY baris
