-- 03_hapus.sql: who stands twice no more leaves. App. Reads ganda_hitung. Writes kpm_ganda.
-- After a change by hand only groups of %(kelompok)s, and those counted now, are looked at.
DELETE FROM kpm_ganda AS t
WHERE (%(semua)s OR t.kelompok = ANY (%(kelompok)s::bigint[]) OR t.kunci IN (SELECT kunci FROM ganda_hitung))
AND   NOT EXISTS (SELECT FROM ganda_hitung AS h WHERE h.kunci = t.kunci AND h.anggota_id = t.anggota_id)
