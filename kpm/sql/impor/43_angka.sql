-- 43_angka.sql: the sums of an import: rows, keluarga and persons by what became of them.
-- App. Reads impor_hasil, impor_kk, impor_keluarga_beda, impor_anggota_beda, impor_ikut.
-- anggota_luar: of the changed persons those whom no row names.
SELECT (SELECT count(*) FROM impor_hasil) AS dibaca,
       (SELECT count(*) FROM impor_hasil WHERE tolak = 0) AS diterapkan,
       (SELECT count(*) FROM impor_hasil WHERE tolak <> 0) AS ditolak,
       (SELECT count(*) FROM impor_hasil WHERE tolak = 0 AND catatan & %(CATATAN_MASK)s <> 0) AS bercatatan,
       (SELECT count(*) FROM impor_kk WHERE NOT beda_desa) AS keluarga,
       (SELECT count(*) FROM impor_kk WHERE NOT beda_desa AND baru) AS keluarga_baru,
       (SELECT count(*) FROM impor_keluarga_beda WHERE isi) AS keluarga_berubah,
       (SELECT count(*) FROM impor_hasil WHERE baru) AS anggota_baru,
       (SELECT count(*) FROM impor_anggota_beda WHERE isi) + (SELECT count(*) FROM impor_ikut) AS anggota_berubah,
       (SELECT count(*) FROM impor_ikut WHERE NOT disebut) AS anggota_luar
