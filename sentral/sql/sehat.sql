-- sehat.sql: how the long work stands, in one row of counts and times. No person, no owner.
-- Reads jobs_job, kpm_impor. Writes nothing.
SELECT count(*) FILTER (WHERE keadaan = 'menunggu')                         AS menunggu,
       min(dibuat) FILTER (WHERE keadaan = 'menunggu')                      AS tertua,
       count(*) FILTER (WHERE keadaan = 'berjalan')                         AS berjalan,
       count(*) FILTER (WHERE keadaan = 'karantina' AND berakhir > now() - interval '7 days') AS karantina,
       max(detak) FILTER (WHERE keadaan = 'berjalan')                       AS detak,
       (SELECT count(*) FROM kpm_impor
        WHERE  tolak_berkas <> '' AND tolak_kedaluwarsa > now())            AS berkas,
       (SELECT min(tolak_kedaluwarsa) FROM kpm_impor
        WHERE  tolak_berkas <> '' AND tolak_kedaluwarsa > now())            AS berkas_habis,
       (SELECT count(*) FROM kpm_impor
        WHERE  tolak_berkas <> '' AND tolak_kedaluwarsa < now() - interval '3 hours') AS berkas_lewat
FROM   jobs_job
