-- 12_kk.sql: the keluarga of a file, one row each, with the id it has or will have.
-- App. Reads {periksa}, impor_cocok, kpm_keluarga. Writes the temporary table impor_kk.
-- Ids follow the order of the file, so that every index on them grows at its end.
-- wakil is the row whose address speaks for the keluarga: its head's first, else its first.
-- Somebody without a No. KK in the file stays in the keluarga he has, whose address the row does not touch
-- unless it is his own (tanpa_kk). So does who stays where an officer put him (tetap_kk).
-- wilayah_id is the village the keluarga will have; wilayah_berkas the one the file names.
-- diam: the rows of a mended workbook say nothing of a known keluarga, when its head's is not among them. He stood
-- in the first file, and his address, ranks and answers hold: not those of a child.
-- kembali: an earlier file's absence took it off the list, this one brings it back.
CREATE TEMPORARY TABLE impor_kk ON COMMIT DROP AS
WITH rangkap AS MATERIALIZED (
    -- several without a No. KK in one keluarga of theirs: the first of them speaks for it
    SELECT keluarga_lama, min(baris) AS baris FROM impor_cocok WHERE lama_tanpa_kk
    GROUP BY keluarga_lama HAVING count(*) > 1
)
SELECT g.kunci, w.no_kk, w.wilayah_id, g.wilayah_id AS wilayah_berkas, g.wakil,
       CASE WHEN NOT w.diam THEN g.desil END AS desil, CASE WHEN NOT w.diam THEN g.persentil END AS persentil,
       CASE WHEN NOT w.diam THEN g.peringkat END AS peringkat,
       CASE WHEN NOT w.diam THEN {milik} END AS id_keluarga, g.beda_desa, w.diam,
       coalesce(lama.id, CASE WHEN NOT g.beda_desa THEN nextval('kpm_keluarga_id_seq') END) AS id,
       lama.id IS NULL AS baru,
       lama.wilayah_id <> w.wilayah_id AS pindah,
       w.kembali,
       (CASE WHEN g.beda_alamat AND NOT w.diam THEN %(ALAMAT_BEDA)s ELSE 0 END
        | CASE WHEN g.kepala > 1 THEN %(KEPALA_GANDA)s
               WHEN g.kepala = 0 AND g.kunci > 0 AND %(ada_hubungan)s AND NOT w.diam THEN %(TANPA_KEPALA)s ELSE 0 END
        | CASE WHEN g.beda_peringkat AND NOT w.diam THEN %(PERINGKAT_BEDA)s ELSE 0 END
        | CASE WHEN lama.wilayah_id <> w.wilayah_id THEN %(PINDAH_DESA)s ELSE 0 END
        | CASE WHEN lama.status = 'keluar' AND NOT w.kembali THEN %(KELUAR_TERCATAT)s ELSE 0 END
        | CASE WHEN lama.no_kk <> w.no_kk THEN %(KK_BERUBAH)s ELSE 0 END
        | CASE WHEN {id_lain} THEN %(ID_KELUARGA_LAIN)s ELSE 0 END)::bigint AS catatan
FROM (
    SELECT p.kunci, min(p.no_kk) AS no_kk, min(p.wilayah_id) AS wilayah_id,
           min(p.wilayah_id) <> max(p.wilayah_id) AS beda_desa,
           coalesce(min(p.baris) FILTER (WHERE p.kepala), min(p.baris)) AS wakil,
           count(*) FILTER (WHERE p.kepala) AS kepala,
           min(p.alamat) <> max(p.alamat) OR min(p.dusun) <> max(p.dusun)
               OR min(p.rt) <> max(p.rt) OR min(p.rw) <> max(p.rw) AS beda_alamat,
           CASE WHEN min(p.desil) = max(p.desil) THEN min(p.desil) END AS desil,
           CASE WHEN min(p.persentil) = max(p.persentil) THEN min(p.persentil) END AS persentil,
           CASE WHEN min(p.peringkat) = max(p.peringkat) THEN min(p.peringkat) END AS peringkat,
           coalesce(min(p.desil) <> max(p.desil), false) OR coalesce(min(p.persentil) <> max(p.persentil), false)
               OR coalesce(min(p.peringkat) <> max(p.peringkat), false) AS beda_peringkat,
           min(p.id_keluarga) AS id_tertulis, min(c.keluarga_kk) AS keluarga_kk, min(c.keluarga_lama) AS keluarga_lama
    FROM {periksa} AS p
    LEFT JOIN impor_cocok AS c ON c.baris = p.baris
    WHERE p.tolak = 0 AND coalesce(c.tolak, 0) = 0 AND c.lama IS NOT TRUE
    AND   (p.no_kk IS NOT NULL OR c.lama_tanpa_kk IS NOT FALSE OR c.keluarga_lama = c.keluarga_kk)
    AND   (p.kunci > 0 OR c.keluarga_kk IS NOT NULL OR NOT EXISTS (
               SELECT FROM rangkap AS r WHERE r.keluarga_lama = c.keluarga_lama AND r.baris <> p.baris))
    AND   c.tetap_kk IS NOT TRUE
    GROUP BY p.kunci
) AS g
{milik_siapa}
LEFT JOIN kpm_keluarga AS lama
       ON lama.id = coalesce(g.keluarga_kk, CASE WHEN g.kunci < 0 AND g.id_tertulis IS NULL THEN g.keluarga_lama END)
CROSS JOIN LATERAL (
    SELECT %(perbaikan)s AND lama.id IS NOT NULL AND g.kepala = 0 AS diam
) AS d
CROSS JOIN LATERAL (
    SELECT d.diam, CASE WHEN d.diam THEN lama.no_kk ELSE g.no_kk END AS no_kk,
           CASE WHEN lama.id IS NULL OR NOT d.diam AND %(tulis_wilayah)s AND (%(timpa_wilayah)s OR NOT lama.asal ? 'wilayah')
                THEN g.wilayah_id ELSE lama.wilayah_id END AS wilayah_id,
           coalesce(lama.status = 'keluar' AND CASE WHEN lama.asal ? 'status' THEN %(timpa_status)s
                    ELSE starts_with(lama.keluar_alasan, %(hilang_awalan)s) END, false) AS kembali
) AS w
ORDER BY g.wakil
