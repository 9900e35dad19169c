-- 30a_jawaban_ikut.sql: answers follow their person, who moved with the keluarga or to another one.
-- App. Reads kpm_anggota, impor_anggota_beda, impor_keluarga_beda. Writes kpm_jawabananggota.
UPDATE kpm_jawabananggota AS t
SET    wilayah_id = a.wilayah_id
FROM   kpm_anggota AS a
WHERE  a.id = t.anggota_id AND t.wilayah_id IS DISTINCT FROM a.wilayah_id
AND    a.id IN (
    SELECT id FROM impor_anggota_beda WHERE isi
    UNION ALL
    SELECT m.id FROM impor_keluarga_beda AS b JOIN kpm_anggota AS m ON m.keluarga_id = b.id WHERE b.isi
)
