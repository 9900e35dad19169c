-- 04_lain.sql: of whom one candidate is accepted, the others wait no longer.
-- App. Writes padan_kandidat. Safe to run twice: then nothing of theirs waits any more.
UPDATE padan_kandidat AS k
SET    keadaan = 'gugur', catatan = %(catatan)s
FROM   padan_kandidat AS t
WHERE  t.pencocokan_id = %(pencocokan)s
AND    t.keadaan = 'diterima'
AND    k.pencocokan_id = t.pencocokan_id
AND    k.anggota_id = t.anggota_id
AND    k.keadaan = 'terbuka'
