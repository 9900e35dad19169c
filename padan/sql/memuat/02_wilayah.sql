-- 02_wilayah.sql: the distinct places of an extract -> village, and whether they lie in what it is said to cover.
-- Loader. Reads {tempat} through {resolve} (spatial.queries.resolve_sql). Writes {wilayah}.
-- dalam: true, false, or null where nothing tells. A code that we do not know still says where it lies.
CREATE UNLOGGED TABLE {wilayah} AS
SELECT t.k_prov, t.k_kab, t.k_kec, t.k_desa, t.kabupaten, t.kecamatan, t.desa, r.kode,
       CASE
           WHEN r.kode IS NOT NULL THEN r.kode LIKE %(cakupan)s || '%%'
           WHEN t.desa_tulis ~ '^[0-9]{{2}}[.]?[0-9]{{2}}[.]?[0-9]{{2}}[.]?[0-9]{{4}}$'
               THEN replace(t.desa_tulis, '.', '') LIKE %(cakupan)s || '%%'
           WHEN kpm_nomor(kpm_rapi(t.k_prov)) ~ '^[0-9]{{1,2}}$'
               THEN lpad(kpm_nomor(kpm_rapi(t.k_prov)), 2, '0') = left(%(cakupan)s, 2)
       END AS dalam
FROM   {tempat} AS t
LEFT JOIN ({resolve}) AS r
       ON coalesce(r.kabupaten, '') = coalesce(t.kabupaten_duga, '')
      AND coalesce(r.kecamatan, '') = coalesce(t.kecamatan_tulis, '')
      AND coalesce(r.desa, '') = coalesce(t.desa_tulis, '')
