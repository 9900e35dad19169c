-- padan_nilai.sql: the pairs a match asserted, beside the truth.
-- Reads {hasil} (the engine's table), padan_penduduk, bench_kebenaran. A pair is asserted when the engine names a row.
WITH nilai AS (
    SELECT b.*, h.penduduk_id IS NOT NULL AS disebut,
           b.baris > 0 AND coalesce(p.baris IN (b.baris, nullif(b.baris_lain, 0)), false) AS benar
    FROM   bench_kebenaran AS b
    JOIN   {hasil} AS h USING (anggota_id)
    LEFT   JOIN padan_penduduk AS p ON p.id = h.penduduk_id
)
SELECT count(*), avg(benar::int) FILTER (WHERE disebut), avg(benar::int) FILTER (WHERE baris > 0),
       avg(benar::int) FILTER (WHERE baris > 0 AND nik <> 'benar'),
       avg(disebut::int) FILTER (WHERE baris = 0 AND 'absen' = ANY (string_to_array(kasus, '+'))),
       count(*) FILTER (WHERE baris = 0 AND 'absen' = ANY (string_to_array(kasus, '+')))
FROM   nilai
