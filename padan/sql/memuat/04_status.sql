-- 04_status.sql: the distinct states of an extract, as written -> Penduduk.Keadaan.
-- Loader. Reads {mentah}. Writes {status}. Words of SIAK lists and of the web service; of the database's numbers
-- STAT_HIDUP 2 is dead, and FLAG_STATUS other than 0 is not in use, whatever the reason.
CREATE UNLOGGED TABLE {status} AS
SELECT status, flag, respon,
       CASE
           WHEN kata ~ '\m(MENINGGAL|WAFAT|MATI|ALMARHUM|ALMARHUMAH)\M' OR status ~ '^ *0?2([.]0+)? *$' THEN 'meninggal'
           WHEN kata ~ '\m(GANDA|DUPLIKAT)\M' THEN 'ganda'
           WHEN kata ~ '\mPINDAH\M' THEN 'pindah'
           WHEN kata ~ '\m(NON ?-?AKTIF|(TIDAK|TDK|BELUM) (AKTIF|VALID|REKAM)|BLOKIR|DIBLOKIR)\M' OR flag ~ '^ *0?[1-9]'
               THEN 'nonaktif'
           WHEN kata ~ '\m(HIDUP|AKTIF|VALID)\M' OR kata ~ '\mDITEMUKAN\M' AND kata !~ '\mTIDAK DITEMUKAN\M'
             OR status ~ '^ *0?1([.]0+)? *$' OR flag ~ '^ *0([.]0+)? *$' THEN 'hidup'
           ELSE ''
       END AS keadaan
FROM (
    SELECT *, upper(concat_ws(' ', status, flag, respon)) AS kata
    FROM (
        SELECT DISTINCT coalesce({status_tulis}, '') AS status, coalesce({flag}, '') AS flag,
               coalesce({respon}, '') AS respon
        FROM {mentah}
    ) AS d
) AS k
