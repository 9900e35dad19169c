"""Slips with first passwords: made as a PDF, kept as a private file, handed to one person, deleted.

The PDF is the only place a first password stands in. It is written before the transaction that makes
its accounts commits: if that fails the file is an orphan, and delete_expired takes it away.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from weasyprint import CSS, HTML

from access.jejak import record_jejak
from access.models import User
from sentral.akun.models import Slip, slip_folder

ORPHAN_AGE = timedelta(hours=3)  # longer than any job may run
PER_PART = 30


@dataclass(frozen=True)
class SlipText:
    """What one slip says. The password is written nowhere else."""

    nama: str
    username: str
    sandi: str
    peran: str
    wilayah: str
    sampai: datetime


def refuse_every_url(url: str, *args, **kwargs):
    """WeasyPrint asks for what a document names; ours names nothing, so whoever asks is an intruder."""
    raise ValueError("a slip fetches nothing")


def render_pdf(
    texts: Sequence[SlipText], situs: str, told: Callable[[int], None] = lambda done: None
) -> bytes:
    """The slips as one PDF, three to a page, in the given order. `told` hears how many are done."""
    documents = []
    style = CSS(string=render_to_string("akun/slip.css"), url_fetcher=refuse_every_url)
    for start in range(0, len(texts), PER_PART):
        part = texts[start : start + PER_PART]
        html = render_to_string("akun/slip.html", {"slip_list": part, "situs": situs})
        documents.append(HTML(string=html, url_fetcher=refuse_every_url).render(stylesheets=[style]))
        told(start + len(part))
    pages = [page for document in documents for page in document.pages]
    return documents[0].copy(pages).write_pdf()


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
    gone = 0
    for path in slip_folder().glob("*.pdf"):
        if path.name in known:
            continue
        expired = Slip.objects.filter(berkas=path.name).exists()
        written = datetime.fromtimestamp(path.stat().st_mtime, tz=timezone.get_current_timezone())
        if expired or written < now - ORPHAN_AGE:
            path.unlink(missing_ok=True)
            gone += 1
    return gone
