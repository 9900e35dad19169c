-- halaman_cari.sql: the families with a person of this name, as one statement. App.
-- Reads kpm_anggota, kpm_keluarga, kpm_peringkat, kpm_kepesertaan, spatial_wilayah.
SELECT k.id, a.nama, a.nik, a.nik_status, w.nama, c.nama, k.diubah,
       (SELECT count(*) FROM kpm_anggota AS b WHERE b.keluarga_id = k.id),
       (SELECT max(p.persentil) FROM kpm_peringkat AS p WHERE p.keluarga_id = k.id),
       (SELECT array_agg(DISTINCT s.program_id) FROM kpm_kepesertaan AS s
        WHERE s.keluarga_id = k.id AND s.sumber_id = k.sumber_id)
FROM   kpm_anggota AS a
JOIN   kpm_keluarga AS k ON k.id = a.keluarga_id
JOIN   spatial_wilayah AS w ON w.kode = k.wilayah_id
JOIN   spatial_wilayah AS c ON c.kode = w.induk_id
WHERE  a.nama_normal = upper(%(nama)s) AND k.status = 'aktif'
AND    a.wilayah_id >= %(kode)s AND a.wilayah_id < %(kode)s || ':' COLLATE "C"
ORDER  BY a.nama_normal, a.id
LIMIT  15
