-- 00_makro.sql: how names, dates and numbers are compared, as macros.
-- padan_kunci is the short form of the SQL function padan_nama_kunci: it leaves what that has made as it is, and
-- knows no titles. It serves the exact step; people who go on to Splink bring the long form (jalan.match, keys).

-- one letter where two of a kind stand together
CREATE OR REPLACE MACRO padan_satu_huruf(t) AS {satu_huruf};

-- old spelling and sound, as padan_nama_kunci hears them; the old j is the y of today, so both are one
CREATE OR REPLACE MACRO padan_ejaan(t) AS {ejaan};

CREATE OR REPLACE MACRO padan_kunci_panjang(t) AS
    padan_satu_huruf(padan_satu_huruf(padan_ejaan(
        trim(regexp_replace(regexp_replace(upper(coalesce(t, '')), '[''`´‘’]', '', 'g'), '[^A-Z0-9]+', ' ', 'g')))));

-- half of all names, and all that are keys already, are told by one look and need none of it
CREATE OR REPLACE MACRO padan_kunci(t) AS CASE
    WHEN regexp_full_match(t, '[A-Z0-9]+( [A-Z0-9]+)*') AND NOT regexp_matches(t, '{perlu}') THEN t
    ELSE padan_kunci_panjang(t) END;

CREATE OR REPLACE MACRO padan_kata(kunci) AS list_sort(list_filter(string_split(kunci, ' '), lambda k: k <> ''));

-- two words: an initial stands for the word it begins
CREATE OR REPLACE MACRO padan_dua_kata(a, b) AS CASE
    WHEN a = b THEN 1.0
    WHEN least(length(a), length(b)) = 1 THEN CASE WHEN left(a, 1) = left(b, 1) THEN 0.9 ELSE 0.0 END
    ELSE jaro_winkler_similarity(a, b) END;

-- the worst of the shorter name's words, each beside the word of the longer name it fits best
CREATE OR REPLACE MACRO padan_kata_terburuk(pendek, panjang) AS
    list_min(list_transform(pendek, lambda x: list_max(list_transform(panjang, lambda y: padan_dua_kata(x, y)))));

CREATE OR REPLACE MACRO padan_kata_min(a, b) AS CASE
    WHEN len(a) = 0 OR len(b) = 0 THEN 0.0
    WHEN len(a) <= len(b) THEN padan_kata_terburuk(a, b) ELSE padan_kata_terburuk(b, a) END;

-- how like two names are, 0 to 1. A missing word costs a little, a differing one much: brothers share the other word.
-- wa, wb: their words, sorted.
CREATE OR REPLACE MACRO padan_mirip_kata(a, b, wa, wb) AS CASE
    WHEN a = '' OR b = '' THEN 0.0
    WHEN a = b OR replace(a, ' ', '') = replace(b, ' ', '') THEN 1.0
    WHEN len(wa) = len(wb) THEN
        (padan_kata_min(wa, wb)
         + greatest(jaro_winkler_similarity(a, b),
                    jaro_winkler_similarity(array_to_string(wa, ' '), array_to_string(wb, ' ')))) / 2
    ELSE greatest(0.93 * padan_kata_min(wa, wb),
                  0.97 * jaro_winkler_similarity(replace(a, ' ', ''), replace(b, ' ', ''))) END;

-- at most one slip of a finger apart. DuckDB's damerau_levenshtein takes 15 microseconds, so cheaper looks go first.
CREATE OR REPLACE MACRO padan_satu_beda(a, b) AS
    abs(length(a) - length(b)) <= 1 AND jaro_similarity(a, b) >= 0.7 AND damerau_levenshtein(a, b) <= 1;

-- the same for numbers and dates of one length
CREATE OR REPLACE MACRO padan_satu_angka(a, b) AS
    hamming(a, b) <= 1 OR (hamming(a, b) = 2 AND damerau_levenshtein(a, b) <= 1);

-- dates as text, YYYYMMDD: day and month may have changed places
CREATE OR REPLACE MACRO padan_tukar(a, b) AS
    left(a, 4) = left(b, 4) AND substr(a, 5, 2) = substr(b, 7, 2) AND substr(a, 7, 2) = substr(b, 5, 2);

-- how many of year, month and day agree
CREATE OR REPLACE MACRO padan_bagian_sama(a, b) AS
    (left(a, 4) = left(b, 4))::int + (substr(a, 5, 2) = substr(b, 5, 2))::int + (substr(a, 7, 2) = substr(b, 7, 2))::int;

CREATE OR REPLACE MACRO padan_tahun_jarak(a, b) AS abs(left(a, 4)::int - left(b, 4)::int);

CREATE OR REPLACE MACRO padan_beda_lahir(a, b) AS CASE
    WHEN a = b THEN 'sama'
    WHEN padan_tukar(a, b) OR padan_satu_angka(a, b) THEN 'slip'
    WHEN left(a, 4) = left(b, 4) AND (right(a, 4) = '0101' OR right(b, 4) = '0101') THEN 'tahun'
    WHEN padan_bagian_sama(a, b) = 2 THEN 'dua'
    WHEN padan_tahun_jarak(a, b) <= 1 THEN 'dekat'
    ELSE 'lain' END;
