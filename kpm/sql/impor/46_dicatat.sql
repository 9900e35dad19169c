-- 46_dicatat.sql: which rows were refused -> kpm_barisditolak, so that a mended workbook brings back no others.
-- App. Reads impor_hasil. Writes kpm_barisditolak. An import that is carried out again begins anew.
INSERT INTO kpm_barisditolak (impor_id, baris)
SELECT %(impor)s, baris FROM impor_hasil WHERE tolak <> 0
ON CONFLICT (impor_id, baris) DO NOTHING
