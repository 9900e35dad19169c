"""Long work of padan: loading an extract, matching with it, and deleting what may not be kept any longer."""

from __future__ import annotations

from celery import shared_task

from jobs.models import Job
from jobs.registry import Step, task_kind
from padan import actions, hapus, memuat, unggah
from padan.models import Ekstrak, Pencocokan


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


def _run(job: Job) -> Pencocokan | None:
    return getattr(job, "pencocokan", None)


def _run_title(job: Job) -> str:
    run = _run(job)
    return f"Mencocokkan dengan data Dukcapil {run.ekstrak.cakupan.nama_lengkap}" if run else ""


def _run_context(job: Job) -> str:
    run = _run(job)
    return f"{run.ekstrak.nama_berkas}, PKS {run.ekstrak.nomor_pks}" if run else ""


def _run_page(job: Job) -> str:
    run = _run(job)
    return run.get_absolute_url() if run else ""


@task_kind(
    actions.KIND,
    label="Pencocokan",
    steps=[
        Step("tunggu", "Menunggu giliran", "Menunggu giliran", "Satu per satu untuk tiap ekstrak"),
        Step("baca", "Membaca", "Membaca daftar dan ekstrak", "Hanya yang dicakup ekstrak ini"),
        Step("tepat", "NIK yang sama", "Mencari NIK yang sama", "Nama dan tanggal lahirnya ikut dibandingkan"),
        Step("splink", "Orang yang mirip", "Mencari orang yang mirip", "Yang NIK-nya kosong, salah, milik orang lain"),
        Step("putus", "Memilih", "Memilih pasangan yang jelas", "Yang tidak jelas diputuskan petugas"),
        Step("simpan", "Menyimpan", "Menyimpan hasil", "Semua sekaligus, atau tidak sama sekali"),
    ],
    unit="orang",
    title=_run_title,
    context=_run_context,
    result_url=_run_page,
    related=["pencocokan__ekstrak__cakupan"],
)  # fmt: skip
def run_pencocokan(job: Job) -> None:
    """Carry out one match; actions.run_pencocokan may run twice and finishes the job itself."""
    actions.run_pencocokan(job)


@shared_task(name="padan.purge_ekstrak")
def purge_ekstrak() -> int:
    """Hourly: rows of extracts whose agreement is over, and files nobody needs. Safe to run twice."""
    unggah.tidy()
    return hapus.purge_overdue()
