"""The verb that answers a warning of access/volume.py."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from access.jejak import record_jejak
from access.models import Peringatan
from access.reveal import NUMBER


class CheckRefused(Exception):
    """A warning was not marked; the message is the sentence for the screen."""


@transaction.atomic
def check_peringatan(*, peringatan: Peringatan, by, catatan: str, alamat: str | None = None) -> None:
    """Mark a warning as looked into. Nobody answers his own; who comes second is told so (CheckRefused)."""
    if by.pk == peringatan.pengguna_id:
        raise CheckRefused("Peringatan tentang Anda sendiri diperiksa orang lain.")
    if NUMBER.search(catatan):
        raise CheckRefused("Jangan tulis NIK atau No. KK di catatan.")
    marked = (
        Peringatan.objects.unchecked()
        .filter(pk=peringatan.pk)
        .update(diperiksa=timezone.now(), pemeriksa=by, catatan=catatan)
    )
    if not marked:
        raise CheckRefused("Peringatan ini baru saja diperiksa orang lain.")
    record_jejak(
        user=by,
        aksi="periksa",
        objek="peringatan",
        objek_id=peringatan.pk,
        alamat=alamat,
        rincian={"pengguna": peringatan.pengguna_id, "jenis": peringatan.jenis},
    )
