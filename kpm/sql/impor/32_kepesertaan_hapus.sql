-- 32_kepesertaan_hapus.sql: a no in a bansos column takes away what an earlier file of this sumber gave.
-- App. Reads impor_hasil, {periksa}. Writes kpm_kepesertaan (each row kept in its history).
DELETE FROM kpm_kepesertaan AS t
USING impor_hasil AS h
JOIN  {periksa} AS p USING (baris)
JOIN  unnest(%(program)s::text[], %(program_bit)s::int[]) AS g (kode, bit) ON p.program_tidak & g.bit <> 0
WHERE %(tulis_program)s AND h.tolak = 0 AND NOT h.baru AND NOT h.lama
AND   t.keluarga_id = h.keluarga_id AND t.anggota_id = h.anggota_id AND t.program_id = g.kode
AND   t.sumber_id = %(sumber)s
