"""The kinds of long work. A room names its own in `<room>/tasks.py`, which Celery finds at start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from django.utils.module_loading import autodiscover_modules

if TYPE_CHECKING:
    from jobs.models import Job

Run = Callable[["Job"], dict | None]


@dataclass(frozen=True)
class Step:
    """One of the steps shown on the progress page; `kode` is what progress(fase=...) says.

    nama: "Memeriksa isi".  judul: the heading while it runs, "Memeriksa isi baris".
    keterangan: what happens in it, "NIK, wilayah, tanggal, baris ganda".
    """

    kode: str
    nama: str
    judul: str = ""
    keterangan: str = ""


def _nothing(job: Job) -> str:
    return ""


@dataclass(frozen=True)
class TaskKind:
    """What the task runner and the pages need to know about a kind of job."""

    jenis: str
    label: str
    run: Run
    steps: tuple[Step, ...] = ()
    unit: str = "baris"
    title: Callable[[Job], str] = _nothing
    context: Callable[[Job], str] = _nothing
    result_url: Callable[[Job], str] = _nothing
    again_url: Callable[[Job], str] = _nothing
    panel: str = ""
    related: tuple[str, ...] = ()
    minutes: int = 60

    def title_of(self, job: Job) -> str:
        return self.title(job) or self.label


_kinds: dict[str, TaskKind] = {}


def task_kind(
    jenis: str,
    *,
    label: str,
    steps: Sequence[Step] = (),
    unit: str = "baris",
    title: Callable[[Job], str] = _nothing,
    context: Callable[[Job], str] = _nothing,
    result_url: Callable[[Job], str] = _nothing,
    again_url: Callable[[Job], str] = _nothing,
    panel: str = "",
    related: Sequence[str] = (),
    minutes: int = 60,
) -> Callable[[Run], Run]:
    """Register the decorated `run(job)` as the work of a kind.

    run(job) is called in the territory of the job's owner, may be called again after it died half
    way, and returns the report (ids, counts, codes) unless it called actions.finish itself, inside
    the transaction that applies its work.

    title, context: heading and sentence of its page.  result_url: the page with its result.
    again_url: where "coba lagi" leads when a second run needs a new file; without it the same job
    is started again.  panel: a template shown below the progress bar, with `job`.
    related: relations of Job that title, context and result_url read, fetched at once for lists.
    minutes: longer than this it is stopped.
    """

    def register(run: Run) -> Run:
        if jenis in _kinds and _kinds[jenis].run.__module__ != run.__module__:
            raise RuntimeError(f"two kinds of job are called {jenis}")
        _kinds[jenis] = TaskKind(
            jenis,
            label,
            run,
            tuple(steps),
            unit,
            title,
            context,
            result_url,
            again_url,
            panel,
            tuple(related),
            minutes,
        )
        return run

    return register


def kind_of(job: Job) -> TaskKind:
    """The registered kind of a job; KeyError when no room knows it."""
    _discover()
    return _kinds[job.jenis]


def all_kinds() -> dict[str, TaskKind]:
    """Every registered kind by its jenis."""
    _discover()
    return dict(_kinds)


@cache
def _discover() -> None:
    # The web process never imports tasks by itself; the worker has done it already.
    autodiscover_modules("tasks")
