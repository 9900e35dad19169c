-- 54_tinjau_aktif.sql: how many keluarga and persons are on the list today in the villages of the file and in those its
-- people come from, how many of them would leave, and how many of these out of a keluarga that stays.
-- App. Reads {tinjau_anggota}, impor_keluarga_beda, impor_anggota_beda, impor_hilang, impor_hilang_orang, kpm_keluarga, kpm_anggota.
WITH desa AS (
    SELECT wilayah_id FROM {tinjau_anggota} WHERE golongan IN ('baru', 'berubah', 'tetap')
    UNION
    SELECT k.wilayah_id FROM impor_keluarga_beda AS b JOIN kpm_keluarga AS k ON k.id = b.id
    WHERE k.wilayah_id <> b.wilayah_id
    UNION
    SELECT a.wilayah_id FROM impor_anggota_beda AS b JOIN kpm_anggota AS a ON a.id = b.id
    WHERE a.wilayah_id <> b.wilayah_id
),
keluar AS (
    SELECT id FROM impor_hilang WHERE NOT ditahan AND %(hilang_keluar)s
),
sendiri AS (
    SELECT count(*) AS orang FROM impor_hilang_orang WHERE NOT ditahan AND NOT kepala_saja AND %(hilang_anggota_keluar)s
)
SELECT (SELECT count(*) FROM kpm_keluarga WHERE status = 'aktif' AND wilayah_id IN (SELECT wilayah_id FROM desa)),
       (SELECT count(*) FROM kpm_anggota AS a JOIN kpm_keluarga AS k ON k.id = a.keluarga_id
        WHERE a.status = 'aktif' AND k.status = 'aktif' AND a.wilayah_id IN (SELECT wilayah_id FROM desa)),
       (SELECT count(*) FROM keluar),
       (SELECT count(*) FROM kpm_anggota AS a JOIN keluar ON keluar.id = a.keluarga_id WHERE a.status = 'aktif') + orang,
       orang
FROM sendiri
