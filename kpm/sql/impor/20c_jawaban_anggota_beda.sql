-- 20c_jawaban_anggota_beda.sql: persons whose answers of this sumber steps 34b and 34c would write. As step 20b.
-- App. Reads impor_hasil, {jawaban}, kpm_jawabananggota. Writes impor_jawaban_beda.
INSERT INTO impor_jawaban_beda (baris, baru, instrumen, dulu, kini, sidik)
SELECT h.baris, h.baru, j.instrumen,
       CASE WHEN t.id IS NOT NULL THEN (
           SELECT jsonb_object_agg(key, value) FROM jsonb_each(t.isi) WHERE value IS DISTINCT FROM q.isi -> key) END,
       CASE WHEN t.id IS NOT NULL THEN (
           SELECT jsonb_object_agg(key, value) FROM jsonb_each(q.isi) WHERE value IS DISTINCT FROM t.isi -> key)
            WHEN NOT h.baru THEN q.isi END,
       jsonb_hash_extended(q.isi, 0)
FROM impor_hasil AS h
JOIN {jawaban} AS j ON j.baris = h.baris
LEFT JOIN kpm_jawabananggota AS t
       ON t.anggota_id = h.anggota_id AND t.instrumen = j.instrumen AND t.sumber_id = %(sumber)s AND NOT h.baru
CROSS JOIN LATERAL (SELECT jsonb_strip_nulls(coalesce(t.isi, '{{}}') || j.anggota) AS isi) AS q
WHERE h.tolak = 0 AND (h.baru OR %(tulis_jawaban)s) AND q.isi <> coalesce(t.isi, '{{}}')
