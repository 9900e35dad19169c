-- 19_program_beda.sql: who joins or leaves a programme of this sumber: what steps 31 and 32 write and take.
-- App. Reads impor_hasil, impor_anggota_beda, {periksa}, kpm_kepesertaan. Writes the temporary table impor_program_beda.
-- tambah, kurang: programmes as bits, one row per person. Whoever changes his KK takes his programmes along (step 28).
CREATE TEMPORARY TABLE impor_program_beda ON COMMIT DROP AS
SELECT h.baris, q.tambah, q.kurang
FROM impor_hasil AS h
JOIN {periksa} AS p USING (baris)
LEFT JOIN (
    SELECT x.baris, bit_or(g.bit) AS bit
    FROM impor_hasil AS x
    LEFT JOIN impor_anggota_beda AS b ON b.id = x.anggota_id AND b.pindah_kk
    JOIN kpm_kepesertaan AS s
         ON s.anggota_id = x.anggota_id AND (s.keluarga_id = x.keluarga_id OR b.id IS NOT NULL)
    JOIN unnest(%(program)s::text[], %(program_bit)s::int[]) AS g (kode, bit) ON g.kode = s.program_id
    WHERE x.tolak = 0 AND NOT x.baru AND NOT x.lama AND s.sumber_id = %(sumber)s
    GROUP BY x.baris
) AS ada USING (baris)
CROSS JOIN LATERAL (
    SELECT p.program_ya & ~coalesce(ada.bit, 0) AS tambah, p.program_tidak & coalesce(ada.bit, 0) AS kurang
) AS q
WHERE h.tolak = 0 AND NOT h.lama AND (h.baru OR %(tulis_program)s) AND p.program_ya | p.program_tidak <> 0 AND q.tambah | q.kurang <> 0
