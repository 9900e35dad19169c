-- 33_sisa.sql: what stayed, kept for the page of the undo. What lies outside of who undoes is counted only.
-- Reads urung_sisa. Writes kpm_sisaurung.
INSERT INTO kpm_sisaurung (job_id, keluarga_id, wilayah_id, sebab, oleh_id, oleh_job_id, pada, jumlah)
SELECT %(urung)s, keluarga_id, wilayah_id, sebab, oleh, oleh_job, pada, jumlah
FROM   urung_sisa
WHERE  sebab <> 'luar'
ORDER  BY wilayah_id, keluarga_id
