"""Verbs that change rights. Each leaves a Jejak in the same transaction."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from access.jejak import record_jejak
from access.models import Penugasan, User

RIGHTS = {"is_active", "is_staff", "is_superuser", "password"}


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


@transaction.atomic
def save_user(*, user: User, by, changed: list[str]) -> User:
    """Store an account; `changed` names its altered fields. Touching a right leaves a Jejak."""
    new = user.pk is None
    user.save()
    rights = sorted(RIGHTS & set(changed))
    if new or rights:
        record_jejak(
            user=by,
            aksi="ubah_hak",
            objek="user",
            objek_id=user.pk,
            alasan="akun baru" if new else "akun diubah",
            rincian={"bagian": rights, "aktif": user.is_active, "staf": user.is_staff},
        )
    return user
