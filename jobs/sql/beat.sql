-- beat.sql: an attempt says that it lives, and hears whether its owner wants it stopped.
-- Reads and writes jobs_job. No row: the attempt is no longer the one at work.
-- Safe to run twice: only the clock moves on.
UPDATE jobs_job
SET    detak = now()
WHERE  id = %(job_id)s AND percobaan = %(attempt)s AND keadaan = 'berjalan'
RETURNING batal_diminta
