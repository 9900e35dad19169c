-- 20_kandidat.sql: the pairs people decide, with what is compared of the extract's row and its family.
-- App, inside the matcher's wall. Reads the engine's table, kpm_anggota, kpm_keluarga, padan_penduduk.
-- Writes padan_kandidat. Safe to run twice: one candidate a place, person and run.
-- kunci and sidik are keyed digests (HMAC-SHA256, %(dalam)s and %(luar)s are its padded key): from them nobody can
-- try out which NIK they stand for. kunci without a NIK names the row by name, birth date and No. KK.
INSERT INTO padan_kandidat (pencocokan_id, anggota_id, wilayah_id, jenis, urutan, skor, bobot, isi, kunci, sidik,
                            keadaan, catatan)
SELECT %(pencocokan)s, a.id, a.wilayah_id, s.jenis, s.urutan, s.skor, s.bobot::jsonb,
       jsonb_build_object(
           'nik', p.nik, 'no_kk', p.no_kk, 'nama', p.nama, 'tempat_lahir', p.tempat_lahir,
           'tanggal_lahir', p.tanggal_lahir, 'jenis_kelamin', p.jenis_kelamin, 'nama_ibu', p.nama_ibu,
           'wilayah_id', p.wilayah_id, 'keadaan', p.keadaan,
           'keluarga', CASE WHEN p.no_kk = '' THEN '[]'::jsonb ELSE coalesce((
               SELECT jsonb_agg(jsonb_build_object('nama', f.nama, 'hubungan', f.hubungan,
                                                   'tanggal_lahir', f.tanggal_lahir) ORDER BY f.tanggal_lahir, f.baris)
               FROM (SELECT nama, hubungan, tanggal_lahir, baris FROM padan_penduduk
                     WHERE ekstrak_id = %(ekstrak)s AND no_kk = p.no_kk AND id <> p.id
                     ORDER BY baris LIMIT 20) AS f), '[]'::jsonb) END),
       encode(sha256(%(luar)s || sha256(%(dalam)s || convert_to(
           CASE WHEN p.nik <> '' THEN p.nik
                ELSE concat_ws('|', p.nama_normal, p.tanggal_lahir, p.no_kk) END, 'UTF8'))), 'hex'),
       left(encode(sha256(%(luar)s || sha256(%(dalam)s || convert_to(jsonb_build_array(
           a.nik, k.no_kk, a.nama, a.tempat_lahir, a.tanggal_lahir, a.jenis_kelamin, a.nama_ibu, a.wilayah_id,
           p.nik, p.no_kk, p.nama, p.tempat_lahir, p.tanggal_lahir, p.jenis_kelamin, p.nama_ibu, p.wilayah_id,
           p.keadaan)::text, 'UTF8'))), 'hex'), 32)::uuid,
       'terbuka', ''
FROM   {kandidat} AS s
JOIN   kpm_anggota AS a ON a.id = s.anggota_id
JOIN   kpm_keluarga AS k ON k.id = a.keluarga_id
JOIN   padan_penduduk AS p ON p.id = s.penduduk_id AND p.ekstrak_id = %(ekstrak)s
ORDER  BY a.id, s.urutan
ON CONFLICT (pencocokan_id, anggota_id, urutan) DO NOTHING
