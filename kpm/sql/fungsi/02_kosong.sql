-- kpm_kosong(text): true when a tidied cell is one of the ways to write "nothing".
-- A plain list in the spellings seen: a hashed look-up, where upper() would cost more than the rest.
CREATE OR REPLACE FUNCTION kpm_kosong(tulisan text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT tulisan IN (
        '-', '--', '---', '.', 'NULL', 'Null', 'null', '(NULL)', '(null)', 'NN', 'nn', 'N/A', 'n/a', '#N/A',
        'NAN', 'NaN', 'nan', 'TDK TH', 'Tdk Th', 'tdk th', 'TDK TAHU', 'Tdk Tahu', 'tdk tahu',
        'TIDAK TAHU', 'Tidak Tahu', 'tidak tahu', 'TDK ADA', 'Tdk Ada', 'tdk ada',
        'TIDAK ADA', 'Tidak Ada', 'tidak ada', 'TIDAK VALID', 'Tidak Valid', 'tidak valid')
$$
