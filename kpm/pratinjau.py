"""The preview of an import: everything is looked at, nothing is written. Its verbs: review, apply, discard.

The preview takes the steps of run.py as applying does, and notes what it found in Impor.tinjauan.
"""

from __future__ import annotations

import logging
import secrets
from functools import partial

from django.db import connection, transaction

from access.jejak import record_jejak
from jobs import staging
from jobs.actions import cancel, finish, lock_for_apply, progress
from jobs.failpoints import failpoint
from jobs.models import Job
from kpm import preflight
from kpm.langkah import OPEN, StepRefused, at_work, locked, queue_step
from kpm.models import Impor, Langkah
from kpm.run import judge, match, note_rejected, note_workbook, read_file, refuse_loss, report, write_workbook
from kpm.uploads import folder

logger = logging.getLogger(__name__)


def review_import(job: Job) -> None:
    """Look through one import and note what it would do. Safe to run again, at any time."""
    impor = Impor.objects.select_related("sumber", "pemilik").get(langkah_list__job=job)
    if preflight.look_first(job, impor):
        return
    run = read_file(job, impor)
    failpoint("kpm.tinjau.staged")
    places = judge(run)
    failpoint("kpm.tinjau.checked")
    rejects = folder() / f"tolak-{secrets.token_hex(16)}.xlsx"
    try:
        with transaction.atomic():
            lock_for_apply(job)
            with connection.cursor() as cursor:
                match(run, cursor)
                progress(job, fase="banding", total=run.staged.rows)
                with run.phase("tolak"):
                    rejected = write_workbook(run, rejects)
                laporan = report(run, cursor, places)
                note_rejected(run, cursor)
            refuse_loss(run, laporan, rejected)
            kept = locked(impor.pk)
            if kept.keadaan in OPEN:
                kept.tinjauan, kept.keadaan = laporan, Impor.Keadaan.DITINJAU
                kept.save(update_fields=["tinjauan", "keadaan"])
                note_workbook(kept, rejects if rejected else None)
            failpoint("kpm.tinjau.before_commit")
            finish(job)
    except BaseException:
        rejects.unlink(missing_ok=True)
        raise
    transaction.on_commit(partial(staging.drop_staging, job), robust=True)


@transaction.atomic
def apply_reviewed(*, impor_id: int, by, alamat: str | None = None) -> Impor:
    """Queue the applying of what was previewed. A second click finds it queued. Raises StepRefused."""
    impor = locked(impor_id)
    if (step := at_work(impor)) and step.jenis == Langkah.Jenis.TERAP:
        return impor
    if impor.keadaan != Impor.Keadaan.DITINJAU:
        raise StepRefused("Impor ini belum selesai ditinjau, atau sudah diterapkan. Muat ulang halamannya.")
    queue_step(impor=impor, jenis=Langkah.Jenis.TERAP, oleh=by)
    record_jejak(
        user=by, aksi="impor", objek="impor", objek_id=impor.pk, alamat=alamat, rincian={"langkah": "terap"}
    )
    return impor


@transaction.atomic
def review_again(*, impor_id: int, by) -> Impor:
    """Queue another preview of an import that is not applied. Raises StepRefused."""
    impor = locked(impor_id)
    if at_work(impor):
        return impor
    if impor.keadaan not in OPEN:
        raise StepRefused("Impor ini tidak ditinjau lagi: sudah diterapkan atau dibuang.")
    queue_step(impor=impor, jenis=Langkah.Jenis.TINJAU, oleh=by)
    impor.keadaan = Impor.Keadaan.DIPERIKSA
    impor.save(update_fields=["keadaan"])
    return impor


@transaction.atomic
def discard_import(*, impor_id: int, by, alamat: str | None = None) -> Impor:
    """Give an import up before it is applied: its file and workbook go. Raises StepRefused."""
    impor = locked(impor_id)
    if impor.keadaan == Impor.Keadaan.DIBUANG:
        return impor
    step = at_work(impor)
    if impor.keadaan not in OPEN or (step and step.jenis == Langkah.Jenis.TERAP):
        raise StepRefused("Impor ini sudah diterapkan atau sedang diterapkan, jadi tidak dapat dibuang.")
    if step:
        cancel(step.job)
    paths = [folder() / name for name in (impor.berkas, impor.tolak_berkas) if name]
    impor.keadaan, impor.tolak_berkas = Impor.Keadaan.DIBUANG, ""
    impor.save(update_fields=["keadaan", "tolak_berkas"])
    transaction.on_commit(lambda: [path.unlink(missing_ok=True) for path in paths])
    record_jejak(
        user=by, aksi="impor", objek="impor", objek_id=impor.pk, alamat=alamat, rincian={"langkah": "buang"}
    )
    return impor
