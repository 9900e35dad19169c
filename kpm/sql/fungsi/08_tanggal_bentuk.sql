-- kpm_tanggal_bentuk(text): how a tidied date cell is written: kosong, dmy, ymd, nama (month's name),
-- serial (five digits of Excel, from 1927 on), dua (two-digit year) or asing.
CREATE OR REPLACE FUNCTION kpm_tanggal_bentuk(tulisan text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN CASE
        WHEN tulisan ~ '^[0-9]{1,2}[-/. ][0-9]{1,2}[-/. ][0-9]{4}( 00:00(:00)?([.]0+)?)?$'
            THEN CASE WHEN translate(tulisan, '0-/. :', '') = '' THEN 'kosong' ELSE 'dmy' END
        WHEN tulisan IS NULL OR kpm_kosong(tulisan) OR translate(tulisan, '0-/. :T', '') = '' THEN 'kosong'
        WHEN tulisan ~ '^[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}([ T]00:00(:00)?([.]0+)?)?$' THEN 'ymd'
        WHEN tulisan ~ '^[1-9][0-9]{4}([.,]0+)?$' THEN 'serial'
        WHEN tulisan ~* '^[0-9]{1,2}[-/. ](JAN|FEB|MAR|APR|MEI|MAY|JUN|JUL|AGU|AGS|AUG|SEP|OKT|OCT|NOV|NOP|DES|DEC)[A-Z]*[-/. ][0-9]{4}$' THEN 'nama'
        WHEN tulisan ~* '^[0-9]{1,2}[-/. ]([0-9]{1,2}|[A-Z]{3,9})[-/. ][0-9]{2}$' THEN 'dua'
        ELSE 'asing'
    END;
END
$$
