-- 14a_desa.sql: who stays in a keluarga that other rows of the file move is in its new village as well.
-- App. Reads impor_keluarga_beda. Writes impor_hasil.
UPDATE impor_hasil AS h
SET    wilayah_id = b.wilayah_id
FROM   impor_keluarga_beda AS b
WHERE  b.pindah_desa AND h.keluarga_id = b.id AND h.tolak = 0 AND h.wilayah_id IS DISTINCT FROM b.wilayah_id
