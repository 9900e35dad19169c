-- 27_ikut_pindah.sql: members whom the file does not name follow their keluarga to its new village.
-- App. Reads impor_keluarga_beda, kpm_keluarga. Writes kpm_anggota.
UPDATE kpm_anggota AS t
SET    wilayah_id = b.wilayah_id, job_ubah_id = %(job)s, diubah = now()
FROM   impor_keluarga_beda AS b
WHERE  t.keluarga_id = b.id AND t.wilayah_id IS DISTINCT FROM b.wilayah_id
