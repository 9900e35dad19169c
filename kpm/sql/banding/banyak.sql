-- banyak.sql: pasangan.sql -> how many keluarga stand behind one number, as daftar.sql lists them.
-- Reads what pasangan.sql says; writes nothing.
{pasangan}
SELECT count(*)
FROM   pasangan AS p
JOIN   ({keluarga}) AS k ON k.id = p.keluarga_id
WHERE  {syarat}
