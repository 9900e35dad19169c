"""Long work of padan: loading an extract, and deleting what may not be kept any longer."""

from __future__ import annotations

from celery import shared_task

from jobs.models import Job
from jobs.registry import Step, task_kind
from padan import hapus, memuat, unggah
from padan.models import Ekstrak


def _ekstrak(job: Job) -> Ekstrak | None:
    return getattr(job, "ekstrak", None)


def _title(job: Job) -> str:
    ekstrak = _ekstrak(job)
    return f"Memuat ekstrak {ekstrak.cakupan.nama_lengkap}" if ekstrak else ""


def _context(job: Job) -> str:
    ekstrak = _ekstrak(job)
    return f"{ekstrak.nama_berkas}, PKS {ekstrak.nomor_pks}" if ekstrak else ""


def _page(job: Job) -> str:
    ekstrak = _ekstrak(job)
    return ekstrak.get_absolute_url() if ekstrak else ""


@task_kind(
    unggah.KIND,
    label="Ekstrak Dukcapil",
    steps=[
        Step("baca", "Membaca berkas", "Membaca berkas", "Baris disalin ke tempat sementara"),
        Step("periksa", "Memeriksa", "Memeriksa isi baris", "NIK, nama, tanggal, desa, NIK ganda"),
        Step("simpan", "Menyimpan", "Menyimpan baris", "Hanya dibaca mesin pencocok, berkasnya dihapus"),
    ],
    title=_title,
    context=_context,
    result_url=_page,
    related=["ekstrak__cakupan"],
)
def run_load_ekstrak(job: Job) -> None:
    """Load one extract; memuat.load_ekstrak may run twice and finishes the job itself."""
    memuat.load_ekstrak(job)


@shared_task(name="padan.purge_ekstrak")
def purge_ekstrak() -> int:
    """Hourly: rows of extracts whose agreement is over, and files nobody needs. Safe to run twice."""
    unggah.tidy()
    return hapus.purge_overdue()
