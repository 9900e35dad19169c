"""Verbs of taking an import back: ask for it, carry it out, and take that back again. How: undo.py."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.db import DatabaseError, OperationalError, connection, transaction
from psycopg2.errors import QueryCanceled

from access.jejak import record_jejak
from access.rules import may_import
from access.scope import as_system, territory_of
from jobs.actions import JobFailed, finish, lock_for_apply, progress
from jobs.failpoints import failpoint
from jobs.models import Job
from kpm.actions import APPLY_LOCK
from kpm.langkah import StepRefused, at_work, latest, locked, queue_step
from kpm.models import Impor, Langkah
from kpm.rekap import rewrite_rekap
from kpm.undo import Blocked, Judged, Undo

URUNG, TERAP = "urung", "terap"  # take an import back; apply it again
BLOCKED = (
    "Impor ini tidak dapat diurungkan: ada data lain yang bergantung padanya. Tidak ada yang diubah."
    " Hubungi admin dengan menyebut nomor pekerjaan ini."
)
STALE = (
    "Sesudah pekerjaan ini diminta, impornya sudah dikerjakan lagi, jadi tidak ada yang diubah. Lihat halaman"
    " impornya, lalu minta dari sana bila masih perlu."
)
COUNT_SECONDS = 8  # so long a page waits for the numbers of an undo
NOT_ALLOWED = "Mintalah Dinsos provinsi mengurungkannya."


def request_undo(*, impor_id: int, arah: str, by, alamat: str | None = None) -> Job:
    """Queue taking an import back, or applying one again that was taken back.

    Raises StepRefused with a sentence; of two who ask at the same moment the second is told that it is
    being done. The work runs with the rights of whoever asks.
    """
    with transaction.atomic():
        impor = locked(impor_id)
        if sentence := why_not(impor, arah, by):
            raise StepRefused(sentence)
        job = queue_step(
            impor=impor,
            jenis=Langkah.Jenis.URUNG,
            oleh=by,
            pemilik=by,
            parameter={"kunci": keys_of(impor, arah), "arah": arah},
        )
        record_jejak(
            user=by,
            aksi="impor",
            objek="impor",
            objek_id=impor.pk,
            alasan="diurungkan" if arah == URUNG else "diterapkan lagi",
            alamat=alamat,
            rincian={"pekerjaan": job.pk},
        )
    return job


def why_not(impor: Impor, arah: str, by) -> str:
    """Why this user cannot take this import back now (or apply it again); "" when he can."""
    if sentence := why_not_his(impor, by):
        return sentence
    if at_work(impor):
        return "Impor ini sedang dikerjakan. Tunggu sampai selesai, lalu coba lagi."
    return why_not_now(impor, arah)


def why_not_now(impor: Impor, arah: str) -> str:
    """Why there is nothing to take back (or to apply again) as the import stands; "" when there is."""
    if arah == TERAP and impor.keadaan != Impor.Keadaan.DIURUNGKAN:
        return "Impor ini tidak sedang diurungkan, jadi tidak ada yang perlu diterapkan lagi."
    if impor.keadaan not in (Impor.Keadaan.DITERAPKAN, Impor.Keadaan.DIURUNGKAN):
        return "Impor ini belum diterapkan, jadi tidak ada yang perlu diurungkan."
    return ""


def why_not_his(impor: Impor, by) -> str:
    """Why this import is not this user's to take back; "" when it is."""
    if not may_import(by):
        return may_import.sentence
    if impor.pemilik_id != by.pk and not territory_of(by).semua:
        return f"Impor ini milik {impor.pemilik}. {NOT_ALLOWED}"
    per_desa = impor.job.laporan.get("per_desa", []) if impor.job else []
    if not all(may_import.covers(by, kode) for kode, applied, _ in per_desa if applied):
        return f"Impor ini mencakup desa di luar wilayah Anda. {NOT_ALLOWED}"
    return ""


def keys_of(impor: Impor, arah: str) -> list[str]:
    """The work to take back: the import itself, or whatever took it back since it was last applied."""
    if arah == URUNG:
        return [f"job:{impor.job_id}"]
    keys: list[str] = []
    for job in steps(impor).order_by("pk"):
        keys = [*keys, f"job:{job.pk}"] if job.parameter["arah"] == URUNG else []
    return keys


def steps(impor: Impor):
    """The jobs that took this import back or applied it again."""
    return Job.objects.filter(
        langkah__impor=impor, langkah__jenis=Langkah.Jenis.URUNG, keadaan=Job.Keadaan.SELESAI
    )


def later_imports(keys: list[str]) -> list[int]:
    """Jobs of the imports applied after that work: what their files name is theirs as well by now."""
    jobs = [int(key.removeprefix("job:")) for key in keys]
    done = Job.objects.filter(pk__in=jobs).order_by("-berakhir").values_list("berakhir", flat=True).first()
    found = Impor.objects.filter(keadaan=Impor.Keadaan.DITERAPKAN, job__berakhir__gt=done)
    return [pk for pk in found.values_list("job_id", flat=True) if pk and pk not in jobs]


def consequences(impor: Impor, arah: str, by) -> Judged | None:
    """What taking this import back (or applying it again) would do now. Counts; no register is written.

    None when counting takes longer than a page may wait.
    """
    keys = keys_of(impor, arah)
    hurry = _Hurry(COUNT_SECONDS)
    try:
        with transaction.atomic():
            with connection.execute_wrapper(hurry):
                judged = Undo(keys, user=by, later=later_imports(keys)).judge()
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
            return judged
    except (
        DatabaseError,
        QueryCanceled,
    ):  # the cancelled statement itself, or one of those that clear up after it
        if hurry.cancelled:
            return None
        raise


class _Hurry:
    """Lets all statements together take no longer than some seconds; the one that would is cancelled."""

    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds
        self.cancelled = False

    def __call__(self, execute, statement, params, many, context):
        if self.cancelled:
            return execute(statement, params, many, context)
        left = max(int((self.end - time.monotonic()) * 1000), 1)
        try:
            with context["connection"].connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(left)])
            return execute(statement, params, many, context)
        except (OperationalError, QueryCanceled) as error:  # Django's, or of setting the limit itself
            self.cancelled = isinstance(error, QueryCanceled) or isinstance(error.__cause__, QueryCanceled)
            raise


def undo_import(job: Job) -> None:
    """Carry out what request_undo queued: everything or nothing. Safe to run again after it died."""
    impor = Impor.objects.select_related("job", "sumber", "pemilik").get(langkah_list__job=job)
    if sentence := why_not_his(impor, job.pemilik):  # rights may have ended while it waited
        raise JobFailed(sentence)
    arah = job.parameter["arah"]
    seconds: dict[str, float] = {}
    with transaction.atomic():
        lock_for_apply(job)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [APPLY_LOCK])
            impor = locked(impor.pk)
            keys = _still_asked(job, impor)
            undo = Undo(keys, user=job.pemilik, later=later_imports(keys))
            with _timed(seconds, "kembali"):
                judged = _carry_out(undo, job)
                undo.write_stays(cursor, job.pk)
            progress(job, fase="hitung")
            with _timed(seconds, "rekap"), _province(job):
                rewrite_rekap()
            laporan = _report(job, judged) | {"detik": seconds}
        impor.keadaan = Impor.Keadaan.DIURUNGKAN if arah == URUNG else Impor.Keadaan.DITERAPKAN
        impor.save(update_fields=["keadaan"])
        failpoint("kpm.urung.before_commit")
        finish(job, laporan)
    failpoint("kpm.urung.after_commit")


def _still_asked(job: Job, impor: Impor) -> list[str]:
    """The work this job was asked to take back. Raises JobFailed when the import has gone on since."""
    keys, arah = job.parameter["kunci"], job.parameter["arah"]
    step = latest(impor)
    if step is None or step.job_id != job.pk or why_not_now(impor, arah) or keys != keys_of(impor, arah):
        raise JobFailed(STALE)
    return keys


def _carry_out(undo: Undo, job: Job) -> Judged:
    try:
        return undo.carry_out(at=lambda step: progress(job, fase=step), job=job.pk, user=job.pemilik_id)
    except Blocked as error:
        raise JobFailed(BLOCKED) from error


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    start = time.monotonic()
    yield
    seconds[name] = round(time.monotonic() - start, 2)


def _province(job: Job):
    semua = territory_of(job.pemilik).semua
    return nullcontext() if semua else as_system("urungkan: menghitung rekap")


def _report(job: Job, judged: Judged) -> dict[str, Any]:
    """Counts of what was done and of what stayed, with the number of keluarga per reason."""
    return {
        "arah": job.parameter["arah"],
        "hapus": judged.of("hapus"),
        "kembali": judged.of("kembali"),
        "masuk": judged.of("masuk"),
        "tetap": judged.stays,
        "sisa": [
            {"sebab": sebab, "keluarga": families, "baris": rows}
            for sebab, (families, rows) in judged.families.items()
        ],
    }
