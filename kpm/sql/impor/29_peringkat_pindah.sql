-- 29_peringkat_pindah.sql: ranks follow their keluarga to its new village.
-- App. Reads impor_keluarga_beda. Writes kpm_peringkat.
UPDATE kpm_peringkat AS t
SET    wilayah_id = b.wilayah_id
FROM   impor_keluarga_beda AS b
WHERE  t.keluarga_id = b.id AND t.wilayah_id IS DISTINCT FROM b.wilayah_id
