-- 53_tinjau_angka.sql: the numbers of a preview: per village what becomes of keluarga and persons; per field how many
-- change, and how many an officer's word holds back; the same of programmes, ranks and answers (samping).
-- A missing keluarga is held back as one, its people are not counted again.
-- App. Reads {tinjau_keluarga}, {tinjau_anggota}.
SELECT 'keluarga', coalesce(wilayah_id, ''), golongan, count(*) FROM {tinjau_keluarga} GROUP BY 2, 3
UNION ALL
SELECT 'anggota', coalesce(wilayah_id, ''), golongan, count(*) FROM {tinjau_anggota} GROUP BY 2, 3
UNION ALL
SELECT 'ubah keluarga', '', f, count(*) FROM {tinjau_keluarga}, jsonb_object_keys(ubah) AS f GROUP BY 3
UNION ALL
SELECT 'ubah anggota', '', f, count(*) FROM {tinjau_anggota}, jsonb_object_keys(ubah) AS f GROUP BY 3
UNION ALL
SELECT 'ditahan keluarga', '', f, count(*) FROM {tinjau_keluarga}, unnest(ditahan) AS f GROUP BY 3
UNION ALL
SELECT 'ditahan anggota', '', f, count(*) FROM {tinjau_anggota}, unnest(ditahan) AS f
WHERE golongan <> 'hilang' OR kunci IS NOT NULL GROUP BY 3
UNION ALL
SELECT 'samping keluarga', '', f, count(*) FROM {tinjau_keluarga}, jsonb_object_keys(samping) AS f GROUP BY 3
UNION ALL
SELECT 'samping anggota', '', f, count(*) FROM {tinjau_anggota}, jsonb_object_keys(samping) AS f GROUP BY 3
