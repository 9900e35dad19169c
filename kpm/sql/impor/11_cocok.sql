-- 11_cocok.sql: the rows of a file that are somebody in the registers already.
-- App, read-only, over the whole province: a person or No. KK outside the importer's territory has to be
-- found here, or the merge would break on a unique key. Reads {periksa}, kpm_anggota, kpm_keluarga,
-- kpm_sumber. Writes the temporary table impor_cocok.
-- lama: somebody whose data are newer than the file; of its answers (%(ada_jawaban)s) they are the ones of its periode.
-- id_dtks decides; else the keluarga and a valid NIK; else the keluarga, name and birth date. The keluarga is
-- found by its No. KK, or by step 10 where households have ids. Somebody found by
-- id_dtks is out of reach for the other two. Two hits, either way, are AMBIGU. Who is no longer a member (died,
-- moved, taken off as recorded twice) is somebody too, unless a member of today of that keluarga fits as well;
-- whom an earlier file's absence took off comes back (step 15).
-- tetap_kk: he stays in the keluarga he has, since this source may not move him or an officer put him there.
CREATE TEMPORARY TABLE impor_cocok ON COMMIT DROP AS
WITH p AS (
    SELECT baris, kunci, no_kk, id_dtks, nik, nik_status, nama_normal, tanggal_lahir FROM {periksa} WHERE tolak = 0
),
-- one row has one of it, since the rows of a file that share an id_dtks are refused (step 6): nothing to count here
per_id AS MATERIALIZED (
    SELECT p.baris, a.id, a.keluarga_id, a.wilayah_id, a.id_dtks, a.nik,
           a.status <> 'aktif' AND NOT (a.status = 'keluar' AND NOT a.asal ? 'status'
               AND starts_with(a.keluar_alasan, %(hilang_awalan)s)) AS tidak_aktif, a.sumber_id, a.asal ? 'keluarga' AS ditaruh
    FROM p JOIN kpm_anggota AS a ON a.id_dtks = p.id_dtks
),
sekeluarga AS (
    SELECT p.baris, a.id, a.keluarga_id, a.wilayah_id, a.id_dtks, a.nik,
           a.status <> 'aktif' AND NOT (a.status = 'keluar' AND NOT a.asal ? 'status'
               AND starts_with(a.keluar_alasan, %(hilang_awalan)s)) AS tidak_aktif, a.sumber_id, a.asal ? 'keluarga' AS ditaruh,
           p.nik_status = 'valid' AND a.nik = p.nik AS nik_sama,
           a.nama_normal = p.nama_normal AND a.tanggal_lahir = p.tanggal_lahir AS nama_sama
    FROM p
    JOIN {tercatat}
    JOIN kpm_anggota AS a ON a.keluarga_id = k.id
    WHERE NOT EXISTS (SELECT FROM per_id WHERE per_id.baris = p.baris)
    AND   NOT EXISTS (SELECT FROM per_id WHERE per_id.id = a.id)
    AND   (a.status = 'aktif' OR NOT EXISTS (
        SELECT FROM kpm_anggota AS b
        WHERE b.keluarga_id = a.keluarga_id AND b.status = 'aktif'
        AND   (p.nik_status = 'valid' AND b.nik = p.nik OR b.nama_normal = p.nama_normal AND b.tanggal_lahir = p.tanggal_lahir)))
),
pasangan AS (
    SELECT * FROM sekeluarga WHERE nik_sama
    UNION ALL
    SELECT * FROM sekeluarga AS s
    WHERE  nama_sama AND NOT EXISTS (SELECT FROM sekeluarga AS n WHERE n.baris = s.baris AND n.nik_sama)
),
orang AS (
    SELECT baris, id AS anggota_id, keluarga_id AS keluarga_lama, wilayah_id, id_dtks, nik, tidak_aktif, sumber_id, ditaruh,
           false AS ambigu
    FROM per_id
    UNION ALL
    (SELECT DISTINCT ON (baris) baris, id, keluarga_id, wilayah_id, id_dtks, nik, tidak_aktif, sumber_id, ditaruh,
            count(*) OVER (PARTITION BY baris) > 1 OR count(*) OVER (PARTITION BY id) > 1
     FROM pasangan
     ORDER BY baris, id)
)
SELECT p.baris, o.anggota_id, o.keluarga_lama, kl.tanpa_kk AS lama_tanpa_kk, o.id_dtks AS id_lama, o.nik AS nik_lama,
       o.tidak_aktif, o.wilayah_id AS wilayah_lama,
       (p.no_kk IS NOT NULL OR k.id IS NOT NULL) AND o.baris IS NOT NULL AND o.keluarga_lama IS DISTINCT FROM k.id
           AND (NOT %(tulis_keluarga)s OR o.ditaruh AND NOT %(timpa_keluarga)s) AS tetap_kk,
       k.id AS keluarga_kk,
       (CASE WHEN o.ambigu THEN %(AMBIGU)s ELSE 0 END
        | CASE WHEN NOT %(semua)s
                AND (o.anggota_id IS NOT NULL AND (o.wilayah_id IS NULL OR o.wilayah_id <> ALL (%(desa)s::text[]))
                     OR k.id IS NOT NULL AND (k.wilayah_id IS NULL OR k.wilayah_id <> ALL (%(desa)s::text[])))
               THEN %(SUDAH_DI_LUAR)s ELSE 0 END
        | CASE WHEN lama.bit AND NOT (%(ada_jawaban)s AND o.anggota_id IS NOT NULL) THEN %(PERIODE_LAMA)s ELSE 0 END
       )::bigint AS tolak,
       lama.bit AND %(ada_jawaban)s AND o.anggota_id IS NOT NULL AS lama
FROM p
LEFT JOIN orang AS o ON o.baris = p.baris
LEFT JOIN kpm_keluarga AS kl ON kl.id = o.keluarga_lama
LEFT JOIN kpm_sumber AS so ON so.id = o.sumber_id
LEFT JOIN {tercatat}
LEFT JOIN kpm_sumber AS s ON s.id = k.sumber_id
CROSS JOIN LATERAL (
    SELECT coalesce(so.periode > %(periode)s, false) OR coalesce(s.periode > %(periode)s, false) AS bit
) AS lama
WHERE o.baris IS NOT NULL OR k.id IS NOT NULL
