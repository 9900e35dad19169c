-- halaman_keluarga.sql: one family with its people, programmes and ranks. App.
-- Reads kpm_keluarga, kpm_anggota, kpm_kepesertaan, kpm_peringkat, spatial_wilayah.
SELECT k.*, w.nama, a.*,
       (SELECT array_agg(DISTINCT s.program_id) FROM kpm_kepesertaan AS s
        WHERE s.keluarga_id = k.id AND s.sumber_id = k.sumber_id),
       (SELECT max(p.persentil) FROM kpm_peringkat AS p WHERE p.keluarga_id = k.id)
FROM   kpm_keluarga AS k
JOIN   kpm_anggota AS a ON a.keluarga_id = k.id
JOIN   spatial_wilayah AS w ON w.kode = k.wilayah_id
WHERE  k.id = %(keluarga)s
