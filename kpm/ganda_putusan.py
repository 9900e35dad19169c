"""Deciding about people who stand in the registers twice: other people, one person, and taking that back.

Who decides sees all of them and may change them: a group that reaches over the border is Dinsos provinsi's. Of one
person recorded twice the others are taken off by the verb of suntingan.py, with its history, reason and trail.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from access.jejak import record_jejak
from access.rules import may_edit
from kpm.actions import APPLY_LOCK
from kpm.ganda import lock_or_not, refresh_group, refresh_of
from kpm.isian import Refused, Why
from kpm.models import Anggota, Ganda, Keluarga, PutusanGanda, Suntingan, written_date
from kpm.suntingan import BUSY, remove_anggota
from kpm.suntingan_batal import undo_suntingan

OUTSIDE = "Sebagian orangnya tercatat di luar wilayah Anda. Hubungi Dinsos provinsi."
CHANGED = "Datanya berubah sejak halaman ini dibuka. Periksa lagi, lalu putuskan."
MANY = "Satu NIK dipakai banyak orang bukan satu orang. Perbaiki NIK mereka satu per satu."
TOO_MANY = (
    "Catatannya terlalu banyak untuk diputuskan sekaligus sebagai satu orang. Perbaiki dulu satu per satu."
)
TAKEN_BACK = "Putusan ini sudah dibatalkan."
COUNTING = "Data ganda sedang dihitung. Coba lagi sebentar lagi."
GONE = "Kelompok ini tidak ada lagi: datanya sudah berubah. Kembali ke daftar data ganda."
BACK_OUTSIDE = (
    "Putusan ini juga tentang catatan di luar wilayah Anda. Dinsos provinsi yang dapat membatalkannya."
)
SHOWN = 20  # records side by side; more than are shown are not decided to be one person


class Stale(Refused):
    """What is recorded of the group is not what the page showed."""

    def __init__(self) -> None:
        super().__init__(CHANGED)


@dataclass(frozen=True)
class _Group:
    """A group under lock: its rows in sight, the first of which names it."""

    rows: list[Ganda]

    @property
    def people(self) -> list[int]:
        return [row.anggota_id for row in self.rows]


def _take_turns(by, kelompok: int) -> None:
    """One form of an officer at a time, never beside a count or an import. These locks come before any row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"putusan {by.pk} {kelompok}"]
        )
        if not lock_or_not():
            raise Refused(COUNTING)
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [APPLY_LOCK])
        if not cursor.fetchone()[0]:
            raise Refused(BUSY)


def _locked(by, kelompok: int, sidik: str) -> _Group:
    """The whole group, looked at anew and as the page showed it; its families stay as they are until the end.

    Raises Refused, Stale.
    """
    rows = Ganda.objects.visible_to(by).filter(kelompok=kelompok).order_by("anggota_id")
    families = Keluarga.objects.visible_to(by).filter(pk__in=list(rows.values_list("keluarga_id", flat=True)))
    list(families.order_by("pk").select_for_update().values_list("pk"))
    refresh_group(kelompok)
    group = _Group(list(rows.select_for_update(of=("self",))))
    if not group.rows:
        raise Refused(GONE)
    if len(group.rows) < group.rows[0].orang or not all(
        may_edit.covers(by, r.wilayah_id) for r in group.rows
    ):
        raise Refused(OUTSIDE)
    _refuse_decided(by, group)
    if {str(row.sidik) for row in group.rows} != {sidik}:
        raise Stale
    return group


def _refuse_decided(by, group: _Group) -> None:
    decided = {row.putusan_id for row in group.rows} - {None}
    rows = PutusanGanda.objects.visible_to(by).filter(pk__in=decided)
    putusan = rows.select_related("oleh").first()
    if putusan is not None:
        raise Refused(
            f"Sudah diputuskan {putusan.get_hasil_display()} oleh {putusan.oleh.nama}, "
            f"{written_date(putusan.dibuat)}. Batalkan dulu putusan itu."
        )


def _made_before(by, kelompok: int, **fields) -> PutusanGanda | None:
    """The decision this form has made already: it was sent twice."""
    rows = PutusanGanda.objects.visible_to(by).filter(kelompok=kelompok, oleh=by, dibatalkan=None)
    return rows.filter(**fields).order_by("-pk").first()


def _may_edit_or_not(by) -> None:
    if not may_edit(by):
        raise PermissionDenied(may_edit.sentence)


@transaction.atomic
def decide_other(*, by, kelompok: int, sidik: str, alasan: str, alamat: str | None = None) -> PutusanGanda:
    """They are other people, and this is why. Not asked about again unless what is recorded of them changes."""
    _may_edit_or_not(by)
    _take_turns(by, kelompok)
    before = _made_before(by, kelompok, hasil=PutusanGanda.Hasil.BEDA, sidik=_uuid(sidik), alasan=alasan)
    if before is not None:
        return before
    group = _locked(by, kelompok, sidik)
    putusan = _written(by, group, PutusanGanda.Hasil.BEDA, alasan, alamat)
    Ganda.objects.visible_to(by).filter(kelompok=kelompok).update(putusan=putusan)
    return putusan


@transaction.atomic
def decide_same(
    *,
    by,
    kelompok: int,
    sidik: str,
    tetap: int,
    alasan: str,
    kepala: dict[int, int] | None = None,
    sekali: uuid.UUID | None = None,
    alamat: str | None = None,
) -> PutusanGanda:
    """They are one person: `tetap` stays, the others are taken off as recorded twice.

    kepala: who follows as head where one of the others is a head: {anggota: his successor}.
    Raises Refused with the sentence of the verb that takes somebody off.
    """
    _may_edit_or_not(by)
    _take_turns(by, kelompok)
    hasil = PutusanGanda.Hasil.SAMA
    before = _made_before(by, kelompok, hasil=hasil, sidik=_uuid(sidik), alasan=alasan, tetap_id=tetap)
    if before is not None:
        return before
    group = _locked(by, kelompok, sidik)
    if group.rows[0].jenis == Ganda.Jenis.NIK_BANYAK:
        raise Refused(MANY)
    if len(group.rows) > SHOWN:
        raise Refused(TOO_MANY)
    if tetap not in group.people:
        raise Refused({"tetap": "Pilih catatan yang dipertahankan."})
    once = sekali or uuid.uuid4()
    people = {one.pk: one for one in Anggota.objects.visible_to(by).filter(pk__in=group.people)}
    if people.keys() != set(group.people):
        raise Stale
    heads = Anggota.objects.visible_to(by).in_bulk(list((kepala or {}).values()))
    edits = []
    for pk in group.people:
        if pk != tetap:
            why = Why(
                alasan=Suntingan.Alasan.GANDA,
                keterangan=alasan,
                sekali=uuid.uuid5(once, str(pk)),
                alamat=alamat,
            )
            follows = heads.get((kepala or {}).get(pk, 0))
            edits.append(remove_anggota(by=by, why=why, anggota=people[pk], kepala_baru=follows).pk)
    putusan = _written(by, group, hasil, alasan, alamat, tetap_id=tetap, suntingan_ids=edits)
    refresh_of(group.people)
    return putusan


def _uuid(text: str) -> uuid.UUID:
    """The fingerprint a form carried; one that is none never was on a page."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)


def _written(by, group: _Group, hasil: str, alasan: str, alamat: str | None, **fields) -> PutusanGanda:
    first = group.rows[0]
    putusan = PutusanGanda.objects.create(
        kelompok=first.kelompok,
        jenis=first.jenis,
        hasil=hasil,
        alasan=alasan,
        sidik=first.sidik,
        wilayah_id=first.wilayah_id,
        anggota_ids=group.people,
        oleh=by,
        **fields,
    )
    _leave_trail(by, putusan, "putus", alasan, alamat)
    return putusan


def _leave_trail(by, putusan: PutusanGanda, tahap: str, alasan: str, alamat: str | None) -> None:
    record_jejak(
        user=by,
        aksi="sunting",
        objek="ganda",
        objek_id=putusan.kelompok,
        wilayah_id=putusan.wilayah_id,
        alasan=alasan,
        alamat=alamat,
        rincian={"putusan": putusan.pk, "hasil": putusan.hasil, "tahap": tahap},
        isi={"anggota": putusan.anggota_ids},
    )


def reaching(by, putusan_list: Iterable[PutusanGanda]) -> set[int]:
    """Which of these decisions somebody may take back: he may change every record they are about.

    Where a record is out of sight, or gone with an undone import, only who may change the whole province may.
    """
    decisions = list(putusan_list)
    if not may_edit(by):
        return set()
    people = {pk for one in decisions for pk in one.anggota_ids}
    edits = {pk for one in decisions for pk in one.suntingan_ids}
    anggota = dict(Anggota.objects.visible_to(by).filter(pk__in=people).values_list("pk", "wilayah_id"))
    suntingan = dict(Suntingan.objects.visible_to(by).filter(pk__in=edits).values_list("pk", "wilayah_id"))
    whole = may_edit.covers(by, None)

    def reached(places: dict[int, str | None], ids: list[int]) -> bool:
        return all(pk in places and may_edit.covers(by, places[pk]) for pk in ids)

    return {
        one.pk
        for one in decisions
        if whole or (reached(anggota, one.anggota_ids) and reached(suntingan, one.suntingan_ids))
    }


@transaction.atomic
def take_back(*, by, putusan_id: int, alasan: str, alamat: str | None = None) -> PutusanGanda:
    """Take a decision back: the group is asked about again, and who was taken off is a member again.

    Whole or not at all. Raises PutusanGanda.DoesNotExist, PermissionDenied, Refused.
    """
    _may_edit_or_not(by)
    if not lock_or_not():
        raise Refused(COUNTING)
    rows = PutusanGanda.objects.visible_to(by).filter(may_edit.within(by))
    putusan = rows.select_for_update(of=("self",)).get(pk=putusan_id)
    if putusan.dibatalkan:
        raise Refused(TAKEN_BACK)
    if putusan.pk not in reaching(by, [putusan]):
        raise Refused(BACK_OUTSIDE)
    edits = Suntingan.objects.visible_to(by).filter(pk__in=putusan.suntingan_ids, batal=None)
    for suntingan in edits.order_by("-pk"):
        why = Why(alasan=Suntingan.Alasan.KELIRU, keterangan=alasan, alamat=alamat)
        undo_suntingan(by=by, why=why, suntingan=suntingan)
    putusan.dibatalkan, putusan.dibatalkan_oleh = timezone.now(), by
    putusan.save(update_fields=["dibatalkan", "dibatalkan_oleh"])
    Ganda.objects.visible_to(by).filter(putusan=putusan).update(putusan=None)
    _leave_trail(by, putusan, "batal", alasan, alamat)
    refresh_of(putusan.anggota_ids)
    return putusan
