"""Verbs of lists and slips: take a list in, apply it as a job, make one account, give a new password.

Who may do what to whom is decided by the verbs of access; here it is put together with paper.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from access import actions as access
from access.jejak import record_jejak
from access.models import Penugasan, Peran, User
from access.passwords import first_password_until, invent_password
from jobs.actions import finish, lock_for_apply, progress, queue_job
from jobs.failpoints import failpoint
from jobs.models import Job
from sentral.akun.daftar import ListRow, read_list
from sentral.akun.models import DaftarAkun, Slip
from sentral.akun.periksa import ALREADY, WRITTEN, Hasil, Verdict, judge
from sentral.akun.slip import SlipText, store_slip
from spatial.models import Wilayah

logger = logging.getLogger(__name__)

KIND = "buat_akun"
JUST_MADE = "Kata sandi baru saja dibuat untuk orang ini. Pakai yang itu, atau buka lagi pertanyaannya."
KEPT_DAYS = 7  # an uploaded list


# --- a list ----------------------------------------------------------------------------------------


@transaction.atomic
def accept_list(*, path: Path | str, nama: str, pemilik: User, alamat: str | None = None) -> DaftarAkun:
    """Read an uploaded list and keep its rows for the preview. Raises ListRefused or staging.StagingError."""
    rows = read_list(path)
    daftar = DaftarAkun.objects.create(
        pemilik=pemilik, nama_berkas=Path(nama).name[:255], baris=[[row.nomor, row.isi] for row in rows]
    )
    record_jejak(
        user=pemilik,
        aksi="impor",
        objek="daftar_akun",
        objek_id=daftar.pk,
        alamat=alamat,
        rincian={"baris": len(rows)},
    )
    return daftar


def rows_of(daftar: DaftarAkun) -> list[ListRow]:
    return [ListRow(nomor, isi) for nomor, isi in daftar.baris]


@transaction.atomic
def queue_list(*, daftar: DaftarAkun, by: User, situs: str) -> Job:
    """Queue the making of what the preview shows now. Twice is once: the second gets the first's job.

    The job may write only the rows that could be written now, whatever changes until it runs.
    """
    daftar = DaftarAkun.objects.select_for_update(no_key=True).get(pk=daftar.pk)
    if daftar.job is not None and daftar.job.keadaan != Job.Keadaan.DIBATALKAN:
        return daftar.job
    shown = [v.row.nomor for v in judge(rows_of(daftar), by) if v.hasil in WRITTEN]
    parameter = {"baris": shown, "penugasan": by.penugasan_dipilih, "situs": situs}
    daftar.job = queue_job(jenis=KIND, pemilik=by, parameter=parameter)
    daftar.save(update_fields=["job"])
    return daftar.job


def create_from_list(job: Job) -> None:
    """Make the accounts and slips of a list: all of them or none. Safe to run again.

    Passwords are invented and hashed first, which takes longest; then one transaction judges the rows
    again, writes accounts and penugasan, and the PDF before it commits. An attempt that dies leaves at
    most a file that nobody knows.
    """
    daftar = DaftarAkun.objects.get(job=job)
    by = _as_of_now(job.pemilik_id, job.parameter["penugasan"])
    progress(job, fase="periksa")
    rows = [row for row in rows_of(daftar) if row.nomor in set(job.parameter["baris"])]
    new = [v for v in judge(rows, by) if v.hasil == Hasil.BARU]
    progress(job, fase="sandi", total=len(new))
    passwords: dict[int, FirstPassword] = {}
    for done, verdict in enumerate(new, start=1):
        passwords[verdict.row.nomor] = FirstPassword.invent(verdict.username, verdict.nama)
        progress(job, done=done)
    failpoint("akun.hashed")
    with transaction.atomic(), removed_on_failure() as files:
        lock_for_apply(job)
        access.lock_accounts()
        by = _as_of_now(
            job.pemilik_id, job.parameter["penugasan"]
        )  # hashing takes minutes: what he may do now counts
        progress(job, fase="tulis", total=len(rows))
        made: list[tuple[Penugasan, FirstPassword]] = []
        counts = dict.fromkeys(Hasil.values, 0)
        for verdict in judge(rows, by):
            counts[verdict.hasil] += 1
            if verdict.hasil == Hasil.BARU:
                first = passwords.get(verdict.row.nomor) or FirstPassword.invent(
                    verdict.username, verdict.nama
                )
                made.append((_create(verdict, first, by), first))
            elif verdict.hasil == Hasil.TAMBAH:
                _add(verdict, by)
            progress(job, done=sum(counts.values()))
        slip = None
        if made:
            progress(job, fase="slip", total=len(made))
            slip = store_slip(
                _slip_texts(made),
                situs=job.parameter["situs"],
                pemilik=by,
                told=lambda done: progress(job, done=done),
            )
            files.append(slip.path)
        failpoint("akun.slip_written")
        DaftarAkun.objects.filter(pk=daftar.pk).update(slip=slip)
        finish(job, {"baris": len(rows), "slip": slip.jumlah if slip else 0} | counts)
        failpoint("akun.before_commit")


def _as_of_now(pk: int, chosen: int | None) -> User:
    """Who makes accounts, with the rights he has at this moment and the penugasan he chose to work in."""
    by = User.objects.get(pk=pk)
    by.penugasan_dipilih = chosen
    return by


@dataclass(frozen=True, repr=False)
class FirstPassword:
    """A password and its hash, in memory for as long as the slip is not written."""

    sandi: str
    hash: str

    @classmethod
    def invent(cls, username: str, nama: str) -> FirstPassword:
        sandi = invent_password(User(username=username, nama=nama))
        return cls(sandi, make_password(sandi))


@contextmanager
def removed_on_failure():
    """A list for the files of a transaction: when the block fails they go as well.

    Entered inside the transaction: when the commit itself breaks, nobody here knows whether it happened,
    and then the file must stay. delete_expired knows later.
    """
    files: list[Path] = []
    try:
        yield files
    except BaseException:
        for path in files:
            path.unlink(missing_ok=True)
        raise


def _create(verdict: Verdict, first: FirstPassword, by: User, alamat: str | None = None) -> Penugasan:
    return access.create_account(
        nama=verdict.nama,
        telepon=verdict.telepon,
        sandi_hash=first.hash,
        sandi_sampai=first_password_until(),
        alamat=alamat,
        **_post(verdict, by),
    )


def _add(verdict: Verdict, by: User, alamat: str | None = None) -> Penugasan:
    if verdict.user is None:
        raise AssertionError("a further penugasan without a person")
    return access.add_penugasan(user=verdict.user, alamat=alamat, **_post(verdict, by))


def _post(verdict: Verdict, by: User) -> dict[str, Any]:
    return {
        "peran": verdict.peran,
        "wilayah": verdict.wilayah,
        "mulai": verdict.mulai,
        "selesai": verdict.selesai,
        "by": by,
    }


def _slip_texts(made: Iterable[tuple[Penugasan, FirstPassword]]) -> list[SlipText]:
    """In the order in which they are handed out: by wilayah, then by name."""
    in_order = sorted(made, key=lambda pair: (pair[0].wilayah_id, pair[0].user.nama.lower()))
    return [
        slip_text(penugasan.user, penugasan.peran, penugasan.wilayah, first) for penugasan, first in in_order
    ]


def slip_text(user: User, peran: str, wilayah: Wilayah, first: FirstPassword) -> SlipText:
    above = f", {wilayah.induk.nama_lengkap}" if wilayah.induk else ""
    if user.sandi_berlaku_sampai is None:
        raise AssertionError("a first password without an end")
    return SlipText(
        nama=user.nama,
        username=user.username,
        sandi=first.sandi,
        peran=Peran(peran).label,
        wilayah=f"{wilayah.nama_lengkap}{above}",
        sampai=user.sandi_berlaku_sampai,
    )


# --- one person ------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Handed:
    """A new password, shown once: to whom, and the slip with it."""

    user: User
    sandi: str
    slip: Slip


def create_one(*, verdict: Verdict, by: User, situs: str, alamat: str | None = None) -> Handed | None:
    """Make one account, or give a further penugasan (then there is no password to hand over: None).

    Judged again behind the lock: of two forms sent at once the second finds what the first has written.
    Raises access.actions.Refused, with the sentence for the form, when the verdict is another by then.
    """
    first = FirstPassword.invent(verdict.username, verdict.nama) if verdict.hasil == Hasil.BARU else None
    with transaction.atomic(), removed_on_failure() as files:
        access.lock_accounts()
        by = _as_of_now(by.pk, by.penugasan_dipilih)
        verdict = _still(verdict, by)
        if first is None:
            _add(verdict, by, alamat)
            return None
        penugasan = _create(verdict, first, by, alamat)
        slip = store_slip(_slip_texts([(penugasan, first)]), situs=situs, pemilik=by, untuk=penugasan.user)
        files.append(slip.path)
    return Handed(penugasan.user, first.sandi, slip)


def _still(shown: Verdict, by: User) -> Verdict:
    """The verdict on the same row now, when it is still the one that was agreed to."""
    (now,) = judge([shown.row], by)
    if now.hasil == shown.hasil and now.user == shown.user:
        return now
    changed = "Data orang ini baru saja berubah. Periksa isiannya, lalu simpan lagi."
    raise access.Refused({Hasil.DITOLAK: now.alasan, Hasil.TETAP: ALREADY}.get(Hasil(now.hasil), changed))


def last_slip_of(user: User) -> int:
    """The number of the last slip made for this person alone; 0 without one. The form sends it back."""
    return Slip.objects.filter(untuk=user).aggregate(last=Max("pk"))["last"] or 0


def renew_password(*, user: User, by: User, situs: str, shown: int, alamat: str | None = None) -> Handed:
    """Give a person a new first password with its slip. Raises access.actions.Refused.

    shown: last_slip_of the person when the question was asked. With another by now somebody was faster,
    or the button was pressed twice: the password on that slip stays the one that opens.
    """
    first = FirstPassword.invent(user.username, user.nama)
    with transaction.atomic(), removed_on_failure() as files:
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if last_slip_of(user) != shown:
            raise access.Refused(JUST_MADE)
        user = access.reset_sandi(
            user=user, sandi_hash=first.hash, sandi_sampai=first_password_until(), by=by, alamat=alamat
        )
        own = user.penugasan_list.not_over().select_related("wilayah__induk").order_by("wilayah_id")[0]
        slip = store_slip(
            [slip_text(user, own.peran, own.wilayah, first)], situs=situs, pemilik=by, untuk=user
        )
        files.append(slip.path)
    return Handed(user, first.sandi, slip)


def delete_old_lists() -> int:
    """Empty the rows of lists older than a week: they hold names. Safe to run twice."""
    old = timezone.now() - timedelta(days=KEPT_DAYS)
    return DaftarAkun.objects.filter(dibuat__lt=old).exclude(baris=[]).update(baris=[])
