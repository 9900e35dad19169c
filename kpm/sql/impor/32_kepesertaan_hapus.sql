-- 32_kepesertaan_hapus.sql: programmes that step 19 found to go: a no where an earlier file of this sumber said yes.
-- App. Reads impor_program_beda, impor_hasil. Writes kpm_kepesertaan (each row kept in its history).
-- After step 28: whoever changes his KK has taken his programmes along.
DELETE FROM kpm_kepesertaan AS t
USING impor_program_beda AS b
JOIN  impor_hasil AS h USING (baris)
JOIN  unnest(%(program)s::text[], %(program_bit)s::int[]) AS g (kode, bit) ON b.kurang & g.bit <> 0
WHERE t.keluarga_id = h.keluarga_id AND t.anggota_id = h.anggota_id AND t.program_id = g.kode
AND   t.sumber_id = %(sumber)s
