-- 18_ikut.sql: members who follow their keluarga to its new village, without a change of their own in the file.
-- App. Reads impor_keluarga_beda, impor_anggota_beda, impor_hasil, kpm_anggota. Writes the temporary table impor_ikut.
-- disebut: a row of the file names them all the same. Step 27 moves them.
CREATE TEMPORARY TABLE impor_ikut ON COMMIT DROP AS
SELECT a.id, a.keluarga_id, a.wilayah_id AS dari, b.wilayah_id,
       a.id IN (SELECT anggota_id FROM impor_hasil WHERE tolak = 0 AND NOT baru) AS disebut
FROM   impor_keluarga_beda AS b
JOIN   kpm_anggota AS a ON a.keluarga_id = b.id AND a.wilayah_id IS DISTINCT FROM b.wilayah_id
WHERE  a.id NOT IN (SELECT id FROM impor_anggota_beda WHERE isi)
