"""Slips with first passwords: made as a PDF, kept as a private file, handed to one person, deleted.

The PDF is the only place a first password stands in. It is written before the transaction that makes
its accounts commits: if that fails the file is an orphan, and delete_expired takes it away.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils import timezone

from access.jejak import record_jejak
from access.models import User
from sentral.akun.models import Slip, slip_folder
from sentral.pdf import laid_out

ORPHAN_AGE = timedelta(hours=3)  # longer than any job may run
PER_PART = 30
CSS = Path(__file__).parent / "slip.css"


@dataclass(frozen=True)
class SlipText:
    """What one slip says. The password is written nowhere else."""

    nama: str
    username: str
    sandi: str = field(repr=False)
    peran: str
    wilayah: str
    sampai: datetime


def render_pdf(
    texts: Sequence[SlipText], situs: str, told: Callable[[int], None] = lambda done: None
) -> bytes:
    """The slips as one PDF, three to a page, in the given order. `told` hears how many are done."""
    documents = []
    for start in range(0, len(texts), PER_PART):
        part = texts[start : start + PER_PART]
        documents.append(laid_out("akun/slip.html", {"slip_list": part, "situs": situs}, CSS))
        told(start + len(part))
    return documents[0].copy([page for document in documents for page in document.pages]).write_pdf()


def store_slip(
    texts: Sequence[SlipText],
    *,
    situs: str,
    pemilik: User,
    untuk: User | None = None,
    told: Callable[[int], None] = lambda done: None,
) -> Slip:
    """Write the PDF for `pemilik` and note it, in the caller's transaction. The caller unlinks it on failure.

    untuk: the one person it is for; earlier slips for him alone are over, their password is replaced.
    """
    content = render_pdf(texts, situs, told)
    name = f"{secrets.token_hex(16)}.pdf"
    path = slip_folder() / name
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())  # the accounts must not be committed without their slips
    if untuk is not None:
        Slip.objects.filter(untuk=untuk, kedaluwarsa__gt=timezone.now()).update(kedaluwarsa=timezone.now())
    return Slip.objects.create(
        untuk=untuk,
        pemilik=pemilik,
        berkas=name,
        jumlah=len(texts),
        kedaluwarsa=timezone.now() + timedelta(days=settings.SLIP_DAYS),
    )


def open_slip(*, slip: Slip, by: User, alamat: str | None) -> IO[bytes] | None:
    """The file, for the one it was made for; every time leaves a Jejak. None when it is gone."""
    if slip.pemilik_id != by.pk or not slip.is_there:
        return None
    record_jejak(
        user=by,
        aksi="unduh",
        objek="slip",
        objek_id=slip.pk,
        alamat=alamat,
        rincian={"jumlah": slip.jumlah},
    )
    return slip.path.open("rb")


def delete_expired() -> int:
    """Delete slip files past their time, and files that no committed row knows. Safe to run twice."""
    now = timezone.now()
    known = set(Slip.objects.filter(kedaluwarsa__gt=now).values_list("berkas", flat=True))
    expired = set(Slip.objects.filter(kedaluwarsa__lte=now).values_list("berkas", flat=True))
    gone = 0
    for path in slip_folder().glob("*.pdf"):
        if path.name in expired or (path.name not in known and _is_old(path, now)):
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _is_old(path: Path, now: datetime) -> bool:
    """Written before any transaction that still runs."""
    try:
        return path.stat().st_mtime < (now - ORPHAN_AGE).timestamp()
    except FileNotFoundError:  # another round took it
        return False
