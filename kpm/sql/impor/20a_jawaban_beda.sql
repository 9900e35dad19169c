-- 20a_jawaban_beda.sql: the answers an import would write, one row per keluarga or person and questionnaire; empty.
-- App. Writes the temporary table impor_jawaban_beda, which steps 20b and 20c fill in a file that has answers.
-- dulu, kini: the questions of a known one answered otherwise, as they are and as they would be. A new one has none,
-- his answers are those of the file; sidik stands for all of them.
CREATE TEMPORARY TABLE impor_jawaban_beda
    (keluarga_id bigint, baris bigint, baru boolean, instrumen text, dulu jsonb, kini jsonb, sidik bigint)
ON COMMIT DROP
