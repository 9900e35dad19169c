-- 31_kepesertaan_baru.sql: a yes in a bansos column -> kpm_kepesertaan of this sumber, once.
-- App. Reads impor_hasil, {periksa}, kpm_kepesertaan. Writes kpm_kepesertaan.
INSERT INTO kpm_kepesertaan (program_id, keluarga_id, anggota_id, sumber_id, wilayah_id, job_id, dibuat)
SELECT g.kode, h.keluarga_id, h.anggota_id, %(sumber)s, h.wilayah_id, %(job)s, now()
FROM impor_hasil AS h
JOIN {periksa} AS p USING (baris)
JOIN unnest(%(program)s::text[], %(program_bit)s::int[]) AS g (kode, bit) ON p.program_ya & g.bit <> 0
WHERE h.tolak = 0 AND NOT h.lama
AND   (h.baru OR %(tulis_program)s AND NOT EXISTS (
           SELECT FROM kpm_kepesertaan AS ada
           WHERE ada.keluarga_id = h.keluarga_id AND ada.anggota_id = h.anggota_id
           AND   ada.program_id = g.kode AND ada.sumber_id = %(sumber)s))
