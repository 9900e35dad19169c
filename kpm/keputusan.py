"""What people decide about an import that is not applied: its rules, to look again, to apply, to approve, to discard.

Each verb is one transaction that holds the import's row, so of two clicks the second finds what the first did.
They raise StepRefused with a sentence when the import does not stand as whoever asked believed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from access.jejak import record_jejak
from access.models import Penugasan, User
from access.rules import may_import
from jobs.actions import cancel
from jobs.ekspor.queries import covers
from kpm.aturan import Aturan
from kpm.langkah import (
    OPEN,
    StepRefused,
    at_work,
    forget_approval,
    leave_trail,
    locked,
    look_again,
    queue_step,
)
from kpm.models import Impor, Langkah
from kpm.pratinjau import needs_second, share
from kpm.run import drop_tables, keep_tables
from kpm.uploads import folder

Keadaan, Jenis = Impor.Keadaan, Langkah.Jenis
RUNNING = "Berkas ini sedang dikerjakan. Tunggu sampai selesai."
OVER = "Impor ini sudah diterapkan atau dibuang, jadi tidak ada lagi yang dapat diubah."
REPLACED = "Pratinjau ini sudah diganti yang baru. Periksa dahulu yang baru, lalu terapkan."
CHANGED = "Pratinjaunya sudah berubah sejak halaman ini dibuka. Lihat lagi, lalu putuskan."
NOTHING = "Tidak ada baris yang dapat diterapkan. Perbaiki baris yang ditolak, lalu unggah lagi."
WHOLE = "Aturannya semua atau tidak sama sekali, dan ada baris yang ditolak. Perbaiki barisnya, atau ubah aturannya."


@transaction.atomic
def review_again(*, impor_id: int, by) -> Impor:
    """Queue another preview. While a step is at work nothing is added."""
    impor = locked(impor_id)
    if at_work(impor):
        return impor
    _refuse_over(impor)
    look_again(impor, by)
    return impor


@transaction.atomic
def set_rules(*, impor_id: int, by, aturan: Aturan, alamat: str | None = None) -> Impor:
    """Give the import other rules and preview it by them. The same rules change nothing."""
    impor = locked(impor_id)
    _refuse_over(impor)
    known = Aturan.of(impor)
    aturan = replace(aturan, tanggal=known.tanggal)  # answered on its own page
    if aturan == known and impor.keadaan == Keadaan.DITINJAU:
        return impor
    if at_work(impor):
        raise StepRefused(RUNNING)
    impor.aturan = aturan.kept()
    look_again(impor, by)
    leave_trail(impor, by, "aturan", alamat, aturan=impor.aturan)
    return impor


@transaction.atomic
def apply_reviewed(*, impor_id: int, by, sidik: str, alamat: str | None = None) -> Impor:
    """Have the import applied as the preview with this digest showed it, or ask a second person first."""
    impor = locked(impor_id)
    step = at_work(impor)
    if impor.keadaan == Keadaan.MENUNGGU_SETUJU or (step and step.jenis == Jenis.TERAP):
        return impor  # the second click
    _refuse_over(impor)
    if step or impor.keadaan != Keadaan.DITINJAU:
        raise StepRefused(RUNNING)
    _refuse_unfit(impor, sidik)
    if needs_second(impor.tinjauan):
        impor.keadaan = Keadaan.MENUNGGU_SETUJU
        forget_approval(impor)
        impor.save()
        leave_trail(impor, by, "minta setuju", alamat, persen=share(impor.tinjauan))
    else:
        _start(impor, by, alamat)
    return impor


def _refuse_unfit(impor: Impor, sidik: str) -> None:
    tinjauan = impor.tinjauan
    if not sidik or tinjauan.get("sidik") != sidik:
        raise StepRefused(REPLACED)
    if not tinjauan["diterapkan"]:
        raise StepRefused(NOTHING)
    if Aturan.of(impor).utuh and tinjauan["ditolak"]:
        raise StepRefused(WHOLE)
    if tinjauan.get("putusan"):
        raise StepRefused("Orang kedua tidak menyetujui pratinjau ini. Ubah aturannya, atau buang berkasnya.")


@transaction.atomic
def decide_import(
    *, impor_id: int, by, setuju: bool, sidik: str, alasan: str = "", alamat: str | None = None
) -> Impor:
    """The second person's yes or no to the preview with this digest. Of two at once the first counts.

    Raises PermissionDenied for who may not.
    """
    impor = locked(impor_id)
    if not may_decide(by, impor):
        raise PermissionDenied("Impor disetujui orang lain yang wilayahnya mencakup wilayah pengunggahnya.")
    if impor.keadaan != Keadaan.MENUNGGU_SETUJU:
        raise StepRefused(
            "Impor ini tidak menunggu persetujuan lagi: sudah dijawab, ditarik atau ditinjau lagi."
        )
    if not sidik or impor.tinjauan.get("sidik") != sidik:
        raise StepRefused(CHANGED)
    if setuju:
        impor.setuju_oleh, impor.setuju_pada, impor.setuju_alasan = by, timezone.now(), alasan
    else:
        no = {"oleh": by.pk, "pada": timezone.now().isoformat(), "alasan": alasan}
        tidak = impor.tinjauan.get("tidak", {}) | {sidik: no}
        impor.tinjauan = impor.tinjauan | {"putusan": no, "tidak": tidak}
    impor.keadaan = Keadaan.DITINJAU
    impor.save()
    record_jejak(
        user=by,
        aksi="setuju",
        objek="impor",
        objek_id=impor.pk,
        alasan=alasan,
        alamat=alamat,
        rincian={"hasil": "setuju" if setuju else "tolak", "persen": share(impor.tinjauan)},
    )
    if setuju:
        _start(impor, by, alamat)
    return impor


@transaction.atomic
def withdraw_request(*, impor_id: int, by, alamat: str | None = None) -> Impor:
    """The importer does not want an answer any more; the preview stays."""
    impor = locked(impor_id)
    if impor.keadaan == Keadaan.MENUNGGU_SETUJU:
        impor.keadaan = Keadaan.DITINJAU
        impor.save(update_fields=["keadaan"])
        leave_trail(impor, by, "tarik", alamat)
    return impor


@transaction.atomic
def discard_import(*, impor_id: int, by, alamat: str | None = None) -> Impor:
    """Give an import up before it is applied: its file, its workbook and its staged rows go."""
    impor = locked(impor_id)
    if impor.keadaan == Keadaan.DIBUANG:
        return impor
    step = at_work(impor)
    if impor.keadaan not in OPEN or (step and step.jenis != Jenis.TINJAU):
        raise StepRefused("Impor ini sudah diterapkan atau sedang diterapkan, jadi tidak dapat dibuang.")
    if step:
        cancel(step.job)
    paths = [folder() / name for name in (impor.berkas, impor.tolak_berkas) if name]
    impor.keadaan, impor.tolak_berkas = Keadaan.DIBUANG, ""
    impor.save(update_fields=["keadaan", "tolak_berkas"])
    keep_tables(impor, set())
    leave_trail(impor, by, "buang", alamat)
    for path in paths:
        transaction.on_commit(partial(path.unlink, missing_ok=True), robust=True)
    transaction.on_commit(lambda: drop_tables(impor), robust=True)
    return impor


def may_decide(user, impor: Impor) -> bool:
    """Somebody else than the importer who may import in all of the importer's territory."""
    asks = may_import.kode(impor.pemilik)
    return impor.pemilik_id != user.pk and bool(asks) and covers(may_import.kode(user), asks)


def deciders(impor: Impor) -> list[str]:
    """Names of those who can decide it."""
    asks = may_import.kode(impor.pemilik)
    posts = (
        Penugasan.objects.in_force()
        .filter(peran__in=may_import.peran, user__is_active=True)
        .exclude(user=impor.pemilik_id)
        .select_related("user")
        .order_by("user__nama")
    )
    reach: dict[User, list[str]] = {}
    for post in posts:
        reach.setdefault(post.user, []).append(post.wilayah_id)
    return [str(user) for user, codes in reach.items() if asks and covers(codes, asks)]


def to_decide(user) -> list[Impor]:
    """Imports that wait for this user's yes or no, the oldest first."""
    if not may_import(user):
        return []
    waiting = Impor.objects.filter(keadaan=Keadaan.MENUNGGU_SETUJU).exclude(pemilik=user)
    rows = list(waiting.select_related("sumber", "pemilik").order_by("pk"))
    posts: dict[int, list[Penugasan]] = defaultdict(list)
    asking = Penugasan.objects.in_force().filter(user__in={impor.pemilik_id for impor in rows})
    for post in asking.select_related("wilayah").order_by("wilayah_id", "peran"):
        posts[post.user_id].append(post)
    for impor in rows:  # asked for at once: each has a user object of its own
        impor.pemilik.penugasan_in_force = posts[impor.pemilik_id]
    return [impor for impor in rows if may_decide(user, impor)]


def _refuse_over(impor: Impor) -> None:
    if impor.keadaan not in OPEN:
        raise StepRefused(OVER)


def _start(impor: Impor, by, alamat: str | None) -> None:
    queue_step(impor=impor, jenis=Jenis.TERAP, oleh=by, parameter={"sidik": impor.tinjauan["sidik"]})
    leave_trail(impor, by, "terapkan", alamat)
