-- padan_nama_kunci(text): a name as padan compares it: what kpm_nama_normal makes of it (no titles, BIN, ALM, signs;
-- M., MOH. in front are MUHAMMAD), then spelling and sound: oe u, tj c, dj j, ch and kh h, j y, q k, iy i and uw u
-- before a vowel, dz dh th gh without the second letter; double letters single, forms of MUHAMMAD and ABDUL one.
-- Six names of ten need nothing and are told by one look; padan_nama_sisir does the rest. Decision 0034.
CREATE OR REPLACE FUNCTION padan_nama_kunci(nama text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN nama !~ ('[^A-Z ]|  |^ | $|J|Q|OE|CH|[DGKT]H|DZ|IY[AEOU]|UW[AEIO]|ABD|M[OU]?H| BIN| ALM| ALIAS| B[TI]E?I? '
                      || '|AA|BB|CC|DD|EE|FF|GG|HH|II|KK|LL|MM|NN|OO|PP|RR|SS|TT|UU|VV|WW|XX|YY|ZZ')
             AND split_part(nama, ' ', 1) NOT IN (
                 'H', 'DR', 'DRS', 'DRA', 'DRG', 'IR', 'PROF', 'NY', 'TN', 'SDR', 'SDRI', 'BPK', 'BP', 'BAPAK', 'IBU',
                 'UST', 'USTZ', 'USTAD', 'M', 'ALM', 'ALMARHUM', 'ALMARHUMAH', 'BIN', 'BINTI', 'ST', 'STI')
             AND split_part(nama, ' ', -1) NOT IN (
                 'SPD', 'SPDI', 'SAG', 'SSOS', 'SOS', 'SKOM', 'KOM', 'SKEP', 'SKM', 'SIP', 'STP', 'SHUT', 'SSI', 'SIKOM',
                 'SPI', 'SP', 'SE', 'SH', 'SHI', 'ST', 'SST', 'AMD', 'AMK', 'AMKEB', 'AMA', 'MD', 'KEB', 'MPD', 'MSI',
                 'MKES', 'MH', 'MT', 'MAP', 'NERS', 'PDI')
            THEN nama
        ELSE padan_nama_sisir(nama)
    END
$$
