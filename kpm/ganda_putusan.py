"""Deciding about people who stand in the registers twice: other people, one person, and taking that back.

Who decides sees all of them and may change them: a group that reaches over the border is Dinsos provinsi's. Of one
person recorded twice the others are taken off by the verb of suntingan.py, with its history, reason and trail.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from access.jejak import record_jejak
from access.rules import may_edit
from kpm.ganda import refresh_of
from kpm.isian import Refused, Why
from kpm.models import Anggota, Ganda, PutusanGanda, Suntingan
from kpm.suntingan import remove_anggota
from kpm.suntingan_batal import undo_suntingan

OUTSIDE = "Sebagian orangnya tercatat di luar wilayah Anda. Hubungi Dinsos provinsi."
CHANGED = "Datanya berubah sejak halaman ini dibuka. Periksa lagi, lalu putuskan."
MANY = "Satu NIK dipakai banyak orang bukan satu orang. Perbaiki NIK mereka satu per satu."
TAKEN_BACK = "Putusan ini sudah dibatalkan."


@dataclass(frozen=True)
class _Group:
    """A group under lock: its rows in sight, the first of which names it."""

    rows: list[Ganda]

    @property
    def people(self) -> list[int]:
        return [row.anggota_id for row in self.rows]


def _locked(by, kelompok: int, sidik: str) -> _Group:
    """The whole group, as the page showed it. Raises Ganda.DoesNotExist, PermissionDenied, Refused."""
    if not may_edit(by):
        raise PermissionDenied(may_edit.sentence)
    rows = Ganda.objects.visible_to(by).filter(kelompok=kelompok).order_by("anggota_id")
    group = _Group(list(rows.select_for_update(of=("self",))))
    if not group.rows:
        raise Ganda.DoesNotExist
    if len(group.rows) < group.rows[0].orang or not all(
        may_edit.covers(by, r.wilayah_id) for r in group.rows
    ):
        raise Refused(OUTSIDE)
    if {str(row.sidik) for row in group.rows} != {sidik}:
        raise Refused(CHANGED)
    return group


@transaction.atomic
def decide_other(*, by, kelompok: int, sidik: str, alasan: str, alamat: str | None = None) -> PutusanGanda:
    """They are other people, and this is why. Not asked about again unless what is recorded of them changes."""
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
    group = _locked(by, kelompok, sidik)
    if group.rows[0].jenis == Ganda.Jenis.NIK_BANYAK:
        raise Refused(MANY)
    if tetap not in group.people:
        raise Refused({"tetap": "Pilih catatan yang dipertahankan."})
    once = sekali or uuid.uuid4()
    people = {one.pk: one for one in Anggota.objects.visible_to(by).filter(pk__in=group.people)}
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
    putusan = _written(
        by, group, PutusanGanda.Hasil.SAMA, alasan, alamat, tetap_id=tetap, suntingan_ids=edits
    )
    refresh_of(group.people)
    return putusan


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


@transaction.atomic
def take_back(*, by, putusan_id: int, alasan: str, alamat: str | None = None) -> PutusanGanda:
    """Take a decision back: the group is asked about again, and who was taken off is a member again."""
    if not may_edit(by):
        raise PermissionDenied(may_edit.sentence)
    rows = PutusanGanda.objects.visible_to(by).filter(may_edit.within(by))
    putusan = rows.select_for_update(of=("self",)).get(pk=putusan_id)
    if putusan.dibatalkan:
        raise Refused(TAKEN_BACK)
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
