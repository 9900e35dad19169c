-- kpm_tanggal(text, bentuk): the date a cell of that form means, or NULL when the calendar has no such
-- day. Day before month, always. Never raises, so it may run in parallel workers.
CREATE OR REPLACE FUNCTION kpm_tanggal(tulisan text, bentuk text) RETURNS date
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    bagian text[];
    tahun int;
    bulan int;
    hari int;
    terakhir int;
BEGIN
    IF bentuk NOT IN ('dmy', 'ymd', 'nama', 'serial') THEN
        RETURN NULL;
    ELSIF bentuk = 'serial' THEN
        RETURN date '1899-12-30' + left(tulisan, 5)::int;
    END IF;
    bagian := string_to_array(translate(tulisan, '/. T', '----'), '-');
    IF bentuk = 'ymd' THEN
        tahun := bagian[1];
        bulan := bagian[2];
        hari := bagian[3];
    ELSE
        hari := bagian[1];
        tahun := bagian[3];
        bulan := CASE bentuk WHEN 'dmy' THEN bagian[2]::int ELSE
            CASE upper(left(bagian[2], 3))
                WHEN 'JAN' THEN 1 WHEN 'FEB' THEN 2 WHEN 'MAR' THEN 3 WHEN 'APR' THEN 4 WHEN 'MEI' THEN 5
                WHEN 'MAY' THEN 5 WHEN 'JUN' THEN 6 WHEN 'JUL' THEN 7 WHEN 'AGU' THEN 8 WHEN 'AGS' THEN 8
                WHEN 'AUG' THEN 8 WHEN 'SEP' THEN 9 WHEN 'OKT' THEN 10 WHEN 'OCT' THEN 10 WHEN 'NOV' THEN 11
                WHEN 'NOP' THEN 11 ELSE 12
            END
        END;
    END IF;
    terakhir := CASE
        WHEN bulan IN (4, 6, 9, 11) THEN 30
        WHEN bulan <> 2 THEN 31
        WHEN tahun % 4 = 0 AND (tahun % 100 <> 0 OR tahun % 400 = 0) THEN 29
        ELSE 28
    END;
    IF tahun = 0 OR bulan NOT BETWEEN 1 AND 12 OR hari NOT BETWEEN 1 AND terakhir THEN
        RETURN NULL;
    END IF;
    RETURN make_date(tahun, bulan, hari);
END
$$
