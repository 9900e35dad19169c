"""Deciding pairs: holding one, deciding it, taking that back, and carrying decisions into a later run.

All candidates of a person in a run are held, locked and decided together: who says yes to one of them says no to the
others. A decision belongs to both sides as they look (`sidik`); a later run asks again only about what changed.
Nothing here writes a register: an accepted NIK is proposed (usul.py) and written after a second person's yes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from access.jejak import record_jejak
from access.rules import may_decide_padan
from kpm.isian import NUMBER, Refused
from kpm.models import Anggota, written_date
from kpm.suntingan import version_of
from padan.models import Kandidat, Putusan
from padan.usul import drop_usul, propose_nik

SQL = Path(__file__).parent / "sql" / "putusan"
CARRY = ["01_gugur", "02_terapkan", "03_kembali", "04_lain"]
CARRY_LOCK = 727_006  # a run that brings earlier decisions with it stands beside no decision
HELD_FOR = timedelta(minutes=5)  # a page that is open asks for more every minute

BUSY = "Hasil pencocokan sedang ditulis. Coba lagi sebentar lagi."
CHANGED = "Datanya berubah sejak halaman ini dibuka. Periksa lagi, lalu putuskan."
GONE = "Orang ini tidak lagi terdaftar sebagai anggota, jadi tidak ada yang perlu diputuskan."
EMPTIED = "Masa pakai ekstrak ini sudah habis dan isinya dihapus. Tunggu pencocokan dengan ekstrak yang baru."
OTHER = "Calon lain dari orang ini sudah diterima."
OTHER_FIRST = "Calon lain dari orang ini sudah diterima. Batalkan dulu putusan itu."
WITH_NUMBER = "Jangan tulis NIK atau No. KK di sini: catatan ini tersimpan di jejak."
TAKEN_BACK = "Putusan ini sudah dibatalkan."
NOT_YOURS = "Putusan ini dibatalkan oleh yang memutuskannya, kantornya, atau Dinsos di atasnya."
WRITTEN = "NIK dari putusan ini sudah tertulis. Batalkan dulu perubahan itu di halaman keluarganya."
OWN_WORDS = "dibatalkan oleh yang memutuskannya"

Keadaan = Kandidat.Keadaan
BECOMES = {
    Putusan.Keputusan.TERIMA: Keadaan.DITERIMA,
    Putusan.Keputusan.TOLAK: Keadaan.DITOLAK,
    Putusan.Keputusan.RAGU: Keadaan.RAGU,
}
OPEN = [Keadaan.TERBUKA, Keadaan.RAGU]  # who was unsure may be followed by somebody who knows


class Stale(Refused):
    """The person or the family is not what the page showed."""

    def __init__(self) -> None:
        super().__init__(CHANGED)


class Held(Refused):
    """Somebody else has this pair before him."""

    def __init__(self, siapa: str, sampai) -> None:
        self.siapa, self.sampai = siapa, sampai
        super().__init__(f"{siapa} sedang memutuskan pasangan ini. Lanjut ke pasangan berikutnya.")


@dataclass(frozen=True)
class _Person:
    """The candidates of one person in one run, under lock, and the one that is meant."""

    rows: list[Kandidat]
    here: Kandidat

    def held_by_another(self, by) -> Held | None:
        now = timezone.now()
        for row in self.rows:
            until = row.dipegang_sampai
            if row.dipegang_oleh is not None and row.dipegang_oleh != by and until and until > now:
                return Held(row.dipegang_oleh.nama, until)
        return None


def decidable(by) -> QuerySet[Kandidat]:
    """The pairs somebody may decide, in any state."""
    return Kandidat.objects.visible_to(by).filter(may_decide_padan.within(by))


def _may_or_not(by) -> None:
    if not may_decide_padan(by):
        raise PermissionDenied(may_decide_padan.sentence)


def _locked(by, kandidat_id: int) -> _Person:
    """Raises Kandidat.DoesNotExist."""
    meant = decidable(by).get(pk=kandidat_id)
    rows = decidable(by).filter(pencocokan=meant.pencocokan_id, anggota=meant.anggota_id).order_by("pk")
    # Read anew once they are locked: whoever waited here would be given the joined rows of before he waited.
    list(rows.select_for_update().values_list("pk"))
    locked = list(rows.select_related("dipegang_oleh", "putusan__oleh", "pencocokan__ekstrak"))
    return _Person(locked, next(row for row in locked if row.pk == kandidat_id))


def _take_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [CARRY_LOCK])
        if not cursor.fetchone()[0]:
            raise Refused(BUSY)


# --- holding -------------------------------------------------------------------------------------


@transaction.atomic
def hold(*, by, kandidat_id: int) -> Held | None:
    """Take a pair for a few minutes, or keep it; who has it, when somebody else does.

    Raises Kandidat.DoesNotExist, PermissionDenied.
    """
    _may_or_not(by)
    person = _locked(by, kandidat_id)
    held = person.held_by_another(by)
    if held is None:
        _set_hold(person.rows, by)
    return held


@transaction.atomic
def release(*, by, kandidat_id: int) -> None:
    """Let a pair go that one holds; what somebody else holds stays held. Raises as hold does."""
    _may_or_not(by)
    person = _locked(by, kandidat_id)
    _set_hold([row for row in person.rows if row.dipegang_oleh == by], None)


def _set_hold(rows: Iterable[Kandidat], by) -> None:
    until = timezone.now() + HELD_FOR if by else None
    for row in rows:
        row.dipegang_oleh, row.dipegang_sampai = (by, until) if row.keadaan in OPEN else (None, None)
        row.save(update_fields=["dipegang_oleh", "dipegang_sampai"])


# --- deciding ------------------------------------------------------------------------------------


@transaction.atomic
def decide_kandidat(
    *, by, kandidat_id: int, hasil: str, alasan: str = "", dilihat: str = "", alamat: str | None = None
) -> Putusan:
    """Say what a pair is. The same word from the same officer twice is one decision.

    dilihat: version_of the family as the page showed it; "" for who saw none (commands, tests).
    Raises Kandidat.DoesNotExist, PermissionDenied, Held, Stale, Refused.
    """
    _may_or_not(by)
    _take_turn()
    person = _locked(by, kandidat_id)
    here, becomes = person.here, BECOMES[Putusan.Keputusan(hasil)]
    if here.keadaan == becomes and here.putusan and here.putusan.oleh == by:
        return here.putusan
    _refuse_closed(person, by)
    anggota = (
        Anggota.objects.visible_to(by).aktif().filter(pk=here.anggota_id).select_related("keluarga").first()
    )
    if anggota is None:
        raise Refused(GONE)
    if dilihat and dilihat != version_of(by, anggota.keluarga):
        raise Stale
    words = " ".join(alasan.split())
    if NUMBER.search(words):
        raise Refused({"alasan": WITH_NUMBER})
    putusan = _word_on(here, by, hasil, words)
    _close(person, putusan, becomes)
    if becomes == Keadaan.DITERIMA:
        propose_nik(kandidat=here, anggota=anggota, putusan=putusan, by=by)
    _leave_trail(by, putusan, here.pk, "putus", words, alamat)
    return putusan


def _refuse_closed(person: _Person, by) -> None:
    here = person.here
    if here.keadaan == Keadaan.GUGUR:
        raise Refused(here.catatan or "Pasangan ini tidak berlaku lagi.")
    if here.keadaan not in OPEN and here.putusan:
        raise Refused(f"{said(here.putusan)} Batalkan dulu putusan itu.")
    if held := person.held_by_another(by):
        raise held
    if not here.isi or not here.pencocokan.ekstrak.sisa_hari:
        raise Refused(EMPTIED)
    if any(row.keadaan == Keadaan.DITERIMA for row in person.rows):
        raise Refused(OTHER_FIRST)


def said(putusan: Putusan) -> str:
    """ "Sudah diputuskan orang yang sama oleh Rina Marlina, 3 Nov 2026." """
    return (
        f"Sudah diputuskan {putusan.get_hasil_display()} oleh {putusan.oleh.nama}, "
        f"{written_date(putusan.dibuat)}."
    )


def _word_on(here: Kandidat, by, hasil: str, alasan: str) -> Putusan:
    """The decision in force on this pair as it looks: "ragu" gives way, another word does not."""
    before = (
        Putusan.objects.visible_to(by)
        .in_force()
        .filter(anggota=here.anggota_id, kunci=here.kunci, sidik=here.sidik)
        .select_related("oleh")
        .first()
    )
    if before and before.hasil == Putusan.Keputusan.RAGU:
        _cancel(before, by)
    elif before and before.hasil != hasil:  # its twin: two rows of the extract that say the same
        raise Refused(f"{said(before)} Batalkan dulu putusan itu.")
    elif before:
        return before
    return Putusan.objects.create(
        anggota_id=here.anggota_id,
        wilayah_id=here.wilayah_id,
        kunci=here.kunci,
        sidik=here.sidik,
        hasil=hasil,
        alasan=alasan,
        oleh=by,
    )


def _close(person: _Person, putusan: Putusan, becomes: Keadaan) -> None:
    here = person.here
    here.keadaan, here.putusan = becomes, putusan
    here.save(update_fields=["keadaan", "putusan"])
    if becomes == Keadaan.DITERIMA:
        for row in person.rows:
            if row.keadaan in OPEN:
                row.keadaan, row.catatan = Keadaan.GUGUR, OTHER
                row.save(update_fields=["keadaan", "catatan"])
    _set_hold(person.rows, None)


def _cancel(putusan: Putusan, by) -> None:
    putusan.dibatalkan, putusan.dibatalkan_oleh = timezone.now(), by
    putusan.save(update_fields=["dibatalkan", "dibatalkan_oleh"])


def _leave_trail(by, putusan: Putusan, kandidat_id: int, tahap: str, alasan: str, alamat: str | None) -> None:
    record_jejak(
        user=by,
        aksi="padan",
        objek="kandidat",
        objek_id=kandidat_id,
        wilayah_id=putusan.wilayah_id,
        alasan=alasan,
        alamat=alamat,
        rincian={"putusan": putusan.pk, "hasil": putusan.hasil, "tahap": tahap},
        isi={"anggota": [putusan.anggota_id]},
    )


# --- taking back ---------------------------------------------------------------------------------


def may_undo(by, putusan: Putusan) -> bool:
    """One's own decision, one of the same office, or one of an office below one's own."""
    if not may_decide_padan.covers(by, putusan.wilayah_id):
        return False
    theirs = may_decide_padan.kode(putusan.oleh)
    own = may_decide_padan.kode(by)
    return putusan.oleh == by or not theirs or any(code.startswith(mine) for code in theirs for mine in own)


@transaction.atomic
def undo_putusan(
    *, by, putusan_id: int, alasan: str = OWN_WORDS, alamat: str | None = None
) -> Kandidat | None:
    """Take a decision back: its pair waits again, its proposed NIK is dropped. Twice is once.

    The pair that waits again; None when a later run has replaced it.
    Raises Putusan.DoesNotExist, PermissionDenied, Refused.
    """
    _may_or_not(by)
    _take_turn()
    rows = Putusan.objects.visible_to(by).filter(may_decide_padan.within(by))
    rows.select_for_update().get(pk=putusan_id)
    putusan = rows.select_related("oleh", "dibatalkan_oleh").get(pk=putusan_id)
    if not may_undo(by, putusan):
        raise Refused(NOT_YOURS)
    words = " ".join(alasan.split())
    if NUMBER.search(words):
        raise Refused({"alasan": WITH_NUMBER})
    if putusan.dibatalkan:
        if putusan.dibatalkan_oleh == by:
            return _newest(by, putusan)
        raise Refused(TAKEN_BACK)
    if not drop_usul(putusan=putusan, by=by):
        raise Refused(WRITTEN)
    back = _newest(by, putusan)
    _cancel(putusan, by)
    if back is not None:
        _open_again(_locked(by, back.pk), putusan)
    _leave_trail(by, putusan, back.pk if back else 0, "batal", words, alamat)
    return back


def _newest(by, putusan: Putusan) -> Kandidat | None:
    """The pair a decision is about in a run that still counts."""
    rows = decidable(by).filter(anggota=putusan.anggota_id, kunci=putusan.kunci, sidik=putusan.sidik)
    newest = rows.select_related("pencocokan").order_by("-pencocokan", "urutan").first()
    return newest if newest is not None and newest.pencocokan.terbaru else None


def _open_again(person: _Person, putusan: Putusan) -> None:
    for row in person.rows:
        if row.putusan_id == putusan.pk:
            row.keadaan, row.putusan = Keadaan.TERBUKA, None
        elif row.keadaan == Keadaan.GUGUR and row.catatan == OTHER:
            unsure = row.putusan is not None and row.putusan.dibatalkan is None
            row.keadaan, row.catatan = (Keadaan.RAGU if unsure else Keadaan.TERBUKA), ""
        else:
            continue
        row.save(update_fields=["keadaan", "putusan", "catatan"])


# --- a later run ---------------------------------------------------------------------------------


@transaction.atomic
def carry_over(pencocokan_id: int) -> dict[str, int]:
    """Let earlier decisions survive in a new run, and end what waited in earlier ones; rows per step.

    Called by the run in its last transaction, after Hasil and Kandidat are written, with the whole territory of
    the extract in sight. Safe to run twice.
    """
    values: dict[str, int | str] = {"pencocokan": pencocokan_id, "zona": settings.TIME_ZONE, "catatan": OTHER}
    written = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CARRY_LOCK])
        for name in CARRY:
            cursor.execute((SQL / f"{name}.sql").read_text(), values)
            written[name] = cursor.rowcount
    return written
