-- orang.sql: pasangan.sql -> how many people there are today in the keluarga that daftar.sql lists.
-- Reads what pasangan.sql says, and {anggota} through the gate; writes nothing.
{pasangan}
SELECT count(*)
FROM   ({anggota}) AS o
WHERE  o.keluarga_id IN (
    SELECT p.keluarga_id
    FROM   pasangan AS p
    JOIN   ({keluarga}) AS k ON k.id = p.keluarga_id
    WHERE  {syarat}
)
