-- daftar.sql: pasangan.sql -> the keluarga behind one number.
-- Reads what pasangan.sql says, and the registers that {sambung} joins for the order. Writes nothing.
-- {syarat} is the change asked for, {urut} the order: both from kpm/banding.py. Only keluarga that lie in the
-- reader's territory now have a name here.
{pasangan}
SELECT p.keluarga_id
FROM   pasangan AS p
JOIN   ({keluarga}) AS k ON k.id = p.keluarga_id
{sambung}
WHERE  {syarat}
ORDER  BY {urut}
