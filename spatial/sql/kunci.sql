-- spatial_kunci(text): what makes two spellings of a wilayah's name the same.
-- Drops case, one leading kind ("Kab.", "Kecamatan", "Ds." ...), blanks and signs; keeps A-Z and 0-9.
-- "Kota" stays: Kabupaten and Kota of one name are two wilayah, and a village is called Kota Kapur.
-- The only definition: imports, resolve() and the search box all call it.
CREATE OR REPLACE FUNCTION spatial_kunci(tulisan text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(
        regexp_replace(
            upper(tulisan COLLATE "C"),
            '^\W*(PROVINSI|PROPINSI|PROV|PROP|KABUPATEN|KAB|KOTA ADMINISTRASI|KOTA ADM|KECAMATAN|KEC|DESA|DS|KELURAHAN|KEL)(\.\s*|\s+)(?=\w)',
            ''
        ),
        '[^A-Z0-9]', '', 'g'
    )
$$
