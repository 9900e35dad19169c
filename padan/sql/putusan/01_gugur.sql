-- 01_gugur.sql: pairs of earlier runs that still wait, of people whom this run has looked at anew, wait no longer.
-- App. Reads padan_hasil. Writes padan_kandidat. Safe to run twice: then nothing waits any more.
UPDATE padan_kandidat AS k
SET    keadaan = 'gugur', dipegang_oleh_id = NULL, dipegang_sampai = NULL,
       catatan = 'Digantikan pencocokan yang lebih baru.'
FROM   padan_hasil AS h
WHERE  h.pencocokan_id = %(pencocokan)s
AND    h.anggota_id = k.anggota_id
AND    k.pencocokan_id <> %(pencocokan)s
AND    k.keadaan = 'terbuka'
