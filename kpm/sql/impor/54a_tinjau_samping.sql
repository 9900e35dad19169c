-- 54a_tinjau_samping.sql: how many programmes would be added and taken, and how many ranks written; how many keluarga
-- and persons nothing else would happen to; of how many of these this source said something else before; and how many
-- persons would lose a programme that is in force, since the new list of their keluarga says no (lepas).
-- App. Reads impor_program_beda, impor_peringkat_beda, impor_jawaban_beda, impor_anggota_beda, {tinjau_keluarga},
-- {tinjau_anggota}, {periksa}, kpm_keluarga, kpm_kepesertaan. The report of the applying has the first three from steps
-- 31 to 33. The first word of a new source contradicts nothing but a programme in force: that counts under the newest
-- list of its keluarga alone, so a no ends it though no row goes. Nor does an answer contradict where there was none.
WITH lepas AS MATERIALIZED (
    SELECT DISTINCT t.baris, t.golongan
    FROM {tinjau_anggota} AS t
    JOIN impor_keluarga_beda AS b ON b.id = t.keluarga_id AND b.sumber_baru
    JOIN kpm_keluarga AS k ON k.id = b.id
    JOIN {periksa} AS p ON p.baris = t.baris AND p.program_tidak <> 0
    JOIN kpm_kepesertaan AS s ON s.keluarga_id = k.id AND s.sumber_id = k.sumber_id AND s.anggota_id = t.anggota_id
    JOIN unnest(%(program)s::text[], %(program_bit)s::int[]) AS g (kode, bit)
         ON g.kode = s.program_id AND p.program_tidak & g.bit <> 0
    WHERE t.golongan IN ('tetap', 'berubah')
),
lain AS (
    SELECT t.keluarga_id
    FROM {tinjau_keluarga} AS t
    JOIN impor_peringkat_beda AS b USING (kunci)
    WHERE t.golongan = 'tetap' AND coalesce(b.desil_dulu, b.persentil_dulu, b.peringkat_dulu) IS NOT NULL
    UNION
    SELECT t.keluarga_id
    FROM {tinjau_keluarga} AS t
    JOIN impor_jawaban_beda AS j USING (keluarga_id)
    WHERE t.golongan = 'tetap' AND j.dulu IS NOT NULL
),
lain_orang AS (
    SELECT t.baris
    FROM {tinjau_anggota} AS t
    JOIN impor_program_beda AS b USING (baris)
    LEFT JOIN impor_anggota_beda AS a ON a.id = t.anggota_id AND a.sumber_baru
    WHERE t.golongan = 'tetap' AND a.id IS NULL
    UNION
    SELECT baris FROM lepas WHERE golongan = 'tetap'
    UNION
    SELECT t.baris
    FROM {tinjau_anggota} AS t
    JOIN impor_jawaban_beda AS j USING (baris)
    WHERE t.golongan = 'tetap' AND j.dulu IS NOT NULL
)
SELECT coalesce(sum(bit_count(tambah::bit(16))), 0), coalesce(sum(bit_count(kurang::bit(16))), 0),
       (SELECT count(*) FROM impor_peringkat_beda),
       (SELECT count(*) FROM {tinjau_keluarga} WHERE golongan = 'tetap' AND samping IS NOT NULL),
       (SELECT count(*) FROM {tinjau_anggota} WHERE golongan = 'tetap' AND samping IS NOT NULL),
       (SELECT count(*) FROM lain),
       (SELECT count(*) FROM lain_orang),
       (SELECT count(*) FROM lepas)
FROM impor_program_beda
