-- 20b_jawaban_keluarga_beda.sql: keluarga whose answers of this sumber steps 34 and 34a would write, before and after.
-- App. Reads impor_jawaban, impor_kk, kpm_jawabankeluarga. Writes impor_jawaban_beda.
-- Only for a preview, and for whoever checks its digest.
INSERT INTO impor_jawaban_beda (keluarga_id, baru, instrumen, dulu, kini, sidik)
SELECT b.keluarga_id, k.id IS NOT NULL, b.instrumen,
       CASE WHEN t.id IS NOT NULL THEN (
           SELECT jsonb_object_agg(key, value) FROM jsonb_each(t.isi) WHERE value IS DISTINCT FROM q.isi -> key) END,
       CASE WHEN t.id IS NOT NULL THEN (
           SELECT jsonb_object_agg(key, value) FROM jsonb_each(q.isi) WHERE value IS DISTINCT FROM t.isi -> key)
            WHEN k.id IS NULL THEN q.isi END,
       jsonb_hash_extended(q.isi, 0)
FROM impor_jawaban AS b
LEFT JOIN impor_kk AS k ON k.id = b.keluarga_id AND k.baru
LEFT JOIN kpm_jawabankeluarga AS t
       ON t.keluarga_id = b.keluarga_id AND t.instrumen = b.instrumen AND t.sumber_id = %(sumber)s AND k.id IS NULL
CROSS JOIN LATERAL (SELECT jsonb_strip_nulls(coalesce(t.isi, '{{}}') || b.isi) AS isi) AS q
WHERE (k.id IS NOT NULL OR %(tulis_jawaban)s) AND q.isi <> coalesce(t.isi, '{{}}')
