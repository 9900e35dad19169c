"""The job that loads boundaries, and deleting what ended ones left."""

from __future__ import annotations

from celery import shared_task
from django.urls import reverse

from jobs.models import Job
from jobs.registry import Step, task_kind
from sentral.batas import actions

STEPS = [
    Step("baca", "Membaca berkas", "Membaca berkas", "Poligon dan kodenya, tanpa membuka alamat di dalamnya"),
    Step("periksa", "Memeriksa bentuk", "Memeriksa bentuk", "Kode, bentuk yang sah, letak di provinsi"),
    Step("gabung", "Menggabung", "Menggabung ke atas", "Kecamatan dan kabupaten dari desanya"),
    Step("tampil", "Menyederhanakan", "Menyederhanakan garis untuk peta", "Garis bersama tetap bersama"),
    Step("banding", "Membandingkan", "Membandingkan", "Tumpang tindih, celah, luas terhadap sekarang"),
]


def _title(job: Job) -> str:
    return f"Memuat {job.parameter['nama']}"


def _context(job: Job) -> str:
    return ", ".join(one["nama"] for one in job.parameter["berkas"])


def _result_url(job: Job) -> str:
    versi = job.laporan.get("versi")
    return reverse("batas:versi", args=[versi]) if versi else ""


def _again_url(job: Job) -> str:
    return reverse("batas:baru")


@task_kind(
    actions.KIND,
    label="Impor batas wilayah",
    steps=STEPS,
    title=_title,
    context=_context,
    result_url=_result_url,
    again_url=_again_url,
    minutes=30,
)
def run_import_batas(job: Job) -> None:
    """Load the files; actions.import_batas may run twice and finishes the job itself."""
    actions.import_batas(job)


@shared_task(name="batas.delete_expired")
def delete_expired_uploads() -> None:
    """Hourly: uploads whose load has ended, and files of nobody. Safe to run twice."""
    actions.delete_expired()
