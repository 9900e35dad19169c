-- 28_kepesertaan_pindah.sql: programmes follow their person to another KK, and their keluarga to another village.
-- App. Reads kpm_anggota, kpm_keluarga, impor_anggota_beda, impor_keluarga_beda. Writes kpm_kepesertaan.
UPDATE kpm_kepesertaan AS t
SET    keluarga_id = tujuan.keluarga_id, wilayah_id = tujuan.wilayah_id
FROM (
    SELECT s.id, k.id AS keluarga_id, k.wilayah_id
    FROM kpm_kepesertaan AS s
    JOIN impor_anggota_beda AS b ON b.id = s.anggota_id AND b.pindah_kk
    JOIN kpm_keluarga AS k ON k.id = b.keluarga_id
    UNION
    SELECT s.id, k.id, k.wilayah_id
    FROM kpm_kepesertaan AS s
    JOIN impor_keluarga_beda AS b ON b.id = s.keluarga_id AND b.isi
    JOIN kpm_keluarga AS k ON k.id = b.id
    WHERE NOT EXISTS (SELECT FROM impor_anggota_beda AS o WHERE o.id = s.anggota_id AND o.pindah_kk)
) AS tujuan
WHERE t.id = tujuan.id
AND   (t.keluarga_id, t.wilayah_id) IS DISTINCT FROM (tujuan.keluarga_id, tujuan.wilayah_id)
