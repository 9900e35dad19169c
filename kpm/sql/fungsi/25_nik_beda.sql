-- kpm_nik_beda(nik, lahir, kelamin): what of a row does not agree with its NIK: 'tanggal', 'kelamin'. Empty when all
-- agrees, when the row leaves it open, or when the form is wrong (kpm_nik_status). kpm/nik.py says the same to forms.
-- The region inside is where somebody was registered first, never a finding.
CREATE OR REPLACE FUNCTION kpm_nik_beda(nik text, lahir date, kelamin text) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN kpm_nik_status(nik) <> 'valid' THEN '{}'
        ELSE array_remove(ARRAY[CASE WHEN kpm_nik_beda_tanggal(nik, lahir) THEN 'tanggal' END,
                                CASE WHEN kpm_nik_beda_kelamin(nik, kelamin) THEN 'kelamin' END], NULL)
    END
$$
