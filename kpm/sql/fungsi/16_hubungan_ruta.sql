-- kpm_hubungan_ruta(text, sex): a relation to the head as BDT, UDART and Regsosek code it (1-8), in the words of
-- kpm_hubungan. Their numbers are not those of a Kartu Keluarga: 2 is the spouse, 3 a child. Words go on as they are.
CREATE OR REPLACE FUNCTION kpm_hubungan_ruta(tulisan text, kelamin text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE upper(ltrim(tulisan, '0'))
        WHEN '1' THEN 'kepala keluarga' WHEN 'KEPALA RUMAH TANGGA' THEN 'kepala keluarga'
        WHEN '2' THEN CASE kelamin WHEN 'P' THEN 'istri' WHEN 'L' THEN 'suami' ELSE 'istri/suami' END
        WHEN 'ISTRI/SUAMI' THEN CASE kelamin WHEN 'P' THEN 'istri' WHEN 'L' THEN 'suami' ELSE 'istri/suami' END
        WHEN '3' THEN 'anak' WHEN '4' THEN 'menantu' WHEN '5' THEN 'cucu'
        WHEN '6' THEN 'orang tua/mertua' WHEN 'ORANG TUA/MERTUA' THEN 'orang tua/mertua'
        WHEN '7' THEN 'pembantu' WHEN 'PEMBANTU RUMAH TANGGA' THEN 'pembantu' WHEN 'PEMBANTU/SOPIR' THEN 'pembantu'
        WHEN '8' THEN 'lainnya'
        WHEN '9' THEN NULL WHEN '10' THEN NULL WHEN '11' THEN NULL
        ELSE kpm_hubungan(tulisan)
    END
$$
