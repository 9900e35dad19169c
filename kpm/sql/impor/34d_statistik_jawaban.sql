-- 34d_statistik_jawaban.sql: the answers as they are now, made known to the planner (sql/statistik_jawaban.sql).
SELECT kpm_statistik_jawaban()
