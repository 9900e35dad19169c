-- progress.sql: how far an attempt is; what is NULL stays as it was, a new fase counts from 0 again.
-- Reads and writes jobs_job. No row: the attempt is no longer the one at work.
-- Safe to run twice: the same values are written again. The report (laporan) is merged, not replaced.
UPDATE jobs_job
SET    detak = now(),
       fase_mulai = CASE WHEN fase IS DISTINCT FROM coalesce(%(fase)s, fase) OR fase_mulai IS NULL
                         THEN now() ELSE fase_mulai END,
       fase = coalesce(%(fase)s, fase),
       selesai_n = coalesce(%(done)s, CASE WHEN %(fase)s IS DISTINCT FROM fase AND %(fase)s IS NOT NULL
                                           THEN 0 ELSE selesai_n END),
       total_n = CASE WHEN %(total)s IS NULL THEN total_n ELSE %(total)s END,
       pesan = coalesce(%(pesan)s, pesan),
       laporan = CASE WHEN %(laporan)s IS NULL THEN laporan ELSE laporan || %(laporan)s::jsonb END
WHERE  id = %(job_id)s AND percobaan = %(attempt)s AND keadaan = 'berjalan'
RETURNING batal_diminta
