-- 14_keluarga_beda.sql: known keluarga that the file says something else about.
-- App. Reads impor_kk, {periksa}, kpm_keluarga. Writes the temporary table impor_keluarga_beda.
-- A column the file lacks says nothing. Fields that somebody else wrote (asal) stay his.
-- isi is false when only the sumber is newer: then the row is dated, not changed.
CREATE TEMPORARY TABLE impor_keluarga_beda ON COMMIT DROP AS
SELECT * FROM (
    SELECT t.id, b.*, t.sumber_id <> %(sumber)s AS sumber_baru,
           t.wilayah_id IS DISTINCT FROM b.wilayah_id AS pindah_desa,
           (t.alamat, t.dusun, t.rt, t.rw, t.wilayah_id, t.no_kk, t.id_keluarga)
               IS DISTINCT FROM (b.alamat, b.dusun, b.rt, b.rw, b.wilayah_id, b.no_kk, b.id_keluarga)
               OR b.titik IS NOT NULL AS isi
    FROM impor_kk AS k
    JOIN {periksa} AS p ON p.baris = k.wakil
    JOIN kpm_keluarga AS t ON t.id = k.id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN %(ada_alamat)s AND NOT t.asal ? 'alamat' THEN p.alamat ELSE t.alamat END AS alamat,
               CASE WHEN %(ada_dusun)s AND NOT t.asal ? 'dusun' THEN p.dusun ELSE t.dusun END AS dusun,
               CASE WHEN %(ada_rt)s AND NOT t.asal ? 'rt' THEN p.rt ELSE t.rt END AS rt,
               CASE WHEN %(ada_rw)s AND NOT t.asal ? 'rw' THEN p.rw ELSE t.rw END AS rw,
               CASE WHEN NOT t.asal ? 'wilayah' THEN k.wilayah_id ELSE t.wilayah_id END AS wilayah_id,
               CASE WHEN NOT t.asal ? 'no_kk' THEN coalesce(k.no_kk, t.no_kk) ELSE t.no_kk END AS no_kk,
               coalesce(k.id_keluarga, t.id_keluarga) AS id_keluarga,
               -- the point only when it is another one: the file's column may be empty and says nothing then
               CASE WHEN NOT t.asal ? 'titik' AND p.titik IS DISTINCT FROM t.titik THEN p.titik END AS titik
    ) AS b
    WHERE NOT k.baru AND NOT k.beda_desa
) AS q
WHERE isi OR sumber_baru
