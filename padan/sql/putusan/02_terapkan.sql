-- 02_terapkan.sql: a pair that somebody decided, and whose both sides look as they did then, is decided again.
-- App. Reads padan_putusan. Writes padan_kandidat. Safe to run twice: only what waits is written.
UPDATE padan_kandidat AS k
SET    keadaan = CASE p.hasil WHEN 'terima' THEN 'diterima' WHEN 'tolak' THEN 'ditolak' ELSE 'ragu' END,
       putusan_id = p.id, catatan = ''
FROM   padan_putusan AS p
WHERE  k.pencocokan_id = %(pencocokan)s
AND    k.keadaan = 'terbuka'
AND    p.anggota_id = k.anggota_id
AND    p.kunci = k.kunci
AND    p.sidik = k.sidik
AND    p.dibatalkan IS NULL
