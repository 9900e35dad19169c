-- hitung.sql: pasangan.sql -> counts per pair of villages, and per village and programme.
-- Reads what pasangan.sql says; writes nothing. A row without programme counts keluarga that were in desa_a
-- and are in desa_b (NULL: not in that sumber); luar of them belong to a territory that is not the reader's
-- any more. A row with programme counts keluarga that joined and that left it, by their village now.
{pasangan}
SELECT p.di_a, p.di_b, p.desa_a, p.desa_b, NULL AS program, count(*) AS n,
       count(*) FILTER (WHERE k.id IS NULL) AS luar,
       count(*) FILTER (WHERE p.di_keduanya AND r.desil > 0) AS desil_naik,
       count(*) FILTER (WHERE p.di_keduanya AND r.desil < 0) AS desil_turun,
       count(*) FILTER (WHERE p.di_keduanya AND r.desil IS NOT NULL) AS desil_ada,
       count(*) FILTER (WHERE p.di_keduanya AND r.persentil > 0) AS persentil_naik,
       count(*) FILTER (WHERE p.di_keduanya AND r.persentil < 0) AS persentil_turun,
       count(*) FILTER (WHERE p.di_keduanya AND r.persentil IS NOT NULL) AS persentil_ada,
       count(*) FILTER (WHERE o.tambah > 0) AS tambah, coalesce(sum(o.tambah), 0)::bigint AS orang_tambah,
       count(*) FILTER (WHERE o.kurang > 0) AS kurang, coalesce(sum(o.kurang), 0)::bigint AS orang_kurang,
       0 AS ikut, 0 AS lepas
FROM   pasangan AS p
LEFT JOIN ({keluarga}) AS k ON k.id = p.keluarga_id
LEFT JOIN peringkat AS r ON r.keluarga_id = p.keluarga_id
LEFT JOIN orang AS o ON o.keluarga_id = p.keluarga_id
GROUP BY p.di_a, p.di_b, p.desa_a, p.desa_b
UNION ALL
SELECT true, true, NULL, desa_b, program_id, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
       count(*) FILTER (WHERE ikut), count(*) FILTER (WHERE NOT ikut)
FROM   program
GROUP BY desa_b, program_id
