-- 10_jawaban.sql: the answers of every row as objects {kode: code}, one row per questionnaire.
-- Loader. Reads {mentah}. Writes {jawaban}. null is an empty cell; an answer outside the code list is left out
-- and named in luar. peta: per question the spellings that mean a code (or null for nothing).
CREATE UNLOGGED TABLE {jawaban} AS
{jawaban_per_instrumen}
