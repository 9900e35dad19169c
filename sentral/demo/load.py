"""Bringing an invented file in: by the verb the upload page calls and the function the worker runs."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.db import transaction

from access.models import User
from access.scope import use_territory
from jobs.models import Job
from jobs.tasks import run
from kpm.actions import queue_directly
from kpm.models import Sumber
from kpm.uploads import accept_upload
from kpm.verdicts import FileRefused

PERIODE = "2026-10"


class AlreadyLoaded(Exception):
    """The same file was imported before; the text says when and by whom."""


def upload(
    path: Path,
    *,
    by: User,
    jenis: str = Sumber.Jenis.DTKS,
    periode: str = PERIODE,
    ulangi: bool = False,
) -> Job:
    """Hand in a file as its importer would, to be applied without a preview. It is queued, not carried out."""
    with use_territory(by), path.open("rb") as berkas, transaction.atomic():
        impor = accept_upload(
            berkas=berkas, nama=path.name, pemilik=by, jenis=jenis, periode=periode, ulangi=ulangi
        )
        return queue_directly(impor)


def import_file(
    path: Path, *, username: str, jenis: str = Sumber.Jenis.DTKS, periode: str = PERIODE
) -> dict[str, Any]:
    """Import `path` as the user and return the report.

    The work is done in this process, so no worker is needed. When one takes the job first, as on a
    running server, this waits for it.
    """
    try:
        job = upload(path, by=User.objects.get(username=username), jenis=jenis, periode=periode)
    except FileRefused as refusal:
        if refusal.verdict.kode == "BERKAS_KEMBAR":
            raise AlreadyLoaded(str(refusal)) from None
        raise
    run(job.pk, 1)
    job.refresh_from_db()
    while job.is_live:
        time.sleep(1)
        job.refresh_from_db()
    if job.keadaan != Job.Keadaan.SELESAI:
        raise RuntimeError(f"Impor {job.get_keadaan_display()}: {job.pesan}")
    return job.laporan
