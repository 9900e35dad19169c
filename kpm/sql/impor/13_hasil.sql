-- 13_hasil.sql: what becomes of every row: refused with its reasons, or who it is and its remarks.
-- wilayah_id is the village of the keluarga he will be in; wilayah_berkas the one the row names.
-- App. Reads {periksa}, impor_cocok, impor_kk, impor_tercatat. Writes the temporary table impor_hasil.
CREATE TEMPORARY TABLE impor_hasil ON COMMIT DROP AS
SELECT p.baris, p.kunci,
       CASE WHEN tolak.bit <> 0 THEN p.wilayah_id
            ELSE coalesce(CASE WHEN k.id = rumah.id THEN k.wilayah_id END, c.wilayah_lama, p.wilayah_id)
       END AS wilayah_id,
       p.wilayah_id AS wilayah_berkas, tolak.bit AS tolak,
       CASE WHEN tolak.bit = 0 AND c.lama THEN p.catatan | %(HANYA_JAWABAN)s
            WHEN tolak.bit = 0 THEN p.catatan | CASE WHEN NOT tetap.kk THEN coalesce(k.catatan, 0) ELSE 0 END
           | CASE WHEN c.keluarga_lama <> rumah.id THEN %(PINDAH_KK)s ELSE 0 END
           | CASE WHEN c.id_lama <> p.id_dtks THEN %(ID_BERUBAH)s ELSE 0 END
           | CASE WHEN c.tidak_aktif THEN %(ANGGOTA_TIDAK_AKTIF)s ELSE 0 END
           | coalesce(t.bit, 0)
       ELSE p.catatan END AS catatan,
       rumah.id AS keluarga_id,
       coalesce(c.tetap_kk, false) AS tetap_kk,
       CASE WHEN tolak.bit = 0 THEN coalesce(c.anggota_id, nextval('kpm_anggota_id_seq')) END AS anggota_id,
       tolak.bit = 0 AND c.anggota_id IS NULL AS baru,
       coalesce(c.lama, false) AS lama
FROM {periksa} AS p
LEFT JOIN impor_cocok AS c ON c.baris = p.baris
LEFT JOIN impor_kk AS k ON k.kunci = p.kunci
LEFT JOIN impor_tercatat AS t ON t.baris = p.baris
CROSS JOIN LATERAL (SELECT coalesce(c.tetap_kk OR c.lama, false) AS kk) AS tetap
CROSS JOIN LATERAL (
    -- somebody without a No. KK in the file does not leave the card he is on
    SELECT CASE WHEN tetap.kk THEN c.keluarga_lama
                ELSE coalesce(CASE WHEN p.no_kk IS NULL AND NOT c.lama_tanpa_kk THEN c.keluarga_lama END, k.id, c.keluarga_lama)
           END AS id
) AS rumah
CROSS JOIN LATERAL (
    SELECT p.tolak | coalesce(c.tolak, 0)
           | CASE WHEN k.beda_desa AND NOT tetap.kk AND p.tolak = 0 AND coalesce(c.tolak, 0) = 0
                  THEN %(KK_BEDA_DESA)s ELSE 0 END AS bit
) AS tolak
