-- kpm_hubungan(text): a relation to the head as the Kartu Keluarga calls it, in lower case, from its
-- word or its code there (1-11); NULL when the word is not known.
CREATE OR REPLACE FUNCTION kpm_hubungan(tulisan text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE upper(tulisan)
        WHEN 'KEPALA KELUARGA' THEN 'kepala keluarga' WHEN 'ANAK' THEN 'anak' WHEN 'ISTRI' THEN 'istri'
        WHEN '1' THEN 'kepala keluarga' WHEN '01' THEN 'kepala keluarga' WHEN 'KEPALA' THEN 'kepala keluarga'
        WHEN 'KK' THEN 'kepala keluarga' WHEN 'KEPALA RUMAH TANGGA' THEN 'kepala keluarga'
        WHEN 'KRT' THEN 'kepala keluarga' WHEN 'KEP. KELUARGA' THEN 'kepala keluarga'
        WHEN '2' THEN 'suami' WHEN '02' THEN 'suami' WHEN 'SUAMI' THEN 'suami'
        WHEN '3' THEN 'istri' WHEN '03' THEN 'istri' WHEN 'ISTERI' THEN 'istri'
        WHEN '4' THEN 'anak' WHEN '04' THEN 'anak' WHEN 'ANAK KANDUNG' THEN 'anak'
        WHEN 'ANAK TIRI' THEN 'anak tiri' WHEN 'ANAK ANGKAT' THEN 'anak angkat'
        WHEN '5' THEN 'menantu' WHEN '05' THEN 'menantu' WHEN 'MENANTU' THEN 'menantu'
        WHEN '6' THEN 'cucu' WHEN '06' THEN 'cucu' WHEN 'CUCU' THEN 'cucu'
        WHEN '7' THEN 'orang tua' WHEN '07' THEN 'orang tua' WHEN 'ORANG TUA' THEN 'orang tua'
        WHEN 'ORANGTUA' THEN 'orang tua'
        WHEN '8' THEN 'mertua' WHEN '08' THEN 'mertua' WHEN 'MERTUA' THEN 'mertua'
        WHEN '9' THEN 'famili lain' WHEN '09' THEN 'famili lain' WHEN 'FAMILI LAIN' THEN 'famili lain'
        WHEN 'FAMILI' THEN 'famili lain' WHEN 'KELUARGA LAIN' THEN 'famili lain'
        WHEN '10' THEN 'pembantu' WHEN 'PEMBANTU' THEN 'pembantu'
        WHEN '11' THEN 'lainnya' WHEN 'LAINNYA' THEN 'lainnya'
    END
$$
