-- 27_ikut_pindah.sql: members whom the file does not name follow their keluarga to its new village.
-- App. Reads impor_ikut. Writes kpm_anggota.
UPDATE kpm_anggota AS t
SET    wilayah_id = i.wilayah_id, job_ubah_id = %(job)s, diubah = now()
FROM   impor_ikut AS i
WHERE  t.id = i.id
