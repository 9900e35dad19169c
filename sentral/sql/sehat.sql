-- sehat.sql: how the long work stands, in one row of counts and times. No person, no owner.
-- Files with a time: reject workbooks, exports, slips. A slip's row outlives its file, so for slips the names
-- of the files that are there come in as :slip. Reads jobs_job, jobs_ekspor, kpm_impor, sentral_slip. Writes nothing.
WITH berkas AS (
    SELECT tolak_kedaluwarsa AS habis FROM kpm_impor WHERE tolak_berkas <> ''
    UNION ALL
    SELECT kedaluwarsa FROM jobs_ekspor WHERE keadaan = 'siap'
    UNION ALL
    SELECT kedaluwarsa FROM sentral_slip WHERE berkas = ANY (%(slip)s::text[])
)
SELECT count(*) FILTER (WHERE keadaan = 'menunggu')                         AS menunggu,
       min(dibuat) FILTER (WHERE keadaan = 'menunggu')                      AS tertua,
       count(*) FILTER (WHERE keadaan = 'berjalan')                         AS berjalan,
       count(*) FILTER (WHERE keadaan = 'karantina' AND berakhir > now() - interval '7 days') AS karantina,
       max(detak) FILTER (WHERE keadaan = 'berjalan')                       AS detak,
       (SELECT count(*) FROM berkas WHERE habis > now())                    AS berkas,
       (SELECT min(habis) FROM berkas WHERE habis > now())                  AS berkas_habis,
       (SELECT count(*) FROM berkas WHERE habis < now() - interval '3 hours') AS berkas_lewat
FROM   jobs_job
