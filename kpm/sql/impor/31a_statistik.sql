-- 31a_statistik.sql: the registers as they are now, made known to the planner (sql/statistik.sql).
SELECT kpm_statistik()
