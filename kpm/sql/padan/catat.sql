-- catat.sql: the results of one match -> the anggota they speak of.
-- App, through the walls of who runs it. Reads {tabel} (pencocokan_id, anggota_id, hasil). Writes kpm_anggota.
-- A result on older data of the registry leaves a newer one alone. Equal ones are left alone too, so it may run twice.
UPDATE kpm_anggota AS a
SET    padan_hasil = h.hasil, padan_tanggal = %(tanggal)s, padan_ekstrak = %(ekstrak)s
FROM   {tabel} AS h
WHERE  h.pencocokan_id = %(pencocokan)s
AND    a.id = h.anggota_id
AND    coalesce(a.padan_tanggal, '-infinity') <= %(tanggal)s
AND    (a.padan_hasil, a.padan_tanggal, a.padan_ekstrak)
       IS DISTINCT FROM (h.hasil, %(tanggal)s::date, %(ekstrak)s::bigint)
