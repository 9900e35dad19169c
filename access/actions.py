"""Verbs that change rights. Each leaves a Jejak in the same transaction."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from access.jejak import record_jejak
from access.models import Penugasan


@transaction.atomic
def save_penugasan(*, penugasan: Penugasan, by) -> Penugasan:
    """Store a new or changed penugasan. `by` is None when the demo or a command does it."""
    penugasan.full_clean()
    penugasan.save()
    record_jejak(
        user=by,
        aksi="ubah_hak",
        objek="penugasan",
        objek_id=penugasan.pk,
        wilayah_id=penugasan.wilayah_id,
        rincian={
            "user": penugasan.user_id,
            "peran": penugasan.peran,
            "mulai": str(penugasan.mulai),
            "selesai": str(penugasan.selesai or ""),
        },
    )
    return penugasan


@transaction.atomic
def delete_penugasan(*, penugasan: Penugasan, by) -> None:
    """Take a penugasan away; its history stays."""
    record_jejak(
        user=by,
        aksi="ubah_hak",
        objek="penugasan",
        objek_id=penugasan.pk,
        wilayah_id=penugasan.wilayah_id,
        alasan="dihapus",
        rincian={"user": penugasan.user_id, "peran": penugasan.peran, "pada": str(timezone.localdate())},
    )
    penugasan.delete()
