-- 01_wilayah.sql: the distinct (kabupaten, kecamatan, desa) of a file -> village, verdicts, suggestion.
-- Loader. Reads the staged file through {resolve} (spatial.queries.resolve_sql). Writes {wilayah}.
-- Villages outside the importer's territory are known here, before any row is looked at.
CREATE UNLOGGED TABLE {wilayah} AS
SELECT r.kabupaten, r.kecamatan, r.desa, r.kode, r.saran_nama,
       CASE
           WHEN r.alasan IN ('kode_bertentangan', 'kode_dua_arti') THEN %(DESA_RAGU)s
           WHEN r.alasan IN ('kabupaten_kosong', 'kecamatan_kosong', 'desa_kosong') THEN %(DESA_KOSONG)s
           WHEN r.kode IS NULL THEN %(DESA_TAK_DIKENAL)s
           WHEN NOT %(semua)s AND r.kode <> ALL (%(desa)s::text[]) THEN %(DILUAR_WILAYAH)s
           ELSE 0
       END::bigint AS tolak,
       CASE WHEN r.ejaan_lain THEN %(EJAAN_DESA)s ELSE 0 END::bigint AS catatan
FROM ({resolve}) AS r
