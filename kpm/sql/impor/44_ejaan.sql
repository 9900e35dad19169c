-- 44_ejaan.sql: the unknown villages of a file and their nearest spelling, the most frequent first.
-- Loader. Reads {wilayah}, {mentah}. Names of places, not of people: a cell with
-- a long number that is no code of a village is somebody's, moved into the wrong column, and is not told.
SELECT concat_ws(', ', regexp_replace(kpm_rapi(w.desa), '^BPS', 'kode BPS '), kpm_rapi(w.kecamatan)), w.saran_nama, count(*)
FROM {wilayah} AS w
JOIN {mentah} AS m
  ON coalesce(w.kabupaten, '') = coalesce({kabupaten}, '')
 AND coalesce(w.kecamatan, '') = coalesce({kecamatan}, '')
 AND coalesce(w.desa, '') = coalesce({desa}, '')
WHERE w.tolak = %(DESA_TAK_DIKENAL)s AND length(concat(w.desa, w.kecamatan)) <= 60
  AND concat_ws(' ', regexp_replace(kpm_rapi(w.desa), '^(BPS)?[0-9]{{2}}[.]?[0-9]{{2}}[.]?[0-9]{{2}}[.]?[0-9]{{4}}( |$)', ''), w.kecamatan, w.kabupaten)
      !~ '[0-9][[:space:].,''-]?([0-9][[:space:].,''-]?){{5}}'
GROUP BY 1, 2
ORDER BY count(*) DESC
LIMIT 5
