"""What Celery runs: one task for every kind of job, and the sweeper that makes the queue disposable."""

from __future__ import annotations

import logging
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pghistory
from celery import current_app, shared_task
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Q
from django.utils import timezone

from access.scope import use_territory
from jobs import actions, staging
from jobs.actions import JobCancelled, JobFailed, JobLost, JobTimeout
from jobs.ekspor import actions as ekspor_actions
from jobs.ekspor import queries as ekspor_queries
from jobs.failpoints import failpoint
from jobs.files import NO_ROOM, no_room
from jobs.models import Job
from jobs.pulse import Pulse
from jobs.registry import Step, kind_of, task_kind

logger = logging.getLogger(__name__)

WAITING_SECONDS = 20
UNKNOWN = "Jenis pekerjaan ini tidak dikenal lagi. Hubungi admin dengan menyebut nomor pekerjaan {pk}."
TOO_LONG = (
    "Pekerjaan ini dihentikan karena lebih dari {minutes} menit. Bagi berkasnya menjadi beberapa bagian."
)
BROKEN = "Terjadi kesalahan yang tidak terduga ({error}). Hubungi admin dengan menyebut nomor pekerjaan {pk}."


@shared_task(name="jobs.run")
def run(job_id: int, attempt: int) -> None:
    """Do one attempt of a job. A message that comes twice, late or forged finds nothing to claim.

    A message whose attempt is already running was delivered again: when that attempt's process is
    dead the next one starts here at once, otherwise this is a duplicate and goes away.
    """
    job = actions.claim(job_id, attempt)
    if job is None:
        following = actions.release_dead(job_id, patient=True)
        job = actions.claim(job_id, following) if following else None
    if job is None:
        return
    try:
        _attempt(job)
    finally:
        cast(Pulse, job.pulse).close()


def _attempt(job: Job) -> None:
    """Run the kind's work as the job's owner and write down how it ended."""
    failpoint("jobs.claimed")
    try:
        kind = kind_of(job)
    except KeyError:
        actions.fail(job, UNKNOWN.format(pk=job.pk))
        return
    pulse = cast(Pulse, job.pulse)
    pulse.start(seconds=kind.minutes * 60)
    try:
        _notice_death()
        with use_territory(job.pemilik), pghistory.context(user=job.pemilik_id, job=job.pk):
            laporan = kind.run(job)
            if job.keadaan == Job.Keadaan.BERJALAN:
                actions.finish(job, laporan)
    except JobLost:
        logger.warning("job %s: attempt %s is no longer the one at work", job.pk, job.percobaan)
    except Exception as error:
        _end_badly(job, pulse.reason or type(error), error)


def _notice_death() -> None:
    """Let PostgreSQL look every 2 s whether we still live, so a dead worker's statement stops soon."""
    with connection.cursor() as cursor:
        cursor.execute("SET client_connection_check_interval = '2s'")


def _end_badly(job: Job, reason: type[BaseException], error: Exception) -> None:
    """An interrupted statement fails with an error of its own: `reason` is why it was interrupted."""
    try:
        if issubclass(reason, JobLost):
            logger.warning("job %s: attempt %s was taken over", job.pk, job.percobaan)
        elif issubclass(reason, JobCancelled):
            actions.end_cancelled(job)
        elif issubclass(reason, JobTimeout):
            actions.fail(job, TOO_LONG.format(minutes=kind_of(job).minutes))
        elif isinstance(error, JobFailed):
            actions.fail(job, error.pesan)
        elif no_room(error):
            actions.fail(job, NO_ROOM)
        else:
            _log(job, error)
            sentence = BROKEN.format(error=type(error).__name__, pk=job.pk)
            if following := actions.give_back(job, sentence):
                actions.send(job.pk, following)
    except JobLost:
        logger.warning("job %s: attempt %s is no longer the one at work", job.pk, job.percobaan)
    except DatabaseError:
        # Not even its end could be written: the lock goes with this process, the sweeper sees to it.
        logger.error("job %s: the database is away", job.pk)


def _log(job: Job, error: Exception) -> None:
    """Log where it broke, not with which values: messages of PostgreSQL quote the row."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("job %s: %s\n%s", job.pk, type(error).__name__, frames)


def _sign() -> Path:
    return settings.DATA_DIR / "keadaan" / "sapu"


def swept_at() -> datetime | None:
    """When a sweep last came to its end: proof that beat, Redis and a worker were all there."""
    try:
        return datetime.fromtimestamp(_sign().stat().st_mtime, tz=UTC)
    except FileNotFoundError:
        return None


@shared_task(name="jobs.sweep")
def sweep() -> None:
    """Send again what Redis lost, take jobs from attempts that died, drop staging and scratch nobody needs.

    Safe to run at any time, and twice.
    """
    for job_id in Job.objects.filter(keadaan=Job.Keadaan.BERJALAN).values_list("pk", flat=True):
        if following := actions.release_dead(job_id):
            actions.send(job_id, following)
    _send_lost()
    staging.drop_orphans()
    staging.remove_scratch()
    _sign().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _sign().touch()


def _send_lost() -> None:
    """Send the waiting jobs again, unless the queue already holds a message for each of them."""
    old = timezone.now() - timedelta(seconds=WAITING_SECONDS)
    waiting = Job.objects.filter(keadaan=Job.Keadaan.MENUNGGU).filter(
        Q(dikirim__isnull=True, dibuat__lt=old) | Q(dikirim__lt=old)
    )
    attempts = list(waiting.order_by("dibuat").values_list("pk", "percobaan"))
    if not attempts or _queued() >= len(attempts):
        return
    for job_id, percobaan in attempts:
        if not actions.send(job_id, percobaan + 1):
            return


def _queued() -> int:
    """How many messages wait in Redis; 0 when it does not answer."""
    queue = current_app.conf.task_default_queue
    try:
        with current_app.connection_for_read() as broker:
            channel = broker.default_channel
            return channel.queue_declare(queue, passive=True).message_count  # type: ignore[attr-defined]
    except Exception:
        return 0


@task_kind(
    ekspor_actions.KIND,
    label="Ekspor",
    steps=[
        Step("hitung", "Menghitung", "Menghitung baris", "Menurut hak Anda saat ini"),
        Step("tulis", "Menulis", "Menulis baris ke berkas", "NIK dan No. KK disamarkan"),
        Step("simpan", "Menyimpan", "Menyimpan berkas", "Siap diunduh dari halaman ekspor"),
    ],
    title=ekspor_queries.job_title,
    context=ekspor_queries.job_context,
    result_url=ekspor_queries.job_result,
    related=["ekspor"],
)
def run_ekspor(job: Job) -> None:
    """Make the file of one export; make_ekspor may run again and finishes the job itself."""
    ekspor_actions.make_ekspor(job)


@shared_task(name="jobs.tidy_ekspor")
def tidy_ekspor() -> None:
    """Hourly: requests nobody answered, files past their time, files of nobody. Safe to run twice."""
    ekspor_actions.tidy()
