-- halaman_peta.sql: families and families in PKH of each village. App.
-- Reads kpm_keluarga, kpm_kepesertaan.
SELECT k.wilayah_id, count(*), count(s.keluarga_id)
FROM   kpm_keluarga AS k
LEFT   JOIN (SELECT DISTINCT keluarga_id, sumber_id FROM kpm_kepesertaan
             WHERE program_id = 'PKH' AND wilayah_id >= %(kode)s AND wilayah_id < %(kode)s || ':' COLLATE "C") AS s
       ON s.keluarga_id = k.id AND s.sumber_id = k.sumber_id
WHERE  k.status = 'aktif' AND k.wilayah_id >= %(kode)s AND k.wilayah_id < %(kode)s || ':' COLLATE "C"
GROUP  BY k.wilayah_id
