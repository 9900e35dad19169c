"""Verbs that change rights. Each leaves a Jejak in the same transaction."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from axes.utils import reset as lift_lock
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from access.factor import counted_name, counted_sandi
from access.jejak import record_jejak
from access.models import Penugasan, Peran, User
from access.names import free_username, username_base
from access.rules import TINGKAT_PERAN, may_add_to, may_give, may_remove_factor_of, may_reset_sandi_of
from access.sessions import delete_dead_sessions, end_sessions

RIGHTS = {"is_active", "is_staff", "is_superuser", "password"}
ACCOUNTS_LOCK = 727_003  # accounts are made one after another, so that a user name is given once


class Refused(PermissionDenied):
    """Somebody may not do this to this person, or there; the text is a sentence for him."""


@transaction.atomic
def save_penugasan(*, penugasan: Penugasan, by, alamat: str | None = None) -> Penugasan:
    """Store a new or changed penugasan. `by` is None when the demo or a command does it.

    Raises ValidationError when dates, or the level of the wilayah, do not fit.
    """
    penugasan.full_clean()
    penugasan.save()
    record_jejak(
        user=by,
        aksi="ubah_hak",
        objek="penugasan",
        objek_id=penugasan.pk,
        wilayah_id=penugasan.wilayah_id,
        alamat=alamat,
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
def save_user(*, user: User, by, changed: list[str], alamat: str | None = None) -> User:
    """Store an account; `changed` names its altered fields. Touching a right leaves a Jejak."""
    new = user.pk is None
    user.save()
    rights = sorted(RIGHTS & set(changed))
    if not user.is_active and "is_active" in rights:
        end_sessions([user.pk])
    if new or rights:
        record_jejak(
            user=by,
            aksi="ubah_hak",
            objek="user",
            objek_id=user.pk,
            alasan="akun baru" if new else "akun diubah",
            alamat=alamat,
            rincian={"bagian": rights, "aktif": user.is_active, "staf": user.is_staff},
        )
    return user


def lock_accounts() -> None:
    """Let no other transaction make accounts until this one ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ACCOUNTS_LOCK])


@transaction.atomic
def create_account(
    *,
    nama: str,
    telepon: str,
    peran: str,
    wilayah,
    mulai,
    selesai,
    sandi_hash: str,
    sandi_sampai,
    by,
    alamat: str | None = None,
) -> Penugasan:
    """Make an account for a person without e-mail, with a first password and one penugasan.

    Only the hash of the password comes here. Raises Refused when `by` may not give this peran there,
    ValidationError when the dates or the level of the wilayah do not fit.
    """
    _check_give(by, peran, wilayah)
    lock_accounts()
    user = User(
        username=_free_username(nama),
        nama=nama,
        telepon=telepon,
        password=sandi_hash,
        harus_ganti_sandi=True,
        sandi_berlaku_sampai=sandi_sampai,
    )
    save_user(user=user, by=by, changed=["password"], alamat=alamat)
    penugasan = Penugasan(user=user, peran=peran, wilayah=wilayah, mulai=mulai, selesai=selesai)
    return save_penugasan(penugasan=penugasan, by=by, alamat=alamat)


@transaction.atomic
def add_penugasan(
    *, user: User, peran: str, wilayah, mulai, selesai, by, alamat: str | None = None
) -> Penugasan:
    """Give somebody who has an account a further penugasan. Raises Refused, or ValidationError."""
    _check_give(by, peran, wilayah)
    lock_accounts()
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not user.is_active or not may_add_to(by, user, list(user.penugasan_list.not_over())):
        raise Refused(
            "Orang ini punya akun di luar wilayah Anda. Minta Dinsos provinsi menambah penugasannya."
        )
    penugasan = Penugasan(user=user, peran=peran, wilayah=wilayah, mulai=mulai, selesai=selesai)
    return save_penugasan(penugasan=penugasan, by=by, alamat=alamat)


@transaction.atomic
def end_penugasan(*, penugasan: Penugasan, by, alamat: str | None = None) -> bool:
    """End a penugasan now, not tonight: the next request of its user no longer has it.

    All his sessions end in the same transaction. False when it was over already.
    """
    penugasan = Penugasan.objects.select_for_update(no_key=True).get(pk=penugasan.pk)
    if penugasan.user_id == by.pk or not may_give(by, penugasan.peran, penugasan.wilayah_id):
        raise Refused("Penugasan ini diakhiri oleh Dinsos yang membawahi wilayahnya.")
    if penugasan.is_over:
        return False
    today = timezone.localdate()
    penugasan.diakhiri = timezone.now()
    penugasan.selesai = max(today, penugasan.mulai)
    penugasan.save(update_fields=["diakhiri", "selesai"])
    end_sessions([penugasan.user_id])
    record_jejak(
        user=by,
        aksi="ubah_hak",
        objek="penugasan",
        objek_id=penugasan.pk,
        wilayah_id=penugasan.wilayah_id,
        alasan="diakhiri",
        alamat=alamat,
        rincian={"user": penugasan.user_id, "peran": penugasan.peran, "pada": str(today)},
    )
    return True


@transaction.atomic
def set_sandi(*, user: User, by, sandi_sampai: datetime, session_key: str | None = None) -> User:
    """Store the password that the admin site has put into `user`, a new account's too.

    Of another person it is a first password: to be changed at the log-in, until `sandi_sampai`. Who sets
    his own has chosen it himself. Sessions end, one's own with the key `session_key` goes on.
    """
    new, own = user.pk is None, by.pk == user.pk
    user.harus_ganti_sandi = not own and user.has_usable_password()
    user.sandi_berlaku_sampai = sandi_sampai if user.harus_ganti_sandi else None
    if new:
        return save_user(user=user, by=by, changed=["password"])
    user.save(update_fields=["password", "harus_ganti_sandi", "sandi_berlaku_sampai"])
    end_sessions([user.pk], but=session_key if own else None)
    _lift_lock_of(user)
    record_jejak(
        user=by,
        aksi="ubah_hak",
        objek="user",
        objek_id=user.pk,
        alasan="kata sandi sendiri" if own else "kata sandi baru",
        rincian={"bagian": ["password"]},
    )
    return user


def _lift_lock_of(user: User) -> None:
    for login in {user.username.lower(), user.email.lower(), counted_sandi(user)} - {""}:
        lift_lock(username=login)


@transaction.atomic
def reset_sandi(
    *, user: User, sandi_hash: str, sandi_sampai: datetime, by, alamat: str | None = None
) -> User:
    """Give a person a new first password. His sessions end, a lock after wrong passwords is lifted.

    Raises Refused for who is not below `by` with all he has.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    not_over = list(user.penugasan_list.not_over())
    if not may_reset_sandi_of(by, user, not_over):
        raise Refused("Kata sandi orang ini dibuat oleh Dinsos yang membawahi semua penugasannya.")
    user.password = sandi_hash
    user.harus_ganti_sandi = True
    user.sandi_berlaku_sampai = sandi_sampai
    user.save(update_fields=["password", "harus_ganti_sandi", "sandi_berlaku_sampai"])
    end_sessions([user.pk])
    _lift_lock_of(user)
    record_jejak(
        user=by,
        aksi="ubah_hak",
        objek="user",
        objek_id=user.pk,
        wilayah_id=not_over[0].wilayah_id,
        alasan="kata sandi baru",
        alamat=alamat,
        rincian={"bagian": ["password"]},
    )
    return user


def end_idle_sessions() -> int:
    """End the sessions of users whose last penugasan is over: nothing is left for them to see.

    Sessions that are past their time are deleted on the way.
    """
    delete_dead_sessions()
    working = Penugasan.objects.in_force().values("user_id")
    over = User.objects.filter(penugasan_list__isnull=False, is_staff=False).exclude(pk__in=working)
    return end_sessions(set(over.values_list("pk", flat=True)))


def _check_give(by, peran: str, wilayah) -> None:
    if TINGKAT_PERAN[peran] != wilayah.tingkat:
        raise Refused(f"{Peran(peran).label} tidak bertugas di {wilayah.nama_lengkap}.")
    if by is not None and not may_give(by, peran, wilayah.kode):
        raise Refused(f"Anda tidak dapat memberi peran {Peran(peran).label} di {wilayah.nama_lengkap}.")


def _free_username(nama: str) -> str:
    base = username_base(nama)
    near = User.objects.filter(username__istartswith=base).values_list("username", flat=True)
    return free_username(nama, {name.lower() for name in near})


@transaction.atomic
def remove_factor(*, user: User, by, alasan: str, alamat: str | None = None) -> None:
    """Take every factor and recovery code off an account whose owner has lost them.

    All his sessions end; who must have a factor has to set up a new one after the next password.
    `by` is None when the command lepas_faktor does it. Without a factor only the sessions end. Raises
    Refused for who is not below `by` with all he has.
    """
    if by is not None and not may_remove_factor_of(by, user, list(user.penugasan_list.not_over())):
        raise Refused("Langkah kedua orang ini dilepas oleh Dinsos provinsi atau admin.")
    own = Authenticator.objects.select_for_update().filter(user=user)
    kinds = sorted(own.values_list("type", flat=True))
    own.delete()
    lift_lock(username=counted_name(user))
    record_jejak(
        user=by,
        aksi="ubah_hak",
        objek="faktor",
        objek_id=user.pk,
        alasan=f"langkah kedua dilepas: {alasan}",
        alamat=alamat,
        rincian={"jenis": kinds, "sesi_diakhiri": end_sessions([user.pk])},
    )
