-- padan_nama_sisir(text): the long way of padan_nama_kunci (02), for a name in which something is to be done.
-- plpgsql, because each step is taken only by the names that need it, and strpos where it will do: PostgreSQL keeps
-- 32 compiled expressions, and with more of them in one query every name would compile its own.
CREATE OR REPLACE FUNCTION padan_nama_sisir(nama text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    rangkap constant text := 'AA|BB|CC|DD|EE|FF|GG|HH|II|KK|LL|MM|NN|OO|PP|RR|SS|TT|UU|VV|WW|XX|YY|ZZ';
    hasil text := upper(nama);
    sisa text;
BEGIN
    IF hasil ~ '[^A-Z ]' THEN
        IF octet_length(hasil) <> length(hasil) THEN
            hasil := translate(hasil, 'ÀÁÂÃÄÈÉÊËÌÍÎÏÒÓÔÕÖÙÚÛÜÑÇ', 'AAAAAEEEEIIIIOOOOOUUUUNC');
        END IF;
        IF strpos(hasil, '(') > 0 THEN
            hasil := regexp_replace(hasil, '[(][^)]*([)]|$)', ' ', 'g');
        END IF;
        IF strpos(hasil, ' AL') > 0 THEN
            hasil := regexp_replace(hasil, ' (AL\.|ALS\.?) .*$', '');
        END IF;
    END IF;
    IF strpos(hasil, ' ALIAS ') > 0 THEN
        hasil := split_part(hasil, ' ALIAS ', 1);
    END IF;
    IF hasil LIKE 'UST%' OR hasil LIKE 'HAJ%' OR hasil LIKE 'HJH%' OR hasil LIKE 'IBU%' OR hasil LIKE 'BAPAK%'
        OR hasil LIKE 'BP%' OR hasil LIKE 'SDRI%' OR hasil LIKE 'K.%' OR hasil LIKE 'K H%' THEN
        hasil := regexp_replace(hasil,
            '^((USTADZAH|USTADZ|USTADH|USTAD|USTZH|USTZ|UST|HAJJAH|HAJAH|HAJJI|HAJI|HJH|IBU|BAPAK|BP|SDRI|K\.? ?H\.)[. ]+)+(?=\S)', '');
    END IF;
    hasil := kpm_nama_normal(hasil);
    -- degrees without dots or comma, behind at least one whole word
    WHILE split_part(hasil, ' ', -1) IN (
        'SPD', 'SPDI', 'SAG', 'SSOS', 'SOS', 'SKOM', 'KOM', 'SKEP', 'SKM', 'SIP', 'STP', 'SHUT', 'SSI', 'SIKOM', 'SPI', 'SP',
        'SE', 'SH', 'SHI', 'ST', 'SST', 'AMD', 'AMK', 'AMKEB', 'AMA', 'MD', 'KEB', 'MPD', 'MSI', 'MKES', 'MM', 'MH', 'MT',
        'MAP', 'NERS', 'PDI')
    LOOP
        sisa := left(hasil, length(hasil) - length(split_part(hasil, ' ', -1)) - 1);
        EXIT WHEN sisa !~ '[A-Z]{3}';
        hasil := sisa;
    END LOOP;
    IF hasil ~ rangkap THEN
        hasil := replace(replace(replace(replace(replace(hasil, 'AA', 'A'), 'EE', 'E'), 'II', 'I'), 'OO', 'O'), 'UU', 'U');
        hasil := replace(replace(replace(replace(replace(replace(replace(hasil, 'BB', 'B'), 'CC', 'C'), 'DD', 'D'), 'FF', 'F'), 'GG', 'G'), 'HH', 'H'), 'KK', 'K');
        hasil := replace(replace(replace(replace(replace(replace(replace(hasil, 'LL', 'L'), 'MM', 'M'), 'NN', 'N'), 'PP', 'P'), 'RR', 'R'), 'SS', 'S'), 'TT', 'T');
        hasil := replace(replace(replace(replace(replace(replace(replace(hasil, 'JJ', 'J'), 'VV', 'V'), 'WW', 'W'), 'XX', 'X'), 'YY', 'Y'), 'ZZ', 'Z'), 'QQ', 'Q');
    END IF;
    IF hasil LIKE 'ST %' OR hasil LIKE 'STI %' THEN
        hasil := 'SITI ' || substr(hasil, strpos(hasil, ' ') + 1);
    END IF;
    IF strpos(hasil, ' BT') > 0 THEN
        hasil := regexp_replace(hasil, ' (BT|BTE|BTI) ', ' ');
    END IF;
    -- old spelling, and sounds that are written in two ways
    hasil := substr(replace(' ' || hasil, ' CHR', ' KR'), 2);
    hasil := replace(replace(replace(replace(replace(replace(replace(replace(replace(
        hasil, 'Q', 'K'), 'TJH', 'C'), 'TJ', 'C'), 'CHAND', 'CAND'), 'CHI', 'CI'), 'CHE', 'CE'), 'CH', 'KH'), 'KH', 'H'), 'DJ', 'J');
    hasil := replace(replace(replace(replace(replace(replace(replace(
        hasil, 'J', 'Y'), 'OE', 'U'), 'DZ', 'Z'), 'DH', 'D'), 'TH', 'T'), 'GH', 'G'), 'IYA', 'IA');
    hasil := replace(replace(replace(replace(replace(replace(replace(
        hasil, 'IYE', 'IE'), 'IYO', 'IO'), 'IYU', 'IU'), 'UWA', 'UA'), 'UWE', 'UE'), 'UWI', 'UI'), 'UWO', 'UO');
    IF strpos(hasil, 'ABD') > 0 THEN
        hasil := regexp_replace(regexp_replace(regexp_replace(
            hasil, '\mABDU?[RSNTDZ]?\M', 'ABDUL', 'g'), '\mABDU([RSNTDZ])(?=[AEIOUHY])', 'ABDUL \1', 'g'),
            '\mABDUL(?=[^ ]{4})', 'ABDUL ', 'g');
        hasil := replace(hasil, 'ABDUL ATI', 'ABDUL LATI');
    END IF;
    IF strpos(hasil, 'MUH') > 0 OR strpos(hasil, 'MOH') > 0 OR strpos(hasil, 'MHD') > 0 THEN
        hasil := regexp_replace(hasil,
            '\m(MUHAMED|MOHAMAD|MOHAMED|MUHAMAT|MOHAMAT|MUHMAD|MOHD|MUHD|MHD|MOH|MUH)\M', 'MUHAMAD', 'g');
    END IF;
    IF hasil ~ rangkap THEN
        hasil := replace(replace(replace(replace(replace(hasil, 'AA', 'A'), 'EE', 'E'), 'II', 'I'), 'OO', 'O'), 'UU', 'U');
        hasil := replace(replace(replace(replace(replace(replace(replace(hasil, 'BB', 'B'), 'CC', 'C'), 'DD', 'D'), 'FF', 'F'), 'GG', 'G'), 'HH', 'H'), 'KK', 'K');
        hasil := replace(replace(replace(replace(replace(replace(replace(hasil, 'LL', 'L'), 'MM', 'M'), 'NN', 'N'), 'PP', 'P'), 'RR', 'R'), 'SS', 'S'), 'TT', 'T');
        hasil := replace(replace(replace(replace(replace(replace(replace(hasil, 'JJ', 'J'), 'VV', 'V'), 'WW', 'W'), 'XX', 'X'), 'YY', 'Y'), 'ZZ', 'Z'), 'QQ', 'Q');
    END IF;
    RETURN hasil;
END
$$
