-- 54a_tinjau_samping.sql: how many programmes would be added and taken, and how many ranks written; and how many keluarga
-- and persons nothing else would happen to.
-- App. Reads impor_program_beda, impor_peringkat_beda, {tinjau_keluarga}, {tinjau_anggota}. The report of the applying
-- has the first three from steps 31 to 33.
SELECT coalesce(sum(bit_count(tambah::bit(16))), 0), coalesce(sum(bit_count(kurang::bit(16))), 0),
       (SELECT count(*) FROM impor_peringkat_beda),
       (SELECT count(*) FROM {tinjau_keluarga} WHERE golongan = 'tetap' AND samping IS NOT NULL),
       (SELECT count(*) FROM {tinjau_anggota} WHERE golongan = 'tetap' AND samping IS NOT NULL)
FROM impor_program_beda
