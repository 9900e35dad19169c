-- 31_kepesertaan_baru.sql: programmes that step 19 found to come -> kpm_kepesertaan of this sumber.
-- App. Reads impor_program_beda, impor_hasil. Writes kpm_kepesertaan.
INSERT INTO kpm_kepesertaan (program_id, keluarga_id, anggota_id, sumber_id, wilayah_id, job_id, dibuat)
SELECT g.kode, h.keluarga_id, h.anggota_id, %(sumber)s, h.wilayah_id, %(job)s, now()
FROM impor_program_beda AS b
JOIN impor_hasil AS h USING (baris)
JOIN unnest(%(program)s::text[], %(program_bit)s::int[]) AS g (kode, bit) ON b.tambah & g.bit <> 0
