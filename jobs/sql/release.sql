-- release.sql: end an attempt that left no result: cancelled, quarantined after the last one, or waiting again.
-- Reads and writes jobs_job.
-- Safe to run twice: the job is no longer berjalan. A row held by its applying transaction is skipped.
UPDATE jobs_job
SET    keadaan = CASE WHEN batal_diminta THEN 'dibatalkan'
                      WHEN percobaan >= batas_percobaan THEN 'karantina'
                      ELSE 'menunggu' END,
       pesan = CASE WHEN NOT batal_diminta AND percobaan >= batas_percobaan THEN %(pesan)s ELSE pesan END,
       berakhir = CASE WHEN batal_diminta OR percobaan >= batas_percobaan THEN now() END,
       dikirim = now()
WHERE  id IN (SELECT id FROM jobs_job
              WHERE  id = %(job_id)s AND percobaan = %(attempt)s AND keadaan = 'berjalan'
              FOR UPDATE SKIP LOCKED)
RETURNING keadaan
