-- 14_keluarga_beda.sql: known keluarga that the file says something else about.
-- App. Reads impor_kk, {periksa}, kpm_keluarga. Writes the temporary table impor_keluarga_beda.
-- A column the file lacks, or this source may not write (rules of the import), says nothing. A field that somebody
-- else wrote (asal) stays his. Where the file contradicts it, it is named in ditahan, or in dilepas when the rules
-- give it to the file. isi is false when only the sumber is newer: then the row is dated, not changed.
-- A row that is not the head's, of a mended workbook, says nothing of the keluarga (diam, step 12).
-- dulu is a digest of the row as it is, by which a preview knows whether it is still the same.
CREATE TEMPORARY TABLE impor_keluarga_beda ON COMMIT DROP AS
SELECT q.*,
       CASE WHEN q.disengketakan = '{{}}' THEN '{{}}'::text[]
            ELSE ARRAY(SELECT n FROM unnest(q.disengketakan) AS n WHERE n <> ALL (%(timpa)s::text[])) END AS ditahan,
       CASE WHEN q.disengketakan = '{{}}' THEN '{{}}'::text[]
            ELSE ARRAY(SELECT n FROM unnest(q.disengketakan) AS n WHERE n = ANY (%(timpa)s::text[])) END AS dilepas
FROM (
    SELECT t.id, b.*, t.sumber_id <> %(sumber)s AS sumber_baru,
           t.wilayah_id IS DISTINCT FROM b.wilayah_id AS pindah_desa,
           (t.alamat, t.dusun, t.rt, t.rw, t.wilayah_id, t.no_kk, t.id_keluarga, t.status, t.keluar_alasan,
            t.keluar_tanggal)
           IS DISTINCT FROM
           (b.alamat, b.dusun, b.rt, b.rw, b.wilayah_id, b.no_kk, b.id_keluarga, b.status, b.keluar_alasan,
            b.keluar_tanggal) OR b.titik IS NOT NULL AS isi,
           CASE WHEN t.asal = '{{}}' THEN '{{}}'::text[] ELSE ARRAY(
               SELECT v.isian FROM (VALUES
                   ('alamat', %(tulis_alamat)s, t.alamat, p.alamat),
                   ('dusun', %(tulis_dusun)s, t.dusun, p.dusun),
                   ('rt', %(tulis_rt)s, t.rt, p.rt),
                   ('rw', %(tulis_rw)s, t.rw, p.rw),
                   ('wilayah', %(tulis_wilayah)s, t.wilayah_id, k.wilayah_berkas),
                   ('no_kk', %(tulis_no_kk)s, t.no_kk, coalesce(k.no_kk, t.no_kk)),
                   ('titik', %(tulis_titik)s, ST_AsText(t.titik), ST_AsText(coalesce(p.titik, t.titik))),
                   ('status', true, t.status, 'aktif')
               ) AS v (isian, boleh, dulu, kini) WHERE t.asal ? v.isian AND v.boleh
                   AND (NOT k.diam OR v.isian = 'status') AND v.dulu IS DISTINCT FROM v.kini
           ) END AS disengketakan,
           hash_record_extended(ROW(t.alamat, t.dusun, t.rt, t.rw, t.wilayah_id, t.no_kk, t.id_keluarga, t.status,
                                    t.keluar_alasan, t.keluar_tanggal, ST_AsBinary(t.titik), t.asal), 0) AS dulu
    FROM impor_kk AS k
    JOIN {periksa} AS p ON p.baris = k.wakil
    JOIN kpm_keluarga AS t ON t.id = k.id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN %(tulis_alamat)s AND NOT k.diam AND NOT {dijaga} ? 'alamat' THEN p.alamat ELSE t.alamat END AS alamat,
               CASE WHEN %(tulis_dusun)s AND NOT k.diam AND NOT {dijaga} ? 'dusun' THEN p.dusun ELSE t.dusun END AS dusun,
               CASE WHEN %(tulis_rt)s AND NOT k.diam AND NOT {dijaga} ? 'rt' THEN p.rt ELSE t.rt END AS rt,
               CASE WHEN %(tulis_rw)s AND NOT k.diam AND NOT {dijaga} ? 'rw' THEN p.rw ELSE t.rw END AS rw,
               k.wilayah_id,
               CASE WHEN %(tulis_no_kk)s AND NOT k.diam AND NOT {dijaga} ? 'no_kk' THEN coalesce(k.no_kk, t.no_kk) ELSE t.no_kk END AS no_kk,
               coalesce(k.id_keluarga, t.id_keluarga) AS id_keluarga,
               -- the point only when it is another one: the file's column may be empty and says nothing then
               CASE WHEN %(tulis_titik)s AND NOT k.diam AND NOT {dijaga} ? 'titik' AND p.titik IS DISTINCT FROM t.titik
                    THEN p.titik END AS titik,
               CASE WHEN k.kembali THEN 'aktif' ELSE t.status END AS status,
               CASE WHEN k.kembali THEN '' ELSE t.keluar_alasan END AS keluar_alasan,
               CASE WHEN NOT k.kembali THEN t.keluar_tanggal END AS keluar_tanggal
    ) AS b
    WHERE NOT k.baru AND NOT k.beda_desa
) AS q
WHERE isi OR sumber_baru OR disengketakan <> '{{}}'
