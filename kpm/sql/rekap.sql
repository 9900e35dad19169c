-- rekap.sql: exact counts per village, from which rekap.py makes cells that hide nobody.
-- App, over the whole province. Reads the registers. Only keluarga on the list and members of today count, and of their
-- programmes those of the sumber that wrote them last and not those of who left; of their ranks those of the newest
-- sumber with any.
WITH terbaru AS (
    SELECT (SELECT s.id FROM kpm_sumber AS s
            WHERE EXISTS (SELECT FROM kpm_peringkat AS p WHERE p.sumber_id = s.id AND p.desil IS NOT NULL)
            ORDER BY s.periode DESC, s.jenis LIMIT 1) AS desil,
           (SELECT s.id FROM kpm_sumber AS s
            WHERE EXISTS (SELECT FROM kpm_peringkat AS p WHERE p.sumber_id = s.id AND p.persentil IS NOT NULL)
            ORDER BY s.periode DESC, s.jenis LIMIT 1) AS persentil
), peringkat AS (
    SELECT k.id, k.sumber_id, k.wilayah_id,
           CASE WHEN p.sumber_id = t.desil THEN p.desil END AS desil,
           CASE WHEN p.sumber_id = t.persentil THEN p.persentil END AS persentil
    FROM   kpm_peringkat AS p
    JOIN   kpm_keluarga AS k ON k.id = p.keluarga_id
    JOIN   terbaru AS t ON p.sumber_id IN (t.desil, t.persentil)
    WHERE  k.status = 'aktif' AND k.wilayah_id IS NOT NULL
)
SELECT 'keluarga' AS ukuran, wilayah_id, count(*) AS banyak
FROM kpm_keluarga WHERE status = 'aktif' AND wilayah_id IS NOT NULL
GROUP BY wilayah_id
UNION ALL
SELECT u.ukuran, q.wilayah_id,
       CASE u.ukuran WHEN 'anggota' THEN q.banyak WHEN 'nik_buruk' THEN q.buruk WHEN 'tidak_padan' THEN q.tidak_padan
                     ELSE q.tidak_ditemukan END
FROM (
    SELECT k.wilayah_id, count(*) AS banyak, count(*) FILTER (WHERE a.nik_status <> 'valid') AS buruk,
           count(*) FILTER (WHERE a.padan_hasil <> 'PADAN') AS tidak_padan,
           count(*) FILTER (WHERE a.padan_hasil = 'TIDAK_DITEMUKAN') AS tidak_ditemukan
    FROM kpm_anggota AS a JOIN kpm_keluarga AS k ON k.id = a.keluarga_id
    WHERE k.status = 'aktif' AND a.status = 'aktif' AND k.wilayah_id IS NOT NULL
    GROUP BY k.wilayah_id
) AS q
CROSS JOIN (VALUES ('anggota'), ('nik_buruk'), ('tidak_padan'), ('tidak_ditemukan')) AS u (ukuran)
UNION ALL
SELECT 'program_' || program_id, wilayah_id, count(*)
FROM (
    SELECT s.program_id, k.wilayah_id
    FROM kpm_kepesertaan AS s JOIN kpm_keluarga AS k ON k.id = s.keluarga_id AND k.sumber_id = s.sumber_id
    WHERE k.status = 'aktif' AND k.wilayah_id IS NOT NULL
    AND   NOT EXISTS (SELECT FROM kpm_anggota AS a WHERE a.id = s.anggota_id AND a.status <> 'aktif')
    GROUP BY s.program_id, k.wilayah_id, k.id
) AS per_keluarga
GROUP BY program_id, wilayah_id
UNION ALL
SELECT u.ukuran, q.wilayah_id,
       CASE u.ukuran WHEN 'desil_banyak' THEN q.desil_banyak WHEN 'desil_jumlah' THEN q.desil_jumlah
                     WHEN 'persentil_banyak' THEN q.persentil_banyak WHEN 'persentil_jumlah' THEN q.persentil_jumlah
                     WHEN 'desil_1_2' THEN q.termiskin ELSE q.tanpa_program END
FROM (
    SELECT p.wilayah_id, count(p.desil) AS desil_banyak, coalesce(sum(p.desil), 0) AS desil_jumlah,
           count(p.persentil) AS persentil_banyak, coalesce(sum(p.persentil), 0) AS persentil_jumlah,
           count(*) FILTER (WHERE p.desil <= 2) AS termiskin,
           count(*) FILTER (WHERE p.desil <= 2 AND NOT EXISTS (
               SELECT FROM kpm_kepesertaan AS s WHERE s.keluarga_id = p.id AND s.sumber_id = p.sumber_id
               AND    NOT EXISTS (SELECT FROM kpm_anggota AS a WHERE a.id = s.anggota_id AND a.status <> 'aktif')
           )) AS tanpa_program
    FROM peringkat AS p
    GROUP BY p.wilayah_id
) AS q
CROSS JOIN (VALUES ('desil_banyak'), ('desil_jumlah'), ('persentil_banyak'), ('persentil_jumlah'), ('desil_1_2'),
                   ('tanpa_program')) AS u (ukuran)
