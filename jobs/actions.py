"""The verbs of a job: queue, claim, progress, lock for applying, finish, fail, cancel, retry, release.

An attempt is a number. A message asks for one attempt, one UPDATE grants it, and whatever an attempt
writes is conditional on still being the one at work.
"""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from celery import current_app
from django.db import connection, transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from kombu.exceptions import KombuError, OperationalError

from jobs import pulse
from jobs.models import MAX_ATTEMPTS, Job
from jobs.pulse import JobCancelled, JobLost, JobTimeout, Pulse

if TYPE_CHECKING:
    from access.models import User
    from spatial.models import Wilayah

__all__ = ["JobCancelled", "JobFailed", "JobLost", "JobTimeout"]

logger = logging.getLogger(__name__)

ASLEEP_SECONDS = 60
TASK = "jobs.run"
LIVE = [Job.Keadaan.MENUNGGU, Job.Keadaan.BERJALAN]
EXHAUSTED = "Pekerjaan ini sudah dicoba {n} kali dan terhenti setiap kali. {reason}"
DIED = "Prosesnya mati di tengah jalan, mungkin karena memori habis."

CLAIM = (pulse.SQL / "claim.sql").read_text()


RELEASE = (pulse.SQL / "release.sql").read_text()


class JobFailed(Exception):
    """The work cannot be done, and trying again would not help. The text is shown to the owner."""

    def __init__(self, pesan: str):
        super().__init__(pesan)
        self.pesan = pesan


def queue_job(
    *, jenis: str, pemilik: User, wilayah: Wilayah | None = None, parameter: dict | None = None
) -> Job:
    """Write a job in the caller's transaction; the queue hears of it when that commits.

    Without Redis the request succeeds all the same: the sweeper sends what was not sent.
    """
    job = Job.objects.create(jenis=jenis, pemilik=pemilik, wilayah=wilayah, parameter=parameter or {})
    transaction.on_commit(partial(send, job.pk, 1), robust=True)
    return job


def send(job_id: int, attempt: int) -> bool:
    """Put the message for one attempt into the queue; False when the queue does not answer."""

    try:
        current_app.send_task(TASK, args=[job_id, attempt], retry=False)
    except (KombuError, OperationalError, OSError) as error:
        logger.warning("job %s not queued (%s); the sweeper will", job_id, type(error).__name__)
        return False
    Job.objects.filter(pk=job_id, keadaan=Job.Keadaan.MENUNGGU).update(dikirim=timezone.now())
    return True


def claim(job_id: int, attempt: int) -> Job | None:
    """Start `attempt` if nobody has: the one UPDATE decides. None means that there is nothing to do.

    The returned job carries its Pulse, which does not beat yet; the caller closes it (tasks.run does).
    """
    line = pulse.connect()
    try:
        if pulse.lock(line, job_id, attempt) and _take(line, job_id, attempt):
            job = Job.objects.select_related("pemilik", "wilayah").get(pk=job_id)
            job.pulse = Pulse(job_id, attempt, line)
            return job
    except BaseException:
        line.close()
        raise
    line.close()
    return None


def _take(line, job_id: int, attempt: int) -> bool:
    with line.cursor() as cursor:
        cursor.execute(CLAIM, {"job_id": job_id, "attempt": attempt})
        return cursor.fetchone() is not None


def claim_here(job: Job) -> Job:
    """Start the next attempt in the caller's own transaction: for commands and tests without a worker.

    No second connection is opened; progress is written where the caller writes.
    """
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"job_id": job.pk, "attempt": job.percobaan + 1})
        if cursor.fetchone() is None:
            raise JobLost(f"job {job.pk}")
    job.refresh_from_db()
    return job


def progress(
    job: Job,
    *,
    fase: str | None = None,
    done: int | None = None,
    total: int | None = None,
    pesan: str | None = None,
    laporan: dict[str, Any] | None = None,
) -> None:
    """Say how far the work is; visible at once, also in the middle of the applying transaction.

    A new `fase` starts counting at 0 again. `laporan` is merged into the report so far.
    Raises JobCancelled, JobLost or JobTimeout: let them through, the task runner knows what to do.
    """
    values = {
        "fase": fase,
        "done": done,
        "total": total,
        "pesan": pesan,
        "laporan": json.dumps(laporan) if laporan is not None else None,
    }
    if job.pulse is not None:
        job.pulse.progress(**values)
        return
    with connection.cursor() as cursor:
        cursor.execute(pulse.PROGRESS, values | {"job_id": job.pk, "attempt": job.percobaan})
        row = cursor.fetchone()
    if row is None:
        raise JobLost(f"job {job.pk}")
    if row[0]:
        raise JobCancelled(f"job {job.pk}")


def lock_for_apply(job: Job) -> None:
    """Hold the job's row until the applying transaction ends; JobLost when it is another's by now.

    Call it first in that transaction. FOR KEY SHARE stops a new attempt (percobaan is a key column,
    see models.Job) and lets this attempt's progress through. A process that falls asleep with the
    transaction open is cut off by PostgreSQL, so the lock never outlives it for long.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("lock_for_apply belongs in the applying transaction")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '5min'")
        cursor.execute(
            """
            SELECT batal_diminta FROM jobs_job
            WHERE  id = %s AND percobaan = %s AND keadaan = 'berjalan'
            FOR KEY SHARE
            """,
            [job.pk, job.percobaan],
        )
        row = cursor.fetchone()
    if row is None:
        raise JobLost(f"job {job.pk}")
    if row[0]:
        raise JobCancelled(f"job {job.pk}")


def finish(job: Job, laporan: dict[str, Any] | None = None, *, pesan: str = "") -> None:
    """The job is done. Call it last in the applying transaction, so that both happen or neither.

    Raises JobLost when the attempt is no longer the one at work, which rolls that transaction back.
    """
    _end(job, Job.Keadaan.SELESAI, pesan=pesan, laporan=job.laporan if laporan is None else laporan)


def fail(job: Job, pesan: str, laporan: dict[str, Any] | None = None) -> None:
    """The work cannot be done; `pesan` says what was wrong and what to do."""
    _end(job, Job.Keadaan.GAGAL, pesan=pesan, laporan=job.laporan if laporan is None else laporan)


def end_cancelled(job: Job) -> None:
    """The work has stopped because its owner asked."""
    _end(job, Job.Keadaan.DIBATALKAN, pesan="", laporan=job.laporan)


def _end(job: Job, keadaan: str, *, pesan: str, laporan: dict[str, Any]) -> None:
    fields = {
        "keadaan": keadaan,
        "pesan": pesan[:500],
        "laporan": laporan,
        "berakhir": timezone.now(),
    }
    mine = Job.objects.filter(pk=job.pk, percobaan=job.percobaan, keadaan=Job.Keadaan.BERJALAN)
    if job.pulse is not None:
        job.pulse.rest()
    if not mine.update(**fields):
        raise JobLost(f"job {job.pk}")
    for name, value in fields.items():
        setattr(job, name, value)


def give_back(job: Job, reason: str) -> int | None:
    """End this attempt without a result; return the next attempt's number, None when it was the last.

    `reason` is a sentence for the owner, shown when the job is quarantined.
    """
    if job.pulse is not None:
        job.pulse.rest()
    with connection.cursor() as cursor:
        cursor.execute(RELEASE, _release_values(job.pk, job.percobaan, reason))
        row = cursor.fetchone()
    return _next_attempt(job.pk, job.percobaan, row)


def _release_values(job_id: int, attempt: int, reason: str) -> dict[str, Any]:
    pesan = EXHAUSTED.format(n=attempt, reason=reason)
    return {"job_id": job_id, "attempt": attempt, "pesan": pesan[:500]}


def _next_attempt(job_id: int, attempt: int, row: tuple | None) -> int | None:
    if row is None:
        return None
    logger.warning("job %s: attempt %s ended without a result, now %s", job_id, attempt, row[0])
    return attempt + 1 if row[0] == Job.Keadaan.MENUNGGU else None


def release_dead(job_id: int, *, patient: bool = False) -> int | None:
    """Take a job from an attempt whose process is dead, or has not stirred for a minute.

    Returns the attempt to start next, or None: nothing was wrong, or that was the last one. A row
    locked by its applying transaction is left alone: that transaction ends by itself, and decides.
    `patient` waits a moment for a process that is dying just now (a redelivered message says so).
    """
    job = Job.objects.filter(pk=job_id, keadaan=Job.Keadaan.BERJALAN).first()
    if job is None:
        return None
    line = pulse.connect()
    try:
        dead = pulse.lock(line, job.pk, job.percobaan, patient=patient)
        asleep = job.detak is None or job.detak < timezone.now() - timedelta(seconds=ASLEEP_SECONDS)
        if not dead and not asleep:
            return None
        with line.cursor() as cursor:
            cursor.execute(RELEASE, _release_values(job.pk, job.percobaan, DIED))
            return _next_attempt(job.pk, job.percobaan, cursor.fetchone())
    finally:
        line.close()


def cancel(job: Job) -> None:
    """The owner wants it stopped: at once while it waits, at its next step while it runs."""
    waiting = Q(keadaan=Job.Keadaan.MENUNGGU)
    Job.objects.filter(pk=job.pk, keadaan__in=LIVE).update(
        batal_diminta=True,
        keadaan=Case(When(waiting, then=Value(Job.Keadaan.DIBATALKAN)), default=F("keadaan")),
        berakhir=Case(When(waiting, then=Value(timezone.now())), default=F("berakhir")),
    )
    job.refresh_from_db()


def retry(job: Job) -> bool:
    """Let a failed or quarantined job try again, with as many attempts as at first."""
    revived = Job.objects.filter(pk=job.pk, keadaan__in=[Job.Keadaan.GAGAL, Job.Keadaan.KARANTINA]).update(
        keadaan=Job.Keadaan.MENUNGGU,
        batas_percobaan=F("percobaan") + MAX_ATTEMPTS,
        batal_diminta=False,
        dikirim=None,
        berakhir=None,
        pesan="",
    )
    job.refresh_from_db()
    if revived:
        transaction.on_commit(partial(send, job.pk, job.percobaan + 1), robust=True)
    return bool(revived)
