-- 30_jawaban_pindah.sql: answers follow their keluarga to its new village.
-- App. Reads impor_keluarga_beda. Writes kpm_jawabankeluarga.
UPDATE kpm_jawabankeluarga AS t
SET    wilayah_id = b.wilayah_id
FROM   impor_keluarga_beda AS b
WHERE  b.isi AND t.keluarga_id = b.id AND t.wilayah_id IS DISTINCT FROM b.wilayah_id
