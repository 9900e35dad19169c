-- isian.sql: what somebody typed, as the registers hold it: the functions that judge the rows of a file judge it here.
-- Reads the given array, writes nothing. One row per text, in its order; '' where the text says nothing.
SELECT CASE WHEN rapi IS NULL OR kpm_kosong(rapi) THEN '' ELSE rapi END,
       coalesce(kpm_nomor(rapi), ''),
       kpm_nik_status(coalesce(kpm_nomor(rapi), '')),
       coalesce(kpm_nama_normal(upper(rapi)), ''),
       kpm_dua_angka(rapi),
       coalesce(kpm_hubungan(rapi), ''),
       coalesce(kpm_kelamin(rapi), '')
FROM (
    SELECT ke, kpm_rapi(tulisan) AS rapi
    FROM unnest(%(tulisan)s::text[]) WITH ORDINALITY AS u (tulisan, ke)
) AS q
ORDER BY ke
