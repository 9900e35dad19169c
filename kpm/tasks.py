"""Long work of the registers: the import of a DTKS file, and deleting what imports leave behind."""

from __future__ import annotations

from celery import shared_task
from django.urls import reverse

from jobs.models import Job
from jobs.registry import Step, task_kind
from kpm import actions, uploads
from kpm.models import Impor

STEPS = [
    Step("baca", "Membaca berkas", "Membaca berkas", "Baris disalin ke tempat sementara"),
    Step("periksa", "Memeriksa isi", "Memeriksa isi baris", "NIK, wilayah, tanggal, baris ganda"),
    Step(
        "cocokkan",
        "Mencocokkan",
        "Mencocokkan dengan data yang ada",
        "Siapa yang baru, siapa yang sudah tercatat",
    ),
    Step("terapkan", "Menerapkan", "Menerapkan perubahan", "Semua sekaligus, atau tidak sama sekali"),
    Step("hitung", "Menghitung rekap", "Menghitung rekap", "Jumlah per desa untuk peta dan pimpinan"),
]


def _impor(job: Job) -> Impor | None:
    return getattr(job, "impor", None)


def _title(job: Job) -> str:
    impor = _impor(job)
    return f"Memuat {impor.sumber.judul}" if impor else ""


def _context(job: Job) -> str:
    impor = _impor(job)
    if impor is None:
        return ""
    size = f"{impor.ukuran / 1024**2:.1f}".replace(".", ",")
    return f"{impor.nama_berkas}, {size} MB"


def _result_url(job: Job) -> str:
    impor = _impor(job)
    return reverse("kpm:impor", args=[impor.pk]) if impor else ""


def _again_url(job: Job) -> str:
    return reverse("kpm:impor_baru")


@task_kind(
    uploads.KIND,
    label="Impor DTKS",
    steps=STEPS,
    title=_title,
    context=_context,
    result_url=_result_url,
    again_url=_again_url,
    related=["impor__sumber"],
)
def run_import_dtks(job: Job) -> None:
    """Carry out one import; actions.import_dtks may run twice and finishes the job itself."""
    actions.import_dtks(job)


@shared_task(name="kpm.delete_expired_rejects")
def delete_expired_rejects() -> int:
    """Hourly: delete reject workbooks and uploads past their time. Safe to run twice."""
    return uploads.delete_expired()
