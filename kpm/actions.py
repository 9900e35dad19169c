"""The verb of an import: carry it out. What was looked at before stands in run.py, its preview in pratinjau.py.

One transaction writes everything or nothing. How its file came in, and leaves again, stands in uploads.py.
"""

from __future__ import annotations

import logging
import secrets
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from access.history import acting
from jobs.actions import LIVE, JobFailed, cancel, claim_here, fail, finish, lock_for_apply, progress
from jobs.failpoints import failpoint
from jobs.models import Job
from kpm import jawaban
from kpm.langkah import OPEN, forget_approval, locked, queue_step
from kpm.models import Impor, Langkah
from kpm.pratinjau import needs_second
from kpm.rekap import rewrite_rekap
from kpm.run import (
    Run,
    beside,
    changed_since,
    compare_answers,
    digest,
    drop_tables,
    judge,
    keep_tables,
    match,
    note_mended,
    note_rejected,
    note_workbook,
    read_file,
    refuse_loss,
    report,
    write_workbook,
)
from kpm.uploads import folder

logger = logging.getLogger(__name__)

MERGE = [
    "21_keluarga_baru",
    "23_keluarga_ubah",
    "24_anggota_baru",
    "26_anggota_ubah",
    "27_ikut_pindah",
    "28_kepesertaan_pindah",
    "29_peringkat_pindah",
    *jawaban.FOLLOW,
    "31_kepesertaan_baru",
    "31a_statistik",
    "32_kepesertaan_hapus",
    "33_peringkat",
    "36_keluar",
    "36a_keluar_orang",
]
NOTE = "35_tercatat"  # written of every file, whether or not it changed anything
STATISTICS = {"31a_statistik", "34d_statistik_jawaban"}  # for the planner; they write no row
SAMPING = ["31_kepesertaan_baru", "32_kepesertaan_hapus", "33_peringkat"]  # steps whose rows are reported
APPLY_LOCK = 727_002  # imports apply one after another


@transaction.atomic
def queue_directly(impor: Impor) -> Job:
    """Queue the import without a preview: for commands, the demo and tests. No page leads here.

    A preview that nobody has begun is taken back, one at work is asked to stop.
    """
    impor = locked(impor.pk)
    for step in impor.langkah_list.select_related("job").filter(job__keadaan__in=LIVE):
        begun = step.job.percobaan > 0
        if begun:
            cancel(step.job)
        else:
            step.delete()
            step.job.delete()
    return queue_step(impor=impor, jenis=Langkah.Jenis.TERAP, oleh=impor.pemilik)


def apply_directly(impor: Impor) -> None:
    """Carry out an import here and now, without a preview, as its owner: he must be the one whose territory is set."""
    job = claim_here(queue_directly(impor))
    import_dtks(job)
    impor.refresh_from_db()


def import_dtks(job: Job) -> None:
    """Carry out one import, from the stored file to the committed registers. Safe to run again.

    Staged rows of a preview, or of an attempt that died, are used again; what was not committed never happened.
    With the digest of a preview in its parameter (`sidik`) it does what that preview showed, or nothing: then the
    preview is made anew and the job has failed.
    """
    impor = Impor.objects.select_related("sumber", "pemilik").get(langkah_list__job=job)
    sidik = job.parameter.get("sidik", "")
    if sidik:
        refuse_unready(impor, sidik)
    run = read_file(job, impor)
    failpoint("kpm.impor.staged")
    places = judge(run)
    failpoint("kpm.impor.checked")
    try:
        laporan = _apply(run, places, sidik)
    except Outdated as found:
        _review_anew(job, impor, found.sejak)
        return
    failpoint("kpm.impor.after_commit")
    logger.info("impor %s: %s", impor.pk, laporan["detik"])
    # After the commit, whoever's it is: the loader cannot drop what an open transaction has read.
    transaction.on_commit(partial(drop_tables, impor), robust=True)


class Outdated(Exception):
    """What would be written is not what the preview showed; sejak: who touched these rows meanwhile."""

    def __init__(self, sejak: list[dict[str, int | None]]):
        super().__init__("registers changed since the preview")
        self.sejak = sejak


def refuse_unready(impor: Impor, sidik: str) -> None:
    """Raise JobFailed unless this preview is the present one and whoever has to has said yes to it."""
    if impor.tinjauan.get("sidik") != sidik or impor.keadaan != Impor.Keadaan.DITINJAU:
        raise JobFailed("Pratinjau yang diminta untuk diterapkan sudah diganti. Periksa pratinjau yang baru.")
    if needs_second(impor.tinjauan) and impor.setuju_oleh_id is None:
        raise JobFailed("Impor ini memerlukan persetujuan orang kedua, dan belum ada.")


def _apply(run: Run, places: list[dict[str, Any]], sidik: str) -> dict[str, Any]:
    """Match, write the reject workbook, merge, count: one transaction, everything or nothing."""
    job = run.job
    rejects = folder() / f"tolak-{secrets.token_hex(16)}.xlsx"
    try:
        with transaction.atomic():
            lock_for_apply(job)
            with connection.cursor() as cursor, acting(job=job.pk, user=job.pemilik_id):
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [APPLY_LOCK])
                match(run, cursor)
                if sidik:
                    _refuse_outdated(run, cursor, sidik)
                with run.phase("tolak"):
                    workbook, rejected = _workbook(run, rejects, sidik)
                failpoint("kpm.impor.before_merge")
                progress(job, fase="terapkan", total=run.staged.rows)
                with run.phase("terapkan"):
                    written = _merge(run, cursor)
                progress(job, fase="hitung")
                if any(written.values()):  # the same file again leaves every count as it is
                    with run.phase("rekap"), run.province:
                        rewrite_rekap()
                laporan = report(run, cursor, places) | beside(*(written[name] for name in SAMPING))
                laporan["ditandai_keluar"] = written["36_keluar"]
                laporan["anggota_ditandai_keluar"] = written["36a_keluar_orang"]
                note_rejected(run, cursor)
                note_mended(run, cursor)
            refuse_loss(run, laporan, rejected)
            note_workbook(run.impor, workbook if rejected else None)
            _note_applied(run.impor, job)
            failpoint("kpm.impor.before_commit")
            finish(job, laporan)
    except BaseException:
        rejects.unlink(missing_ok=True)
        raise
    return laporan


def _merge(run: Run, cursor) -> dict[str, int]:
    """Write what was found into the registers; return how many rows of them each step wrote."""
    written: dict[str, int] = {}
    for name in [*MERGE, *(jawaban.MERGE if run.layout.indikator else [])]:
        progress(run.job)
        failpoint(f"kpm.impor.{name}")
        if name not in STATISTICS:
            written[name] = run.execute(cursor, name)
        elif any(written.values()):
            run.execute(cursor, name)
    run.execute(cursor, NOTE)
    return written


def _refuse_outdated(run: Run, cursor, sidik: str) -> None:
    """Raise Outdated when this import would do something else than its preview showed."""
    compare_answers(run, cursor)
    if digest(run, cursor) != sidik:
        raise Outdated(changed_since(run, cursor, run.impor.tinjauan["pada"]))


def _workbook(run: Run, path: Path, sidik: str) -> tuple[Path, int]:
    """The workbook of the preview, whose digest says that the same rows are refused; else a new one at `path`."""
    earlier = folder() / run.impor.tolak_berkas
    if sidik and run.impor.tolak_berkas and earlier.exists():
        return earlier, run.impor.tinjauan["ditolak"]
    return path, write_workbook(run, path)


@transaction.atomic
def _review_anew(job: Job, impor: Impor, sejak: list[dict[str, int | None]]) -> None:
    """Nothing was written: queue another preview that says what changed, and take back a second person's yes."""
    lock_for_apply(job)
    impor = locked(impor.pk)
    if impor.keadaan in OPEN:
        forget_approval(impor)
        impor.keadaan = Impor.Keadaan.DIPERIKSA
        impor.save()
        queue_step(impor=impor, jenis=Langkah.Jenis.TINJAU, oleh=impor.pemilik, parameter={"sejak": sejak})
    fail(job, "Data berubah sejak pratinjau, jadi tidak ada yang ditulis. Pratinjaunya dibuat lagi.")


def _note_applied(impor: Impor, job: Job) -> None:
    impor.job, impor.keadaan = job, Impor.Keadaan.DITERAPKAN
    impor.save(update_fields=["job", "keadaan"])
    keep_tables(impor, set())
