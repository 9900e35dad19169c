-- 51_tinjau_keluarga.sql: what would become of every keluarga that the file names or leaves out -> the preview.
-- App. Reads impor_kk, impor_keluarga_beda, impor_peringkat_beda, impor_jawaban_beda, impor_hilang, kpm_keluarga.
-- Writes {tinjau_keluarga}, no register. ubah: per field that changes [before, after]; samping: the same of its ranks in
-- this sumber, which are rows of their own and make nobody berubah; its answers as {questionnaire: [before, after]}.
-- A keluarga that a row speaks for in its answers alone (HANYA_JAWABAN) has a line when they change.
INSERT INTO {tinjau_keluarga} (kunci, baris, wilayah_id, golongan, keluarga_id, catatan, ubah, ditahan, samping)
WITH jawaban AS (
    SELECT keluarga_id AS id, jsonb_build_object('jawaban', jsonb_object_agg(instrumen, jsonb_build_array(dulu, kini))) AS isi
    FROM impor_jawaban_beda
    WHERE keluarga_id IS NOT NULL AND NOT baru
    GROUP BY keluarga_id
)
SELECT k.kunci, k.wakil, k.wilayah_id, CASE WHEN k.baru THEN 'baru' WHEN b.isi THEN 'berubah' ELSE 'tetap' END,
       CASE WHEN NOT k.baru THEN k.id END, k.catatan,
       CASE WHEN b.isi THEN jsonb_strip_nulls(jsonb_build_object(
           'alamat', CASE WHEN t.alamat IS DISTINCT FROM b.alamat THEN jsonb_build_array(t.alamat, b.alamat) END,
           'dusun', CASE WHEN t.dusun IS DISTINCT FROM b.dusun THEN jsonb_build_array(t.dusun, b.dusun) END,
           'rt', CASE WHEN t.rt IS DISTINCT FROM b.rt THEN jsonb_build_array(t.rt, b.rt) END,
           'rw', CASE WHEN t.rw IS DISTINCT FROM b.rw THEN jsonb_build_array(t.rw, b.rw) END,
           'wilayah', CASE WHEN t.wilayah_id IS DISTINCT FROM b.wilayah_id
               THEN jsonb_build_array(t.wilayah_id, b.wilayah_id) END,
           'no_kk', CASE WHEN t.no_kk IS DISTINCT FROM b.no_kk THEN jsonb_build_array(t.no_kk, b.no_kk) END,
           'id_keluarga', CASE WHEN t.id_keluarga IS DISTINCT FROM b.id_keluarga
               THEN jsonb_build_array(t.id_keluarga, b.id_keluarga) END,
           'titik', CASE WHEN b.titik IS NOT NULL THEN jsonb_build_array(
               concat_ws(', ', round(ST_Y(t.titik)::numeric, 5), round(ST_X(t.titik)::numeric, 5)),
               concat_ws(', ', round(ST_Y(b.titik)::numeric, 5), round(ST_X(b.titik)::numeric, 5))) END,
           'status', CASE WHEN t.status IS DISTINCT FROM b.status
               THEN jsonb_build_array(t.status, b.status) END)) END,
       nullif(b.ditahan, '{{}}'),
       nullif(coalesce(j.isi, '{{}}') || CASE WHEN r.kunci IS NULL THEN '{{}}' ELSE jsonb_strip_nulls(jsonb_build_object(
           'desil', CASE WHEN r.desil_dulu IS DISTINCT FROM r.desil THEN jsonb_build_array(r.desil_dulu, r.desil) END,
           'persentil', CASE WHEN r.persentil_dulu IS DISTINCT FROM r.persentil
               THEN jsonb_build_array(r.persentil_dulu, r.persentil) END,
           'peringkat', CASE WHEN r.peringkat_dulu IS DISTINCT FROM r.peringkat
               THEN jsonb_build_array(r.peringkat_dulu, r.peringkat) END)) END, '{{}}')
FROM impor_kk AS k
LEFT JOIN impor_keluarga_beda AS b ON b.id = k.id
LEFT JOIN kpm_keluarga AS t ON t.id = b.id AND b.isi
LEFT JOIN impor_peringkat_beda AS r ON r.kunci = k.kunci
LEFT JOIN jawaban AS j ON j.id = k.id AND NOT k.baru
WHERE NOT k.beda_desa
UNION ALL
SELECT NULL, NULL, wilayah_id, 'hilang', id, 0, NULL, CASE WHEN ditahan THEN ARRAY['status'] END, NULL
FROM impor_hilang
UNION ALL
SELECT NULL, NULL, t.wilayah_id, 'tetap', t.id, 0, NULL, NULL, j.isi
FROM jawaban AS j
JOIN kpm_keluarga AS t ON t.id = j.id
WHERE NOT EXISTS (SELECT FROM impor_kk AS k WHERE k.id = j.id AND NOT k.beda_desa)
