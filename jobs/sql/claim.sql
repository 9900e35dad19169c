-- claim.sql: start one attempt of a waiting job. The row comes back to the one worker that got it.
-- Reads and writes jobs_job.
-- Safe to run twice: percobaan has moved on, so the second run finds nothing. It is a key column and
-- therefore waits for a transaction that holds the row FOR KEY SHARE (actions.lock_for_apply).
UPDATE jobs_job
SET    keadaan = 'berjalan', percobaan = percobaan + 1, detak = now(),
       mulai = coalesce(mulai, now()), berakhir = NULL, pesan = '',
       fase = '', fase_mulai = now(), selesai_n = 0, total_n = NULL
WHERE  id = %(job_id)s AND percobaan = %(attempt)s - 1 AND keadaan = 'menunggu' AND percobaan < batas_percobaan
RETURNING percobaan
