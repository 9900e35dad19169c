-- 32_sisa.sql: the keluarga in which something stayed, with the weightiest reason, who and when.
-- Reads {semua_rencana}. Writes kpm_sisaurung.
INSERT INTO kpm_sisaurung (job_id, keluarga_id, wilayah_id, sebab, oleh_id, oleh_job_id, pada, jumlah)
SELECT DISTINCT ON (r.keluarga_id) %(urung)s, r.keluarga_id, r.wilayah_id, r.sebab, r.oleh, r.oleh_job, r.pada,
       count(*) OVER (PARTITION BY r.keluarga_id)
FROM  ({semua_rencana}) AS r
WHERE  r.sebab <> 'luar' AND r.keluarga_id IS NOT NULL
ORDER  BY r.keluarga_id, array_position(ARRAY['orang', 'impor', 'berkas', 'kembar', 'induk', 'dipakai', 'seisi'], r.sebab),
          r.pada DESC NULLS LAST
