-- 10_hasil.sql: what the engine found, as dated results of one run.
-- App. Reads the engine's table, kpm_anggota. Writes padan_hasil. Whoever left the register meanwhile gets none.
-- Safe to run twice: one result a person and run.
INSERT INTO padan_hasil (pencocokan_id, ekstrak_id, anggota_id, keluarga_id, wilayah_id, hasil, kk_sesuai,
                         wilayah_sesuai, skor, alasan, tanggal)
SELECT %(pencocokan)s, %(ekstrak)s, a.id, a.keluarga_id, a.wilayah_id, s.hasil, s.kk_sesuai,
       s.wilayah_sesuai, s.skor, string_to_array(s.alasan, ','), %(tanggal)s
FROM   {hasil} AS s
JOIN   kpm_anggota AS a ON a.id = s.anggota_id
ORDER  BY a.id
ON CONFLICT (pencocokan_id, anggota_id) DO NOTHING
