-- 03_kembali.sql: a pair that was decided while a side of it looked otherwise is asked about again, with a note.
-- App. Reads padan_putusan. Writes padan_kandidat. Safe to run twice: the same note is written.
-- Of a NIK that several rows of the extract have, each is a pair of its own: what decided one of them says nothing here.
UPDATE padan_kandidat AS k
SET    catatan = format(
           'Pernah diputuskan %%s pada %%s %%s %%s. Datanya berubah sejak itu.',
           CASE p.hasil WHEN 'terima' THEN 'orang yang sama' WHEN 'tolak' THEN 'orang lain'
                        ELSE 'belum dapat dipastikan' END,
           extract(day FROM p.pada),
           (ARRAY['Jan', 'Feb', 'Mar', 'Apr', 'Mei', 'Jun', 'Jul', 'Agu', 'Sep', 'Okt', 'Nov', 'Des'])
               [extract(month FROM p.pada)::int],
           extract(year FROM p.pada))
FROM (
    SELECT DISTINCT ON (d.anggota_id, d.kunci) d.anggota_id, d.kunci, d.hasil, d.dibuat AT TIME ZONE %(zona)s AS pada
    FROM   padan_putusan AS d
    WHERE  d.dibatalkan IS NULL
    AND    NOT EXISTS (
        SELECT FROM padan_kandidat AS n WHERE n.putusan_id = d.id AND n.pencocokan_id = %(pencocokan)s)
    ORDER BY d.anggota_id, d.kunci, d.id DESC
) AS p
WHERE  k.pencocokan_id = %(pencocokan)s
AND    k.keadaan = 'terbuka'
AND    p.anggota_id = k.anggota_id
AND    p.kunci = k.kunci
