"""Long work of the registers: the import of a DTKS file, and deleting what imports leave behind."""

from __future__ import annotations

from collections.abc import Callable

from celery import shared_task

from jobs.files import written_size
from jobs.models import Job
from jobs.registry import Step, task_kind
from kpm import actions, ganda, pratinjau, rekap_ulang, uploads, urung
from kpm.langkah import KINDS
from kpm.models import Impor, Langkah

LOOK = [
    Step("baca", "Membaca berkas", "Membaca berkas", "Baris disalin ke tempat sementara"),
    Step("periksa", "Memeriksa isi", "Memeriksa isi baris", "NIK, wilayah, tanggal, baris ganda"),
    Step(
        "cocokkan",
        "Mencocokkan",
        "Mencocokkan dengan data yang ada",
        "Siapa yang baru, siapa yang sudah tercatat",
    ),
]
TINJAU = [
    Step("awal", "Melihat sekilas", "Melihat sekilas isi berkas", "400 baris: bentuk, tanggal, NIK rusak"),
    *LOOK,
    Step("banding", "Membandingkan", "Membandingkan isian demi isian", "Belum ada yang diubah"),
]
TERAP = [
    *LOOK,
    Step("terapkan", "Menerapkan", "Menerapkan perubahan", "Semua sekaligus, atau tidak sama sekali"),
    Step("hitung", "Menghitung rekap", "Menghitung rekap", "Jumlah per desa untuk peta dan pimpinan"),
]
URUNG = [
    Step(
        "periksa",
        "Memeriksa",
        "Memeriksa apa yang berubah sejak itu",
        "Yang diubah orang lain tidak disentuh",
    ),
    Step("kembali", "Mengembalikan", "Mengembalikan data", "Semua sekaligus, atau tidak sama sekali"),
    Step("hitung", "Menghitung rekap", "Menghitung rekap", "Jumlah per desa untuk peta dan pimpinan"),
]


def _impor(job: Job) -> Impor | None:
    step = getattr(job, "langkah", None)
    return step.impor if step else None


def _titled(verb: str) -> Callable[[Job], str]:
    def title(job: Job) -> str:
        impor = _impor(job)
        return f"{verb} {impor.sumber.judul}" if impor else ""

    return title


def _context(job: Job) -> str:
    impor = _impor(job)
    if impor is None:
        return ""
    return f"{impor.nama_berkas}, {written_size(impor.ukuran)}"


def _result_url(job: Job) -> str:
    impor = _impor(job)
    return impor.get_absolute_url() if impor else ""


def impor_kind(
    jenis: str, *, label: str, verb: str, steps: list[Step], title: Callable[[Job], str] | None = None
) -> Callable:
    """Register a step in the life of an import: its job leads to the page of the import."""
    return task_kind(
        KINDS[jenis],
        label=label,
        steps=steps,
        title=title or _titled(verb),
        context=_context,
        result_url=_result_url,
        related=["langkah__impor__sumber"],
    )


@impor_kind(Langkah.Jenis.TINJAU, label="Pratinjau impor", verb="Meninjau", steps=TINJAU)
def run_review_import(job: Job) -> None:
    """Look an import through; pratinjau.review_import may run twice and finishes the job itself."""
    pratinjau.review_import(job)


@impor_kind(Langkah.Jenis.TERAP, label="Impor DTKS", verb="Memuat", steps=TERAP)
def run_import_dtks(job: Job) -> None:
    """Carry out one import; actions.import_dtks may run twice and finishes the job itself."""
    actions.import_dtks(job)


def _undo_title(job: Job) -> str:
    impor = _impor(job)
    if impor is None:
        return ""
    verb = "Menerapkan lagi" if job.parameter["arah"] == urung.TERAP else "Mengurungkan"
    return f"{verb} {impor.sumber.judul}"


@impor_kind(Langkah.Jenis.URUNG, label="Urungkan impor", verb="Mengurungkan", steps=URUNG, title=_undo_title)
def run_undo_import(job: Job) -> None:
    """Take one import back; urung.undo_import may run twice and finishes the job itself."""
    urung.undo_import(job)


@shared_task(name="kpm.refresh_ganda")
def refresh_ganda() -> bool:
    """Every minute: who stands in the registers twice, if they have changed. Safe to run twice."""
    return ganda.refresh_if_changed()


@shared_task(name="kpm.refresh_rekap")
def refresh_rekap() -> bool:
    """Every five minutes: the counts without names, if somebody changed the registers by hand. Safe to run twice."""
    return rekap_ulang.refresh_if_edited()


@shared_task(name="kpm.delete_expired_rejects")
def delete_expired_rejects() -> int:
    """Hourly: delete reject workbooks and uploads past their time. Safe to run twice."""
    return uploads.delete_expired()
