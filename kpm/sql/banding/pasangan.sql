-- pasangan.sql: what the other files of this folder begin with; no statement of its own.
-- Reads four queries that kpm/banding.py puts in, each through the gate: {tercatat}, {peringkat},
-- {kepesertaan} of both sumber, {keluarga}. Common tables, of which a statement works out what it asks for:
--   pasangan   one row per keluarga: where it was in the first sumber (a) and in the second (b)
--   orang      how many persons more and fewer, of keluarga whose files name different ones
--   peringkat  by how much desil and percentile changed
--   program    programmes joined (ikut) or left, of keluarga in both. Where the file of one of them had no
--              such column nothing is known, and nothing said.
-- Of several imports of one sumber the latest speaks for the village, all of them for the persons.
WITH t AS MATERIALIZED ({tercatat}),
a AS (
    SELECT DISTINCT ON (keluarga_id) keluarga_id, job_id, wilayah_id
    FROM t WHERE sumber_id = %(dari)s ORDER BY keluarga_id, job_id DESC
),
b AS (
    SELECT DISTINCT ON (keluarga_id) keluarga_id, job_id, wilayah_id
    FROM t WHERE sumber_id = %(ke)s ORDER BY keluarga_id, job_id DESC
),
pasangan AS (
    SELECT keluarga_id, a.wilayah_id AS desa_a, b.wilayah_id AS desa_b, a.job_id AS job_a, b.job_id AS job_b,
           a.keluarga_id IS NOT NULL AS di_a, b.keluarga_id IS NOT NULL AS di_b,
           a.keluarga_id IS NOT NULL AND b.keluarga_id IS NOT NULL AS di_keduanya
    FROM a FULL JOIN b USING (keluarga_id)
),
beda_orang AS (
    SELECT keluarga_id FROM t GROUP BY keluarga_id
    HAVING min(anggota) <> max(anggota) AND bool_or(sumber_id = %(dari)s) AND bool_or(sumber_id = %(ke)s)
),
orang AS (
    SELECT keluarga_id, count(*) FILTER (WHERE NOT di_a) AS tambah, count(*) FILTER (WHERE NOT di_b) AS kurang
    FROM (
        SELECT keluarga_id, o, bool_or(sumber_id = %(dari)s) AS di_a, bool_or(sumber_id = %(ke)s) AS di_b
        FROM beda_orang JOIN t USING (keluarga_id) CROSS JOIN unnest(anggota) AS o
        GROUP BY keluarga_id, o
    ) AS q
    GROUP BY keluarga_id
),
r AS ({peringkat}),
peringkat AS (
    SELECT kini.keluarga_id, kini.desil - dulu.desil AS desil, kini.persentil - dulu.persentil AS persentil
    FROM r AS dulu JOIN r AS kini USING (keluarga_id)
    WHERE dulu.sumber_id = %(dari)s AND kini.sumber_id = %(ke)s
),
g AS (
    SELECT keluarga_id, program_id, bool_or(sumber_id = %(ke)s) AS ikut
    FROM ({kepesertaan}) AS k
    GROUP BY keluarga_id, program_id
    HAVING bool_or(sumber_id = %(dari)s) <> bool_or(sumber_id = %(ke)s)
),
program AS (
    SELECT g.keluarga_id, g.program_id, g.ikut, p.desa_b
    FROM g JOIN pasangan AS p USING (keluarga_id)
    WHERE p.di_keduanya
    AND   NOT EXISTS (
              SELECT FROM unnest(%(tanpa_job)s::bigint[], %(tanpa_program)s::text[]) AS kosong (job_id, program_id)
              WHERE kosong.program_id = g.program_id AND kosong.job_id IN (p.job_a, p.job_b))
)
