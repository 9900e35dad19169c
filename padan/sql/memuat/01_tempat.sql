-- 01_tempat.sql: the distinct places of an extract, as written, and the kabupaten each may be meant in.
-- Loader. Reads {mentah}, spatial_ejaan, spatial_wilayah. Writes {tempat}.
-- desa_tulis is what resolve_wilayah.sql reads: a code put together from its parts, or the name. The registry writes
-- Kemendagri codes alone, so they get dots: without these the digits may be the BPS code of another village.
-- A list that SIAK prints names kecamatan and desa alone: the kabupaten is that of the extract, or the only one
-- within its scope that has such a kecamatan.
CREATE UNLOGGED TABLE {tempat} AS
SELECT t.*, coalesce(t.kabupaten_tulis, kab.nama) AS kabupaten_duga
FROM (
    SELECT k_prov, k_kab, k_kec, k_desa, kabupaten, kecamatan, desa,
           kpm_rapi(kabupaten) AS kabupaten_tulis, kpm_rapi(kecamatan) AS kecamatan_tulis,
           regexp_replace({desa_tulis}, '^([0-9]{{2}})([0-9]{{2}})([0-9]{{2}})([0-9]{{4}})$', '\1.\2.\3.\4') AS desa_tulis
    FROM (
        SELECT DISTINCT coalesce({kode_prov}, '') AS k_prov, coalesce({kode_kab}, '') AS k_kab,
               coalesce({kode_kec}, '') AS k_kec, coalesce({kode_desa}, '') AS k_desa,
               coalesce({kabupaten}, '') AS kabupaten, coalesce({kecamatan}, '') AS kecamatan,
               coalesce({desa}, '') AS desa
        FROM {mentah}
    ) AS d
) AS t
LEFT JOIN LATERAL (
    SELECT min(w.nama) AS nama
    FROM   spatial_ejaan AS e
    JOIN   spatial_wilayah AS w ON w.kode = left(e.wilayah_id, 4)
    WHERE  t.kabupaten_tulis IS NULL AND e.tingkat = 'kecamatan' AND e.kunci = spatial_kunci(t.kecamatan_tulis)
    AND    e.wilayah_id LIKE %(cakupan)s || '%%'
    HAVING count(DISTINCT left(e.wilayah_id, 4)) = 1
) AS kab ON true
