"""Long work of accounts: making those of a list, and taking away what is past its time."""

from __future__ import annotations

from celery import shared_task
from django.urls import reverse

from access.actions import end_idle_sessions
from jobs.models import Job
from jobs.registry import Step, task_kind
from sentral.akun import actions
from sentral.akun.models import DaftarAkun
from sentral.akun.slip import delete_expired

STEPS = [
    Step("periksa", "Memeriksa daftar", "Memeriksa daftar", "Wilayah, peran, siapa yang sudah punya akun"),
    Step(
        "sandi",
        "Membuat kata sandi",
        "Membuat kata sandi pertama",
        "Disimpan teracak, tidak dapat dibaca lagi",
    ),
    Step("tulis", "Menulis akun", "Menulis akun dan penugasan", "Semua sekaligus, atau tidak sama sekali"),
    Step("slip", "Membuat slip", "Membuat slip masuk pertama", "Satu untuk tiap orang, siap dicetak"),
]


def _daftar(job: Job) -> DaftarAkun | None:
    return getattr(job, "daftar_akun", None)


def _context(job: Job) -> str:
    daftar = _daftar(job)
    return daftar.nama_berkas if daftar else ""


def _result_url(job: Job) -> str:
    daftar = _daftar(job)
    return reverse("akun:unggahan", args=[daftar.pk]) if daftar else ""


@task_kind(
    actions.KIND,
    label="Membuat akun",
    steps=STEPS,
    unit="orang",
    context=_context,
    result_url=_result_url,
    related=["daftar_akun"],
)
def run_create_from_list(job: Job) -> None:
    """Make the accounts of one list; actions.create_from_list may run twice and finishes the job itself."""
    actions.create_from_list(job)


@shared_task(name="akun.delete_expired")
def delete_expired_slips() -> None:
    """Hourly: slips past their time, files without a row, rows of old lists. Safe to run twice."""
    delete_expired()
    actions.delete_old_lists()


@shared_task(name="akun.end_idle_sessions")
def end_sessions_without_penugasan() -> None:
    """Nightly: whoever has no penugasan left is logged out. Safe to run twice."""
    end_idle_sessions()
