-- rekap.sql: exact counts per village, from which rekap.py makes cells that hide nobody.
-- App, over the whole province. Reads the registers. Only keluarga on the list count, and of their
-- programmes those of the sumber that wrote them last.
SELECT 'keluarga' AS ukuran, wilayah_id, count(*) AS banyak
FROM kpm_keluarga WHERE status = 'aktif' AND wilayah_id IS NOT NULL
GROUP BY wilayah_id
UNION ALL
SELECT u.ukuran, q.wilayah_id, CASE u.ukuran WHEN 'anggota' THEN q.banyak ELSE q.buruk END
FROM (
    SELECT k.wilayah_id, count(*) AS banyak, count(*) FILTER (WHERE a.nik_status <> 'valid') AS buruk
    FROM kpm_anggota AS a JOIN kpm_keluarga AS k ON k.id = a.keluarga_id
    WHERE k.status = 'aktif' AND k.wilayah_id IS NOT NULL
    GROUP BY k.wilayah_id
) AS q
CROSS JOIN (VALUES ('anggota'), ('nik_buruk')) AS u (ukuran)
UNION ALL
SELECT 'program_' || program_id, wilayah_id, count(*)
FROM (
    SELECT s.program_id, k.wilayah_id
    FROM kpm_kepesertaan AS s JOIN kpm_keluarga AS k ON k.id = s.keluarga_id AND k.sumber_id = s.sumber_id
    WHERE k.status = 'aktif' AND k.wilayah_id IS NOT NULL
    GROUP BY s.program_id, k.wilayah_id, k.id
) AS per_keluarga
GROUP BY program_id, wilayah_id
