-- 31_angka.sql: how many rows of one register go, get old values, come back, or stay and why. Reads {rencana}.
SELECT coalesce(sebab, aksi), count(*)
FROM   {rencana}
GROUP  BY 1
