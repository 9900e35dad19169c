-- 32_keluarga.sql: the keluarga in which something stays, with the weightiest reason, who and when.
-- Reads {semua_rencana}. Writes the temporary table urung_sisa.
CREATE TEMPORARY TABLE urung_sisa ON COMMIT DROP AS
SELECT DISTINCT ON (r.keluarga_id) r.keluarga_id, r.wilayah_id, r.sebab, r.oleh, r.oleh_job, r.pada,
       count(*) OVER (PARTITION BY r.keluarga_id) AS jumlah
FROM  ({semua_rencana}) AS r
WHERE  r.keluarga_id IS NOT NULL
ORDER  BY r.keluarga_id,
          array_position(ARRAY['luar', 'orang', 'impor', 'berkas', 'kembar', 'induk', 'dipakai', 'seisi'], r.sebab),
          r.pada DESC NULLS LAST
