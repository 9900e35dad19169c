-- insiden.sql: whose data were shown in a time, how, and how often.
-- Reads access_jejak, access_jejakisi, jobs_eksporisi, kpm_keluarga, kpm_anggota and their events. Writes nothing.
-- One row per keluarga and per anggota touched. A row that is gone is named from its history. An export
-- counts when it was fetched: a file that was made and never fetched has shown nobody.
-- "-- nama" is where insiden_nama.sql goes when names are asked for.
WITH baris AS MATERIALIZED (
    SELECT id, waktu, aksi, objek, objek_id, coalesce(rincian ->> 'tahap' = 'dibuat', false) AS dibuat
    FROM   access_jejak
    WHERE  waktu >= %(dari)s
    AND    waktu < %(sampai)s
    AND    (%(pengguna)s::bigint IS NULL OR pengguna_id = %(pengguna)s::bigint)
    AND    (
               aksi IN ('lihat_orang', 'lihat_daftar', 'buka', 'unduh')
               OR (aksi = 'lihat_jejak' AND rincian ? 'nama') -- its reader saw names
           )
),
kena AS (
    SELECT b.waktu,
           CASE b.aksi WHEN 'lihat_daftar' THEN 'daftar' WHEN 'buka' THEN 'buka' ELSE 'lihat' END AS cara,
           i.objek, unnest(i.ids) AS pk
    FROM   baris AS b
    JOIN   access_jejakisi AS i ON i.jejak_id = b.id
    WHERE  i.objek IN ('keluarga', 'anggota')
    UNION ALL
    SELECT b.waktu, 'ekspor', e.objek, unnest(e.ids)
    FROM   baris AS b
    JOIN   jobs_eksporisi AS e ON e.ekspor_id::text = b.objek_id
    WHERE  b.aksi = 'unduh'
    AND    b.objek = 'ekspor'
    AND    NOT b.dibuat
    AND    e.objek IN ('keluarga', 'anggota')
),
subjek AS (
    SELECT objek, pk,
           count(*) FILTER (WHERE cara = 'lihat')  AS lihat,
           count(*) FILTER (WHERE cara = 'daftar') AS daftar,
           count(*) FILTER (WHERE cara = 'buka')   AS buka,
           count(*) FILTER (WHERE cara = 'ekspor') AS ekspor,
           min(waktu) AS pertama, max(waktu) AS terakhir
    FROM   kena
    GROUP  BY objek, pk
)
SELECT s.objek,
       coalesce(k.id, a.keluarga_id, ae.keluarga_id, CASE WHEN s.objek = 'keluarga' THEN s.pk END) AS keluarga_id,
       CASE WHEN s.objek = 'anggota' THEN s.pk END AS anggota_id,
       coalesce(k.wilayah_id, a.wilayah_id, ke.wilayah_id, ae.wilayah_id) AS wilayah,
       s.lihat, s.daftar, s.buka, s.ekspor,
       to_char(s.pertama AT TIME ZONE %(zona)s, 'YYYY-MM-DD HH24:MI:SS') AS pertama,
       to_char(s.terakhir AT TIME ZONE %(zona)s, 'YYYY-MM-DD HH24:MI:SS') AS terakhir
       -- nama
FROM   subjek AS s
LEFT   JOIN kpm_keluarga AS k ON s.objek = 'keluarga' AND k.id = s.pk
LEFT   JOIN kpm_anggota AS a ON s.objek = 'anggota' AND a.id = s.pk
LEFT   JOIN kpm_keluarga AS ak ON ak.id = a.keluarga_id
LEFT   JOIN LATERAL (
           SELECT wilayah_id, alamat FROM kpm_keluargaevent
           WHERE  s.objek = 'keluarga' AND k.id IS NULL AND pgh_obj_id = s.pk
           ORDER  BY pgh_id DESC LIMIT 1
       ) AS ke ON true
LEFT   JOIN LATERAL (
           SELECT wilayah_id, keluarga_id, nama FROM kpm_anggotaevent
           WHERE  s.objek = 'anggota' AND a.id IS NULL AND pgh_obj_id = s.pk
           ORDER  BY pgh_id DESC LIMIT 1
       ) AS ae ON true
ORDER  BY keluarga_id, s.objek DESC, anggota_id
