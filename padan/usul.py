"""A NIK that an accepted pair proposes: it waits for a second person, and only then a verb of kpm writes it.

Who confirms may edit the register there and is not who proposed. What is written is an edit like any other: protected
from imports, with history and undo (kpm/suntingan.py, decision 0025).
"""

from __future__ import annotations

import uuid

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from access.jejak import record_jejak
from access.rules import may_edit
from kpm.isian import KK, NUMBER, SHORTEST, Refused, Why
from kpm.models import Anggota, Suntingan, Surat, written_date
from kpm.suntingan import correct_anggota
from padan.models import Ekstrak, Kandidat, Putusan, UsulNik, UsulNikQuerySet

SEKALI = uuid.UUID("0f5e6600-6e69-4b00-8000-757375000000")  # with the number of a proposal: good for one edit
SAME_PERSON = "Anda yang memutuskan pasangan ini. Petugas lain yang menyetujui NIK-nya."
LEFT = "Orangnya tidak lagi terdaftar sebagai anggota di wilayah ini."
NIK_CHANGED = "NIK orang ini sudah diubah sejak diusulkan."
HAS_IT = "NIK ini sudah tertulis pada orangnya."
NO_DECISION = "Putusan yang mengusulkannya sudah dibatalkan."
REPLACED = "Digantikan usul yang lebih baru."
NO_REASON = f"Tulis alasannya, sedikitnya {SHORTEST} huruf."
OVER = "Masa berlaku ekstraknya habis."
WITH_NUMBER = "Jangan tulis NIK atau No. KK di sini: alasan ini tersimpan di jejak."
WHY = "NIK menurut Dukcapil, diputuskan dan disetujui dua petugas"

Keadaan = UsulNik.Keadaan


def propose_nik(*, kandidat: Kandidat, anggota: Anggota, putusan: Putusan, by) -> UsulNik | None:
    """Propose the extract's NIK for a person who has another one or none. One waits per person, the latest.

    Called by the decision, in its transaction.
    """
    nik = str(kandidat.isi.get("nik") or "")
    if not KK.fullmatch(nik) or nik == anggota.nik:
        return None
    waiting = UsulNik.objects.visible_to(by).waiting().filter(anggota=anggota.pk).select_for_update()
    for one in waiting:
        if (one.nik, one.nik_lama, one.putusan_id) == (nik, anggota.nik, putusan.pk):
            return one
        _lapse(one, REPLACED)
    return UsulNik.objects.create(
        anggota_id=anggota.pk,
        wilayah_id=anggota.wilayah_id,
        nik=nik,
        nik_lama=anggota.nik,
        putusan=putusan,
        diusulkan_oleh=by,
    )


def drop_usul(*, putusan: Putusan, by) -> bool:
    """Drop what a decision proposed, since it is taken back; False when it stands in the register."""
    for one in UsulNik.objects.visible_to(by).filter(putusan=putusan).order_by("pk").select_for_update():
        if one.keadaan == Keadaan.MENUNGGU:
            _lapse(one, NO_DECISION)
        elif one.keadaan == Keadaan.DISETUJUI:
            rows = Anggota.objects.visible_to(by).filter(pk=one.anggota_id)
            if rows.filter(nik=one.nik).exists():
                return False
    return True


def forget_usul(ekstrak: Ekstrak) -> int:
    """Empty the NIK that this extract alone proposed and nobody confirmed; what waits lapses. How many there were.

    Called by the purge of the extract, which sees all of them.
    """
    usable = Ekstrak.objects.filter(keadaan=Ekstrak.Keadaan.SIAP).exclude(pk=ekstrak.pk)
    decided = Putusan.objects.filter(kandidat_list__pencocokan__ekstrak=ekstrak)
    elsewhere = Putusan.objects.filter(kandidat_list__pencocokan__ekstrak__in=usable)
    of_it = UsulNik.objects.filter(putusan__in=decided.values("pk")).exclude(
        putusan__in=elsewhere.values("pk")
    )
    of_it.waiting().update(keadaan=Keadaan.GUGUR, alasan=OVER, diputus=timezone.now())
    return of_it.exclude(keadaan=Keadaan.DISETUJUI).exclude(nik="").update(nik="")


def confirmable(by) -> UsulNikQuerySet:
    """The proposals somebody may decide as the second person, or could if they were not his own."""
    return UsulNik.objects.visible_to(by).filter(may_edit.within(by))


def why_lapsed(usul: UsulNik, anggota: Anggota | None) -> str:
    """Why a proposal that waits makes no sense any more; "" when it does."""
    if anggota is None or anggota.status != Anggota.Status.AKTIF:
        return LEFT
    if usul.putusan.dibatalkan:
        return NO_DECISION
    if anggota.nik == usul.nik:
        return HAS_IT
    return "" if anggota.nik == usul.nik_lama else NIK_CHANGED


def _lapse(usul: UsulNik, sentence: str) -> None:
    usul.keadaan, usul.alasan, usul.diputus = Keadaan.GUGUR, sentence, timezone.now()
    usul.save(update_fields=["keadaan", "alasan", "diputus"])


def _locked(by, usul_id: int) -> UsulNik:
    """Raises UsulNik.DoesNotExist, PermissionDenied."""
    if not may_edit(by):
        raise PermissionDenied(may_edit.sentence)
    rows = confirmable(by)
    rows.select_for_update().get(pk=usul_id)  # and read anew, with what is joined as it is by then
    return rows.select_related("putusan", "diputus_oleh").get(pk=usul_id)


def _refuse_decided(usul: UsulNik) -> None:
    if usul.keadaan != Keadaan.MENUNGGU:
        who = f" oleh {usul.diputus_oleh.nama}" if usul.diputus_oleh else ""
        raise Refused(
            f"Usul ini {usul.get_keadaan_display()}{who}, {written_date(usul.diputus)}. {usul.alasan}".strip()
        )


@transaction.atomic
def confirm_usul(*, by, usul_id: int, dilihat: str = "", alamat: str | None = None) -> UsulNik:
    """Write a proposed NIK into the register, as the second person. What makes no sense any more lapses instead.

    dilihat: version_of the family as the page showed it. Twice is once.
    Raises UsulNik.DoesNotExist, PermissionDenied, Refused (also with the sentences of correct_anggota).
    """
    usul = _locked(by, usul_id)
    if usul.diusulkan_oleh_id == by.pk:
        raise Refused(SAME_PERSON)
    if usul.keadaan == Keadaan.DISETUJUI and usul.diputus_oleh == by:
        return usul
    _refuse_decided(usul)
    anggota = Anggota.objects.visible_to(by).filter(pk=usul.anggota_id).first()
    if anggota is None or (lapsed := why_lapsed(usul, anggota)):
        _lapse(usul, LEFT if anggota is None else lapsed)
        return usul
    why = Why(
        alasan=Suntingan.Alasan.DUKCAPIL,
        keterangan=WHY,
        surat=_paper(usul),
        sekali=uuid.uuid5(SEKALI, str(usul.pk)),
        dilihat=dilihat,
        alamat=alamat,
    )
    suntingan = correct_anggota(by=by, why=why, anggota=anggota, isian={"nik": usul.nik})
    _decided(usul, by, Keadaan.DISETUJUI, "", alamat, {"suntingan": suntingan.pk})
    return usul


@transaction.atomic
def refuse_usul(*, by, usul_id: int, alasan: str, alamat: str | None = None) -> UsulNik:
    """Say no to a proposed NIK, as the second person, and why. Twice is once.

    Raises UsulNik.DoesNotExist, PermissionDenied, Refused.
    """
    usul = _locked(by, usul_id)
    if usul.diusulkan_oleh_id == by.pk:
        raise Refused(SAME_PERSON)
    if usul.keadaan == Keadaan.DITOLAK and usul.diputus_oleh == by:
        return usul
    _refuse_decided(usul)
    words = " ".join(alasan.split())
    if NUMBER.search(words):
        raise Refused({"alasan": WITH_NUMBER})
    if len(words) < SHORTEST:
        raise Refused({"alasan": NO_REASON})
    _decided(usul, by, Keadaan.DITOLAK, words, alamat, {})
    return usul


def _decided(usul: UsulNik, by, keadaan: Keadaan, alasan: str, alamat: str | None, rincian: dict) -> None:
    usul.keadaan, usul.alasan, usul.diputus_oleh, usul.diputus = keadaan, alasan, by, timezone.now()
    usul.save(update_fields=["keadaan", "alasan", "diputus_oleh", "diputus"])
    record_jejak(
        user=by,
        aksi="padan",
        objek="usulnik",
        objek_id=usul.pk,
        wilayah_id=usul.wilayah_id,
        alasan=alasan,
        alamat=alamat,
        rincian={"putusan": usul.putusan_id, "hasil": str(keadaan)} | rincian,
        isi={"anggota": [usul.anggota_id]},
    )


def _paper(usul: UsulNik) -> dict:
    """What the edit rests on: the agreement under which the extract came, and the day its data show."""
    ekstrak = (
        Ekstrak.objects.filter(pencocokan_list__kandidat_list__putusan=usul.putusan_id)
        .order_by("-pk")
        .first()
    )
    if ekstrak is None:
        return {
            "jenis": Surat.LAIN,
            "nomor": f"putusan padan {usul.putusan_id}",
            "tanggal": timezone.localdate(),
        }
    day = min(ekstrak.tanggal, timezone.localdate())
    nomor = " ".join(ekstrak.nomor_pks.split())[:56]
    return {"jenis": Surat.LAIN, "nomor": f"PKS {nomor}", "tanggal": day}
