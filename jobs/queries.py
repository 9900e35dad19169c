"""Numbers and sentences of the job pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone

from jobs.models import Job
from jobs.registry import Step, TaskKind, all_kinds, kind_of

INBOX_DAYS = 30
INBOX_ROWS = 20
RATE_AFTER_SECONDS = 1.0


@dataclass(frozen=True)
class Progress:
    """How far a running job is. percent, rate and left are None while nobody can know them.

    Inside one long statement nothing is counted: then `step` of `steps` says where it is.
    """

    heading: str
    done: int
    total: int | None
    unit: str
    percent: int | None
    rate: int | None
    left: timedelta | None
    step: int
    steps: int


@dataclass(frozen=True)
class Line:
    """A job in a list: what it is called, and where its result or its page is."""

    job: Job
    title: str
    context: str
    url: str


def kind_or_none(job: Job) -> TaskKind | None:
    """The job's kind, None when no room knows it any more."""
    try:
        return kind_of(job)
    except KeyError:
        return None


def title_of(job: Job) -> str:
    kind = kind_or_none(job)
    return kind.title_of(job) if kind else f"Pekerjaan {job.pk}"


def progress_of(job: Job) -> Progress:
    """What the bar shows: share, rate since the phase began, and the time left at that rate."""
    kind = kind_or_none(job)
    percent = rate = left = None
    order = [step.kode for step in kind.steps] if kind else []
    if job.total_n and job.selesai_n:
        percent = min(100, job.selesai_n * 100 // job.total_n)
    if job.fase_mulai and job.detak and job.selesai_n:
        seconds = (job.detak - job.fase_mulai).total_seconds()
        if seconds >= RATE_AFTER_SECONDS:
            rate = round(job.selesai_n / seconds)
    if rate and job.total_n:
        left = timedelta(seconds=max(1, round((job.total_n - job.selesai_n) / rate)))
    return Progress(
        heading=_heading(job, kind),
        done=job.selesai_n,
        total=job.total_n,
        unit=kind.unit if kind else "baris",
        percent=percent,
        rate=rate,
        left=left,
        step=order.index(job.fase) + 1 if job.fase in order else 0,
        steps=len(order),
    )


def _heading(job: Job, kind: TaskKind | None) -> str:
    if job.batal_diminta:
        return "Sedang dihentikan"
    if job.keadaan == Job.Keadaan.MENUNGGU:
        return "Menunggu giliran"
    step = _step(job, kind)
    return (step.judul or step.nama) if step else job.fase or "Sedang dikerjakan"


def _step(job: Job, kind: TaskKind | None) -> Step | None:
    return next((step for step in kind.steps if step.kode == job.fase), None) if kind else None


def steps_of(job: Job) -> list[dict[str, str]]:
    """The kind's steps as parts/steps.html wants them."""
    kind = kind_or_none(job)
    if kind is None:
        return []
    order = [step.kode for step in kind.steps]
    now = order.index(job.fase) if job.fase in order else -1
    if job.keadaan == Job.Keadaan.SELESAI:
        now = len(order)
    failed = job.keadaan in {Job.Keadaan.GAGAL, Job.Keadaan.KARANTINA}
    current = "kini" if job.is_live else "gagal" if failed else ""
    return [
        {
            "nama": step.nama,
            "ket": step.keterangan,
            "keadaan": "sudah" if place < now else current if place == now else "",
        }
        for place, step in enumerate(kind.steps)
    ]


def page_of(job: Job) -> dict[str, Any]:
    """What the templates of a job's page need, jobs/state.html among them."""
    kind = kind_or_none(job)
    return {
        "job": job,
        "kind": kind,
        "judul": title_of(job),
        "konteks": kind.context(job) if kind else "",
        "progress": progress_of(job),
        "tahap_list": steps_of(job),
        "hasil_url": kind.result_url(job) if kind and job.keadaan == Job.Keadaan.SELESAI else "",
        "ulang_url": kind.again_url(job) if kind else "",
    }


def inbox_of(user) -> dict[str, list[Line]]:
    """The user's jobs of the last 30 days, by how they stand."""
    since = timezone.now() - timedelta(days=INBOX_DAYS)
    recent = Job.objects.owned_by(user).filter(dibuat__gte=since).order_by("-dibuat")
    groups = {
        "berjalan": recent.filter(keadaan__in=[Job.Keadaan.MENUNGGU, Job.Keadaan.BERJALAN]),
        "gagal": recent.filter(keadaan__in=[Job.Keadaan.GAGAL, Job.Keadaan.KARANTINA]),
        "selesai": recent.filter(keadaan__in=[Job.Keadaan.SELESAI, Job.Keadaan.DIBATALKAN]),
    }
    lists = {name: list(jobs[:INBOX_ROWS]) for name, jobs in groups.items()}
    fetch_related([job for jobs in lists.values() for job in jobs])
    return {name: [_line(job) for job in jobs] for name, jobs in lists.items()}


def fetch_related(jobs: list[Job]) -> None:
    """Load what the kinds' titles need, one query per relation instead of one per job."""
    for jenis, kind in all_kinds().items():
        of_kind = [job for job in jobs if job.jenis == jenis]
        prefetch_related_objects(of_kind, *kind.related)


def _line(job: Job) -> Line:
    kind = kind_or_none(job)
    url = job.get_absolute_url()
    if kind and job.keadaan == Job.Keadaan.SELESAI:
        url = kind.result_url(job) or url
    return Line(job, title_of(job), kind.context(job) if kind else "", url)
