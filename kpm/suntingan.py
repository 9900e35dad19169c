"""Changing the registers by hand: one verb for each thing that happens to a family (decision 0025).

Every verb is one transaction: the right, the gate, what the form had seen, the checks of what was typed
(isian.py), a line of Suntingan with its reason and paper, the changes in a context of their own ({"suntingan": id},
from which they can be undone), and a line of the trail. It raises Refused with sentences for the screen, and
writes nothing then. The same form posted twice gives the first change back.

A field written here names its writer in `asal`, so that an import leaves it alone. Only `move_keluarga` reaches out
of the territory of whoever asks.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import md5
from typing import Any

from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.formats import number_format

from access.history import acting
from access.jejak import record_jejak
from access.rules import may_edit
from access.scope import as_system
from kpm.actions import APPLY_LOCK
from kpm.isian import (
    KEPALA,
    SAME_PLACE,
    Changed,
    Elsewhere,
    Refused,
    Why,
    read_day,
    read_keluarga,
    read_orang,
    read_titik,
)
from kpm.models import (
    Anggota,
    Impor,
    JawabanAnggota,
    JawabanKeluarga,
    Keluarga,
    Kepesertaan,
    KepesertaanQuerySet,
    Peringkat,
    Sumber,
    Suntingan,
)
from kpm.templatetags.kpm_tags import nama_orang
from spatial.models import Wilayah
from spatial.queries import active_versi, metres_outside

__all__ = ["Changed", "Edit", "Refused", "Why", "editing", "other_side"]

Jenis, Alasan, Status = Suntingan.Jenis, Suntingan.Alasan, Anggota.Status
# What has to rest on a paper. Who was recorded twice or by mistake has none: he never was there.
ON_PAPER = {
    Jenis.KELUARGA_BARU, Jenis.KELAHIRAN, Jenis.ANGGOTA_BARU, Jenis.KEMATIAN, Jenis.PINDAH, Jenis.PISAH,
    Jenis.GABUNG, Jenis.KEPALA, Jenis.ANGGOTA_KELUAR, Jenis.KELUAR, Jenis.PINDAH_KK,
}  # fmt: skip
WITHOUT_PAPER = {Alasan.GANDA, Alasan.KELIRU}
# Metres outside the boundary of its village from which a house is not taken to stand in it. Boundaries that were
# computed from label points are off by kilometres.
FAR, FAR_INDICATIVE = 1_000, 5_000
# Under which name `asal` keeps a column, where that is not its own.
ASAL = {
    "wilayah_id": "wilayah",
    "keluarga_id": "keluarga",
    "kepala": "hubungan",
    "nik_status": "nik",
    "nama_normal": "nama",
    "tanpa_kk": "no_kk",
    "keluar_tanggal": "status",
    "keluar_alasan": "status",
    "titik_akurasi_m": "titik",
    "titik_asal": "titik",
}
OUTSIDE = "Nomor ini sudah tercatat di luar wilayah Anda. Hubungi Dinsos provinsi."
OTHER_GONE = "Keluarga itu sudah keluar dari daftar."
NOT_HERE = "Tidak ada keluarga dengan nomor ini di wilayah Anda."
SAME = "Tidak ada yang berubah: semua isian sama dengan yang tercatat."
BUSY = "Sebuah impor sedang ditulis. Tunggu beberapa menit, lalu simpan lagi."
BERGABUNG = "bergabung dengan keluarga lain"
TIADA_ANGGOTA = "tidak ada anggota lagi"
# Why a keluarga leaves the list (DOMAIN.md 5.3).
SEBAB_KELUAR = [
    "mampu",
    "pindah ke luar provinsi",
    "tidak ditemukan",
    "menolak",
    BERGABUNG,
    "tercatat ganda",
    "ASN, TNI, Polri, BUMN atau pensiunannya",
    "perangkat desa atau pendamping sosial",
    "graduasi mandiri",
    TIADA_ANGGOTA,
]


# --- one edit ------------------------------------------------------------------------------------


@dataclass
class Edit:
    """One change on its way: who, why, and the line that names it once `start` was called."""

    by: Any
    why: Why
    stack: ExitStack
    done: Suntingan | None = None
    now: datetime = field(default_factory=timezone.now)

    # rows, locked and through the gate; the keluarga first, as an import takes them

    def keluarga(self, *wanted: Keluarga) -> list[Keluarga]:
        """The keluarga to be changed, locked in the order of their ids; DoesNotExist when one is out of reach."""
        ids = [one.pk for one in wanted]
        rows = Keluarga.objects.visible_to(self.by).filter(may_edit.within(self.by))
        found = {row.pk: row for row in rows.filter(pk__in=ids).order_by("pk").select_for_update()}
        if set(ids) - found.keys():
            raise Keluarga.DoesNotExist
        rows_in_order = [found[pk] for pk in ids]
        self._refuse_changed(rows_in_order)
        return rows_in_order

    def anggota(self, keluarga: Keluarga) -> list[Anggota]:
        """Everybody in it, who is no longer a member last."""
        rows = Anggota.objects.visible_to(self.by).filter(keluarga=keluarga)
        return list(rows.order_by("status", "-kepala", "pk").select_for_update())

    def with_keluarga(self, anggota: Anggota) -> tuple[Keluarga, list[Anggota], Anggota]:
        """The keluarga of a person, everybody in it, and that person."""
        found = Anggota.objects.visible_to(self.by).select_related("keluarga").get(pk=anggota.pk)
        (keluarga,) = self.keluarga(found.keluarga)
        people = self.anggota(keluarga)
        for one in people:
            if one.pk == anggota.pk:
                return keluarga, people, one
        raise Anggota.DoesNotExist

    def _refuse_changed(self, keluarga_list: list[Keluarga]) -> None:
        if not self.why.dilihat or not keluarga_list:
            return
        seen = self.why.dilihat.split("+")
        if len(seen) > 1:  # each on its own, in the order of the verb
            same = seen == [version_of(self.by, one) for one in keluarga_list]
        else:  # a form shows the first of them, or all
            known = {version_of(self.by, keluarga_list[0]), version_of(self.by, *keluarga_list)}
            same = self.why.dilihat in known
        if not same:
            siapa, kapan = last_change(self.by, keluarga_list)
            raise Changed(siapa, kapan)

    # writing

    def check_why(self, jenis: Suntingan.Jenis, paper: bool | None = None) -> tuple[str, dict[str, str]]:
        """The words and the paper as they are kept. Before any number is looked for: nobody asks without a reason."""
        needed = jenis in ON_PAPER and self.why.alasan not in WITHOUT_PAPER if paper is None else paper
        return self.why.checked(paper=needed)

    def start(
        self,
        jenis: Suntingan.Jenis,
        keluarga_id: int,
        wilayah_id: str | None,
        *,
        anggota: Iterable[Anggota | int] = (),
        paper: bool | None = None,
        **fields: Any,
    ) -> Suntingan:
        """Write the line of this edit; from here on every change belongs to it."""
        keterangan, surat = self.check_why(jenis, paper)
        suntingan = Suntingan.objects.create(
            jenis=jenis,
            keluarga_id=keluarga_id,
            wilayah_id=wilayah_id,
            anggota_ids=[one if isinstance(one, int) else one.pk for one in anggota],
            alasan=self.why.alasan,
            keterangan=keterangan,
            dasar=surat,
            oleh=self.by,
            dibuat=self.now,
            **({"sekali": self.why.sekali} | fields),
        )
        self.stack.enter_context(acting(suntingan=suntingan.pk, user=self.by.pk))
        return suntingan

    def other_line(self, suntingan: Suntingan, wilayah_id: str | None, **fields: Any) -> Suntingan:
        """The same edit as the other village reads it: its people may not see the first line."""
        same = (
            "jenis",
            "keluarga_id",
            "keluarga_lain_id",
            "anggota_ids",
            "alasan",
            "keterangan",
            "dasar",
            "rincian",
        )
        return Suntingan.objects.create(
            **({name: getattr(suntingan, name) for name in same} | fields),
            wilayah_id=wilayah_id,
            oleh=self.by,
            sekali=other_side(self.why.sekali),
            pasangan=suntingan,
            dibuat=self.now,
        )

    def write(self, row: Keluarga | Anggota, **fields: Any) -> dict[str, Any]:
        """Write what differs and who wrote it; returns the columns that changed."""
        changed = {name: value for name, value in fields.items() if getattr(row, name) != value}
        if changed:
            row.asal = row.asal | self.origin(changed)
            row.diubah, row.job_ubah_id = self.now, None
            for name, value in changed.items():
                setattr(row, name, value)
            row.save(update_fields=[*changed, "asal", "diubah", "job_ubah"])
        return changed

    def origin(self, names: Iterable[str]) -> dict[str, Any]:
        """What `asal` says of the fields written now."""
        mark = {"oleh": "petugas", "id": self.by.pk, "waktu": self.now.isoformat()}
        return {ASAL.get(name, name): mark for name in names}

    def finish(self, suntingan: Suntingan, *keluarga: int, wilayah: Sequence[str | None] = ()) -> Suntingan:
        """Leave the trail, one line for each village concerned."""
        for kode in wilayah or [suntingan.wilayah_id]:
            record_jejak(
                user=self.by,
                aksi="sunting",
                objek="keluarga",
                objek_id=suntingan.keluarga_id,
                wilayah_id=kode,
                alasan=suntingan.alasan_tertulis,
                alamat=self.why.alamat,
                rincian={"suntingan": suntingan.pk, "jenis": suntingan.jenis},
                isi={"keluarga": [suntingan.keluarga_id, *keluarga], "anggota": suntingan.anggota_ids},
            )
        return suntingan

    # numbers that stand elsewhere

    def refuse_known(self, model: type[Keluarga] | type[Anggota], name: str, value: str | None, own: int = 0):
        """Refuse a No. KK, NIK or ID DTKS that another row has, in sight or not.

        A NIK is taken by who is a member today; an ID DTKS by whoever ever had it. Call `check_why` first.
        """
        if not value:
            return
        _hold_number(name, value)
        rows = model.objects.filter(**{name: value}).exclude(pk=own)
        if name == "nik":
            rows = rows.filter(status=Status.AKTIF)
        found = rows.filter(pk__in=model.objects.visible_to(self.by).filter(**{name: value})).first()
        if found is not None:
            keluarga = found if isinstance(found, Keluarga) else found.keluarga
            raise Refused({name: f"Nomor ini {_where(self.by, found, keluarga)}."}, keluarga=keluarga)
        with as_system("suntingan: mencari nomor yang sudah tercatat"):
            elsewhere = rows.first()
        if elsewhere is not None:
            raise Refused({name: OUTSIDE}, di_luar=Elsewhere.of(elsewhere))


@contextmanager
def editing(by, why: Why) -> Iterator[Edit]:
    """The right, the transaction, and the form that was posted before: then `done` is what it made."""
    if not may_edit(by):
        raise PermissionDenied(may_edit.sentence)
    with transaction.atomic(), ExitStack() as stack:
        with connection.cursor() as cursor:
            # one form at a time; and never beside an import, which would wait for single rows
            key = f"suntingan {by.pk} {why.sekali}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
            cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [APPLY_LOCK])
            (free,) = cursor.fetchone()
        if not free:
            raise Refused(BUSY)
        yield Edit(by, why, stack, done=made_by(by, why.sekali), now=timezone.now())


def made_by(by, sekali: uuid.UUID) -> Suntingan | None:
    """The change this form has made already; of a move out of sight the line that stayed."""
    found = Suntingan.objects.visible_to(by).filter(oleh=by, sekali__in=[sekali, other_side(sekali)])
    return found.order_by("pk").first()


def other_side(sekali: uuid.UUID) -> uuid.UUID:
    return uuid.uuid5(sekali, "sisi lama")


def version_of(user, *keluarga_list: Keluarga) -> str:
    """What a form has seen of these keluarga and everybody in them, as a short text that changes when they do."""
    people = Anggota.objects.visible_to(user).filter(keluarga__in=[one.pk for one in keluarga_list])
    seen = [("k", one.pk, one.diubah.isoformat()) for one in keluarga_list]
    seen += [("a", pk, diubah.isoformat()) for pk, diubah in people.values_list("pk", "diubah")]
    return md5(repr(sorted(seen)).encode(), usedforsecurity=False).hexdigest()


def last_change(user, keluarga_list: Sequence[Keluarga]) -> tuple[str, datetime]:
    """Who wrote last to one of these keluarga, and when."""
    ids = [one.pk for one in keluarga_list]
    people = list(Anggota.objects.visible_to(user).filter(keluarga__in=ids))
    rows: list[Keluarga | Anggota] = [*keluarga_list, *people]
    row = max(rows, key=lambda one: one.diubah)
    edit = (
        Suntingan.objects.visible_to(user)
        .filter(keluarga_id__in=ids)
        .select_related("oleh")
        .order_by("-pk")
        .first()
    )
    if edit is not None and edit.dibuat >= row.diubah:
        return edit.oleh.nama, edit.dibuat
    impor = (
        Impor.objects.filter(job=row.job_ubah_id or row.job_id).select_related("pemilik", "sumber").first()
    )
    return (f"{impor.pemilik.nama}, impor {impor.sumber.judul}" if impor else "orang lain"), row.diubah


def _called(user, keluarga: Keluarga) -> str:
    """ "keluarga Rosidi, Desa Rias"."""
    head = (
        Anggota.objects.visible_to(user).filter(keluarga=keluarga).order_by("status", "-kepala", "pk").first()
    )
    name = f"keluarga {nama_orang(head.nama)}" if head else "keluarga tanpa anggota"
    return f"{name}, {keluarga.wilayah.nama_lengkap}" if keluarga.wilayah else name


def _where(user, found: Keluarga | Anggota, keluarga: Keluarga) -> str:
    """ "sudah tercatat pada keluarga Rosidi, Desa Rias"; of who is no longer a member also who it is."""
    if isinstance(found, Keluarga) or found.status == Status.AKTIF:
        return f"sudah tercatat pada {_called(user, keluarga)}"
    was = f"{nama_orang(found.nama)} ({found.get_status_display()})"
    return f"masih tercatat pada {was}, dulu anggota {_called(user, keluarga)}"


def _hold_number(name: str, value: str) -> None:
    """Whoever enters the same new number at once waits for the end of this edit, and then finds it recorded."""
    with connection.cursor() as cursor:
        key = f"suntingan {name} {value}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def _new_id(model: type[Model]) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [f"{model._meta.db_table}_id_seq"])
        return cursor.fetchone()[0]


def _aktif(people: Iterable[Anggota]) -> list[Anggota]:
    return [one for one in people if one.status == Status.AKTIF]


def _among(people: Iterable[Anggota], wanted: Anggota | None) -> Anggota | None:
    """The row of `wanted` among people under lock; None when he is not one of them."""
    return next((one for one in people if wanted is not None and one.pk == wanted.pk), None)


def _sumber_for(by, wilayah_id: str) -> Sumber:
    """The list a row made by hand stands beside: the newest of its village, else the newest there is."""
    used = Keluarga.objects.visible_to(by).filter(wilayah=wilayah_id).values("sumber")
    newest = Sumber.objects.order_by("-periode", "jenis")
    found = newest.filter(pk__in=used).first() or newest.first()
    if found is None:
        today = timezone.localdate()
        found, _ = Sumber.objects.get_or_create(jenis=Sumber.Jenis.SURVEI, periode=f"{today:%Y-%m}")
    return found


# --- a family, a birth ---------------------------------------------------------------------------


def add_keluarga(
    *, by, why: Why, wilayah_id: str, keluarga: Mapping[str, Any], kepala: Mapping[str, Any]
) -> Suntingan:
    """Add a keluarga with its head. The fields are those of isian.KELUARGA and isian.ORANG, as typed."""
    with editing(by, why) as edit:
        if edit.done:
            return edit.done
        if (
            not may_edit.covers(by, wilayah_id)
            or not Wilayah.objects.villages().filter(pk=wilayah_id).exists()
        ):
            raise Refused({"wilayah": "Pilih desa atau kelurahan di wilayah Anda."})
        family = read_keluarga(keluarga)
        person = read_orang({**kepala, "hubungan": KEPALA})
        edit.check_why(Jenis.KELUARGA_BARU)
        edit.refuse_known(Keluarga, "no_kk", family.get("no_kk"))
        _refuse_known_person(edit, person)
        pk, head = _new_id(Keluarga), _new_id(Anggota)
        suntingan = edit.start(
            Jenis.KELUARGA_BARU, pk, wilayah_id, anggota=[head], baru={"keluarga": [pk], "anggota": [head]}
        )
        sumber = _sumber_for(by, wilayah_id)
        row = Keluarga(pk=pk, wilayah_id=wilayah_id, sumber=sumber, **({"tanpa_kk": True} | family))
        _insert(edit, row, [*family, "wilayah_id"])
        _add_person(edit, head, row, person | {"kepala": True})
        return edit.finish(suntingan)


def add_anggota(
    *,
    by,
    why: Why,
    keluarga: Keluarga,
    orang: Mapping[str, Any],
    ibu: Anggota | None = None,
    kelahiran: bool = True,
) -> Suntingan:
    """Add a member: born (mother, birth date, No. akta as the paper), or one who was missing or came from elsewhere."""
    with editing(by, why) as edit:
        if edit.done:
            return edit.done
        (row,) = edit.keluarga(keluarga)
        _refuse_gone(row)
        people = edit.anggota(row)
        person = read_orang(orang)
        if kelahiran:
            mother = _among(people, ibu)
            if ibu is not None and (mother is None or mother.jenis_kelamin == "L"):
                raise Refused({"ibu": "Pilih ibunya di antara anggota keluarga ini, atau tulis namanya."})
            if mother is not None:
                person["nama_ibu"] = mother.nama
            _need(
                person,
                {"tanggal_lahir": "Isi tanggal lahirnya.", "nama_ibu": "Pilih ibunya, atau tulis namanya."},
            )
        _need(person, {"hubungan": "Pilih hubungannya dengan kepala keluarga."})
        _refuse_second_head(person)
        jenis = Jenis.KELAHIRAN if kelahiran else Jenis.ANGGOTA_BARU
        edit.check_why(jenis)
        _refuse_known_person(edit, person)
        pk = _new_id(Anggota)
        suntingan = edit.start(jenis, row.pk, row.wilayah_id, anggota=[pk], baru={"anggota": [pk]})
        _add_person(edit, pk, row, person)
        return edit.finish(suntingan)


def _refuse_known_person(edit: Edit, person: Mapping[str, Any], own: int = 0) -> None:
    edit.refuse_known(Anggota, "nik", person.get("nik"), own)
    edit.refuse_known(Anggota, "id_dtks", person.get("id_dtks"), own)


def _refuse_gone(keluarga: Keluarga) -> None:
    if keluarga.status == Keluarga.Status.KELUAR:
        raise Refused("Keluarga ini sudah keluar dari daftar. Kembalikan dulu ke daftar.")


def _refuse_not_member(person: Anggota) -> None:
    if person.status != Status.AKTIF:
        raise Refused(f"{nama_orang(person.nama)} sudah tercatat {person.get_status_display()}.")


def _refuse_second_head(person: Mapping[str, Any]) -> None:
    if person.get("hubungan") == KEPALA:
        raise Refused({"hubungan": "Kepala keluarga diganti lewat Ganti kepala keluarga."})


def _need(person: Mapping[str, Any], sentences: Mapping[str, str]) -> None:
    missing = {name: sentence for name, sentence in sentences.items() if not person.get(name)}
    if missing:
        raise Refused(missing)


def _insert(edit: Edit, row: Keluarga | Anggota, names: Iterable[str]) -> None:
    row.dibuat = row.diubah = edit.now
    # what is not known yet is nobody's word: a file may bring it
    told = (name for name in names if name not in {"nik_status", "nama_normal"})
    row.asal = edit.origin(name for name in told if getattr(row, name) not in ("", None))
    row.save(force_insert=True)


def _add_person(edit: Edit, pk: int, keluarga: Keluarga, person: Mapping[str, Any]) -> None:
    fields = {"nik": "", "nik_status": Anggota.NikStatus.KOSONG} | dict(person)
    row = Anggota(
        pk=pk, keluarga=keluarga, wilayah_id=keluarga.wilayah_id, sumber_id=keluarga.sumber_id, **fields
    )
    _insert(edit, row, fields)


# --- a death, a new head, leaving and coming back -------------------------------------------------


def record_death(
    *, by, why: Why, anggota: Anggota, tanggal: date, kepala_baru: Anggota | None = None
) -> Suntingan:
    """Record that a member died. The head's death asks for a new head among those who are left."""
    return _take_off(by, why, Jenis.KEMATIAN, anggota, Status.MENINGGAL, tanggal, kepala_baru)


def remove_anggota(
    *,
    by,
    why: Why,
    anggota: Anggota,
    status: str = Status.KELUAR,
    tanggal: date | None = None,
    kepala_baru: Anggota | None = None,
) -> Suntingan:
    """Take a member off: recorded twice, moved away alone, not of this family. He stays readable and counts nowhere."""
    if status not in {Status.KELUAR, Status.PINDAH}:
        raise ValueError(status)
    when = tanggal or timezone.localdate()
    return _take_off(by, why, Jenis.ANGGOTA_KELUAR, anggota, Status(status), when, kepala_baru)


def _take_off(by, why: Why, jenis, anggota, status: Anggota.Status, tanggal, kepala_baru) -> Suntingan:
    with editing(by, why) as edit:
        if edit.done:
            return edit.done
        keluarga, people, person = edit.with_keluarga(anggota)
        _refuse_not_member(person)
        read_day("tanggal", tanggal)
        if person.tanggal_lahir and tanggal < person.tanggal_lahir:
            raise Refused({"tanggal": "Tanggal ini sebelum tanggal lahirnya."})
        rest = [one for one in _aktif(people) if one.pk != person.pk]
        head = _new_head(person, rest, kepala_baru)
        suntingan = edit.start(
            jenis, keluarga.pk, keluarga.wilayah_id, anggota=[person, *filter(None, [head])]
        )
        edit.write(
            person,
            status=status,
            keluar_tanggal=tanggal,
            keluar_alasan=_why_gone(suntingan, status),
            kepala=False,
        )
        if head is not None:
            edit.write(head, kepala=True, hubungan=KEPALA)
        if not rest:
            _leave(edit, keluarga, TIADA_ANGGOTA, tanggal)
        return edit.finish(suntingan)


def _why_gone(suntingan: Suntingan, status: str) -> str:
    return "" if status == Status.MENINGGAL else suntingan.get_alasan_display().lower()


def _new_head(leaving: Anggota, rest: list[Anggota], wanted: Anggota | None) -> Anggota | None:
    """Who follows a head that leaves; None when nobody has to."""
    if not leaving.kepala or not rest or any(one.kepala for one in rest):
        return None
    head = _among(rest, wanted)
    if head is None:
        raise Refused({"kepala_baru": "Pilih kepala keluarga yang baru."})
    return head


def _leave(edit: Edit, keluarga: Keluarga, sebab: str, tanggal: date) -> None:
    edit.write(keluarga, status=Keluarga.Status.KELUAR, keluar_alasan=sebab, keluar_tanggal=tanggal)


def bring_back_anggota(*, by, why: Why, anggota: Anggota) -> Suntingan:
    """Make somebody a member again who was taken off, moved away or was held for dead."""
    with editing(by, why) as edit:
        if edit.done:
            return edit.done
        keluarga, people, person = edit.with_keluarga(anggota)
        if person.status == Status.AKTIF:
            raise Refused(f"{nama_orang(person.nama)} masih tercatat sebagai anggota.")
        _refuse_gone(keluarga)
        edit.check_why(Jenis.ANGGOTA_KEMBALI)
        if person.nik_status == Anggota.NikStatus.VALID:  # what is no NIK may stand with many
            edit.refuse_known(Anggota, "nik", person.nik, person.pk)
        alone = not _aktif(people)
        suntingan = edit.start(Jenis.ANGGOTA_KEMBALI, keluarga.pk, keluarga.wilayah_id, anggota=[person])
        fields: dict[str, Any] = {"status": Status.AKTIF, "keluar_tanggal": None, "keluar_alasan": ""}
        if alone:
            fields |= {"kepala": True, "hubungan": KEPALA}
        elif person.hubungan == KEPALA:
            fields |= {"hubungan": "famili lain"}  # somebody else is the head by now
        edit.write(person, **fields)
        return edit.finish(suntingan)


def mark_keluar(*, by, why: Why, keluarga: Keluarga, sebab: str, tanggal: date) -> Suntingan:
    """Take a keluarga off the list, for one of SEBAB_KELUAR."""
    with editing(by, why) as edit:
        if edit.done:
            return edit.done
        (row,) = edit.keluarga(keluarga)
        if row.status == Keluarga.Status.KELUAR:
            raise Refused("Keluarga ini sudah keluar dari daftar.")
        if sebab not in SEBAB_KELUAR:
            raise Refused({"sebab": "Pilih sebabnya."})
        read_day("tanggal", tanggal)
        suntingan = edit.start(Jenis.KELUAR, row.pk, row.wilayah_id)
        _leave(edit, row, sebab, tanggal)
        return edit.finish(suntingan)


def bring_back(*, by, why: Why, keluarga: Keluarga) -> Suntingan:
    """Put a keluarga on the list again. One without a member needs its people back first."""
    with editing(by, why) as edit:
        if edit.done:
            return edit.done
        (row,) = edit.keluarga(keluarga)
        if row.status == Keluarga.Status.AKTIF:
            raise Refused("Keluarga ini masih ada di daftar.")
        suntingan = edit.start(Jenis.KEMBALI, row.pk, row.wilayah_id)
        edit.write(row, status=Keluarga.Status.AKTIF, keluar_alasan="", keluar_tanggal=None)
        return edit.finish(suntingan)


def change_head(
    *, by, why: Why, keluarga: Keluarga, kepala: Anggota, hubungan_lama: str = "famili lain"
) -> Suntingan:
    """Make another member the head. `hubungan_lama`: what the head of before is to him."""
    with editing(by, why) as edit:
        if edit.done:
            return edit.done
        (row,) = edit.keluarga(keluarga)
        people = _aktif(edit.anggota(row))
        head = _among(people, kepala)
        if head is None:
            raise Refused({"kepala": "Pilih salah satu anggota keluarga ini."})
        before = [one for one in people if one.kepala and one.pk != head.pk]
        if head.kepala and not before:
            raise Refused({"kepala": f"{nama_orang(head.nama)} sudah kepala keluarga."})
        relation = read_orang({"hubungan": hubungan_lama})["hubungan"]
        if not relation or relation == KEPALA:
            raise Refused({"hubungan_lama": "Pilih hubungan kepala lama dengan kepala yang baru."})
        suntingan = edit.start(Jenis.KEPALA, row.pk, row.wilayah_id, anggota=[head, *before])
        for one in before:
            edit.write(one, kepala=False, hubungan=relation)
        edit.write(head, kepala=True, hubungan=KEPALA)
        return edit.finish(suntingan)


# --- moving, splitting, merging --------------------------------------------------------------------


def move_keluarga(
    *, by, why: Why, keluarga: Keluarga, wilayah_id: str, alamat: Mapping[str, Any]
) -> Suntingan:
    """Move a keluarga into another village, out of the territory as well: the one verb that crosses it.

    Ranks, programmes and answers go with it, the point of the old house does not. Both villages keep a line:
    whoever stays behind no longer sees the keluarga, and reads there where it went and on which paper.
    """
    with editing(by, why) as edit:
        if edit.done:
            return edit.done
        (row,) = edit.keluarga(keluarga)
        _refuse_gone(row)
        before = row.wilayah_id
        if not Wilayah.objects.villages().filter(pk=wilayah_id).exists():
            raise Refused({"wilayah": "Pilih desa atau kelurahan tujuannya."})
        if wilayah_id == before:
            raise Refused(
                {"wilayah": "Keluarga ini sudah tercatat di desa itu. Alamatnya diubah lewat Perbaiki data."}
            )
        fields = read_keluarga({name: alamat.get(name, "") for name in ("alamat", "dusun", "rt", "rw")})
        people = edit.anggota(row)
        rincian = {"dari": before, "ke": wilayah_id}
        within = may_edit.covers(by, wilayah_id)
        with ExitStack() as sight:
            if not within:
                sight.enter_context(as_system("suntingan: keluarga pindah ke luar wilayah petugas"))
            suntingan = edit.start(Jenis.PINDAH, row.pk, wilayah_id, anggota=people, rincian=rincian)
            line = edit.other_line(suntingan, before, jenis=Jenis.PINDAH_KELUAR)
            edit.write(row, wilayah_id=wilayah_id, titik=None, titik_akurasi_m=None, titik_asal="", **fields)
            _follow_to(edit, row)
            edit.finish(suntingan, wilayah=[before, wilayah_id])
        return suntingan if within else line


def _follow_to(edit: Edit, keluarga: Keluarga) -> None:
    """Everything that belongs to a keluarga lies in its village."""
    kode = keluarga.wilayah_id
    Anggota.objects.filter(keluarga=keluarga).update(wilayah_id=kode, diubah=edit.now, job_ubah=None)
    Kepesertaan.objects.filter(keluarga=keluarga).update(wilayah_id=kode)
    Peringkat.objects.filter(keluarga=keluarga).update(wilayah_id=kode)
    JawabanKeluarga.objects.filter(keluarga=keluarga).update(wilayah_id=kode)
    JawabanAnggota.objects.filter(anggota__keluarga=keluarga).update(wilayah_id=kode)


def split_kk(
    *,
    by,
    why: Why,
    keluarga: Keluarga,
    anggota_list: Sequence[Anggota],
    no_kk: str,
    kepala: Anggota | None,
    kepala_lama: Anggota | None = None,
    alamat: Mapping[str, Any] | None = None,
) -> Suntingan:
    """Give chosen members a Kartu Keluarga of their own, in the same village. At least one stays behind.

    kepala: the head of the new one.  kepala_lama: who follows in the old one when its head goes along.
    alamat: of the new one, as typed; else that of the old one. Programmes of a person go with him.
    """
    with editing(by, why) as edit:
        if edit.done:
            return edit.done
        (row,) = edit.keluarga(keluarga)
        _refuse_gone(row)
        people = _aktif(edit.anggota(row))
        chosen = {one.pk for one in anggota_list}
        going = [one for one in people if one.pk in chosen]
        staying = [one for one in people if one.pk not in chosen]
        errors = _split_errors(going, staying, chosen, kepala)
        if errors:
            raise Refused(errors)
        head = _among(going, kepala)
        own = {name: getattr(row, name) for name in ("alamat", "dusun", "rt", "rw")}
        family = read_keluarga(own | dict(alamat or {}) | {"no_kk": no_kk})
        if not family["no_kk"]:
            raise Refused({"no_kk": "Isi No. KK yang baru."})
        edit.check_why(Jenis.PISAH)
        edit.refuse_known(Keluarga, "no_kk", family["no_kk"])
        leaving_head = next((one for one in going if one.kepala), None)
        follows = _new_head(leaving_head, staying, kepala_lama) if leaving_head else None
        pk = _new_id(Keluarga)
        suntingan = edit.start(
            Jenis.PISAH,
            row.pk,
            row.wilayah_id,
            anggota=[*going, *filter(None, [follows])],
            keluarga_lain_id=pk,
            baru={"keluarga": [pk]},
        )
        new = Keluarga(pk=pk, wilayah_id=row.wilayah_id, sumber_id=row.sumber_id, **family)
        _insert(edit, new, family)
        for one in going:
            is_head = head is not None and one.pk == head.pk
            _move_person(edit, one, new, kepala=is_head, hubungan=KEPALA if is_head else _no_head(one))
        if follows is not None:
            edit.write(follows, kepala=True, hubungan=KEPALA)
        return edit.finish(suntingan, pk)


def _split_errors(going, staying, chosen: set[int], kepala: Anggota | None) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not going or len(going) != len(chosen):
        errors["anggota"] = "Pilih anggota yang mendapat KK baru."
    elif not staying:
        errors["anggota"] = (
            "Sedikitnya satu orang tinggal di KK ini. Bila seluruhnya mendapat nomor baru, perbaiki No. KK."
        )
    elif _among(going, kepala) is None:
        errors["kepala"] = "Pilih kepala keluarga KK yang baru, salah satu dari yang pisah."
    return errors


def _no_head(anggota: Anggota) -> str:
    """What somebody is who was a head and is none any more; for the others what they are."""
    return "famili lain" if anggota.hubungan == KEPALA else anggota.hubungan


def _move_person(edit: Edit, anggota: Anggota, keluarga: Keluarga, **fields: Any) -> None:
    """Put a person into another keluarga; the programmes and answers that are his own go with him."""
    taking = Kepesertaan.objects.filter(anggota=anggota)
    _keep_current(edit, keluarga, anggota.keluarga, taking)
    moved = {"keluarga_id": keluarga.pk, "wilayah_id": keluarga.wilayah_id} | fields
    edit.write(anggota, **moved)
    taking.exclude(keluarga=keluarga).update(keluarga=keluarga, wilayah=keluarga.wilayah_id)
    JawabanAnggota.objects.filter(anggota=anggota).update(wilayah=keluarga.wilayah_id)


def _keep_current(edit: Edit, keluarga: Keluarga, other: Keluarga, taking: KepesertaanQuerySet) -> None:
    """Before `taking` goes from `other` to `keluarga`: bring what counts of both under the newer sumber of the two.

    Only programmes of the sumber of their keluarga count. Those of an earlier one stay what they are: the past.
    """
    coming = taking.filter(keluarga=other, sumber=other.sumber_id)
    if other.sumber_id == keluarga.sumber_id or not coming.exists():
        return
    if other.sumber.periode <= keluarga.sumber.periode:
        return _restamp(coming, keluarga.sumber_id)
    _restamp(Kepesertaan.objects.filter(keluarga=keluarga, sumber=keluarga.sumber_id), other.sumber_id)
    keluarga.sumber_id = other.sumber_id
    keluarga.diubah, keluarga.job_ubah_id = edit.now, None
    keluarga.save(update_fields=["sumber", "diubah", "job_ubah"])


def _restamp(rows: KepesertaanQuerySet, sumber_id: int) -> None:
    """Put programmes of one keluarga under another sumber; what that says already is not said twice."""
    found = list(rows.values_list("pk", "keluarga_id", "anggota_id", "program_id"))
    there = Kepesertaan.objects.filter(keluarga__in={row[1] for row in found}, sumber=sumber_id)
    known = set(there.values_list("keluarga_id", "anggota_id", "program_id"))
    twice = [pk for pk, *key in found if tuple(key) in known]
    Kepesertaan.objects.filter(pk__in=twice).delete()
    Kepesertaan.objects.filter(pk__in={row[0] for row in found} - set(twice)).update(sumber=sumber_id)


def move_anggota(
    *, by, why: Why, anggota: Anggota, no_kk: str, hubungan: str, kepala_baru: Anggota | None = None
) -> Suntingan:
    """Put one member into the keluarga with this No. KK (typed as a whole), inside the territory of `by`.

    hubungan: what he is to the head there.  kepala_baru: who follows when he was the head here.
    Programmes of his own go with him. With the last member goes what the family had as a whole, as in a merge,
    and the keluarga he leaves goes off the list.
    """
    with editing(by, why) as edit:
        if edit.done:
            return edit.done
        found = Anggota.objects.visible_to(by).select_related("keluarga").get(pk=anggota.pk)
        row, other = edit.keluarga(found.keluarga, _target(by, found, no_kk))
        people, there = edit.anggota(row), _aktif(edit.anggota(other))
        person = _among(people, anggota)
        if person is None:
            raise Anggota.DoesNotExist
        _refuse_not_member(person)
        if other.status == Keluarga.Status.KELUAR:
            raise Refused({"no_kk": OTHER_GONE})
        fields = {"kepala": True, "hubungan": KEPALA} if not there else _joins_as(hubungan)
        rest = [one for one in _aktif(people) if one.pk != person.pk]
        head = _new_head(person, rest, kepala_baru)
        places = _two_places(row, other)
        suntingan = edit.start(
            Jenis.PINDAH_KK,
            row.pk,
            row.wilayah_id,
            anggota=[person, *filter(None, [head])],
            keluarga_lain_id=other.pk,
            rincian={"desa": places} if places else {},
        )
        if places:
            edit.other_line(suntingan, other.wilayah_id, keluarga_id=other.pk, keluarga_lain_id=row.pk)
        _move_person(edit, person, other, **fields)
        if head is not None:
            edit.write(head, kepala=True, hubungan=KEPALA)
        if not rest and row.status == Keluarga.Status.AKTIF:
            _merge_programmes(edit, other, row)
            _leave(edit, row, BERGABUNG, timezone.localdate())
        return edit.finish(suntingan, other.pk, wilayah=places)


def _target(by, anggota: Anggota, no_kk: str) -> Keluarga:
    """The keluarga with this No. KK, where `by` may edit."""
    number = read_keluarga({"no_kk": no_kk})["no_kk"]
    if not number:
        raise Refused({"no_kk": "Isi No. KK tujuannya."})
    rows = Keluarga.objects.visible_to(by).filter(may_edit.within(by))
    found = rows.filter(no_kk=number).first()
    if found is None:
        raise Refused({"no_kk": NOT_HERE})
    if found.pk == anggota.keluarga_id:
        raise Refused({"no_kk": "Ia sudah tercatat di KK ini. Tulis No. KK tujuannya."})
    return found


def _joins_as(hubungan: str) -> dict[str, Any]:
    """What somebody is in a keluarga that has members already."""
    person = read_orang({"hubungan": hubungan})
    _need(person, {"hubungan": "Pilih hubungannya dengan kepala keluarga."})
    _refuse_second_head(person)
    return {"kepala": False, "hubungan": person["hubungan"]}


def merge_keluarga(
    *, by, why: Why, keluarga: Keluarga, lain: Keluarga, hubungan_kepala: str = "famili lain"
) -> Suntingan:
    """Take all members of `lain` into `keluarga`; `lain` leaves the list and stays readable.

    hubungan_kepala: what the head of `lain` becomes. Programmes of the family as a whole come along unless
    `keluarga` has them already; ranks stay with the keluarga that was ranked. Over two villages both keep a line.
    `why.dilihat` of a form that showed both: the version of each, "+" between them.
    """
    with editing(by, why) as edit:
        if edit.done:
            return edit.done
        if keluarga.pk == lain.pk:
            raise Refused({"lain": "Pilih keluarga yang lain."})
        row, other = edit.keluarga(keluarga, lain)
        _refuse_gone(row)
        if other.status == Keluarga.Status.KELUAR:
            raise Refused({"lain": OTHER_GONE})
        coming = _aktif(edit.anggota(other))
        relation = read_orang({"hubungan": hubungan_kepala})["hubungan"]
        has_head = any(one.kepala for one in _aktif(edit.anggota(row)))
        if has_head and (not relation or relation == KEPALA):
            raise Refused({"hubungan_kepala": "Pilih hubungannya dengan kepala keluarga ini."})
        places = _two_places(row, other)
        suntingan = edit.start(
            Jenis.GABUNG,
            row.pk,
            row.wilayah_id,
            anggota=coming,
            keluarga_lain_id=other.pk,
            rincian={"desa": places} if places else {},
        )
        if places:
            edit.other_line(suntingan, other.wilayah_id, keluarga_id=other.pk, keluarga_lain_id=row.pk)
        for one in coming:
            fields = {"kepala": False, "hubungan": relation} if one.kepala and has_head else {}
            _move_person(edit, one, row, **fields)
        _merge_programmes(edit, row, other)
        _leave(edit, other, BERGABUNG, timezone.localdate())
        return edit.finish(suntingan, other.pk, wilayah=places)


def _two_places(keluarga: Keluarga, other: Keluarga) -> list[str | None]:
    """The villages of an edit between two keluarga, that of its own line first; none when they are one."""
    if other.wilayah_id is None or other.wilayah_id == keluarga.wilayah_id:
        return []
    return [keluarga.wilayah_id, other.wilayah_id]


def _merge_programmes(edit: Edit, keluarga: Keluarga, other: Keluarga) -> None:
    """Programmes of `other` as a whole become those of `keluarga`; what it has already is not had twice."""
    whole = Kepesertaan.objects.filter(anggota=None)
    _keep_current(edit, keluarga, other, whole.filter(keluarga=other))
    has = set(whole.filter(keluarga=keluarga).values_list("program_id", "sumber_id"))
    theirs = whole.filter(keluarga=other)
    twice = [pk for pk, *key in theirs.values_list("pk", "program_id", "sumber_id") if tuple(key) in has]
    Kepesertaan.objects.filter(pk__in=twice).delete()
    theirs.update(keluarga=keluarga, wilayah=keluarga.wilayah_id)


# --- corrections ------------------------------------------------------------------------------------


def correct_keluarga(*, by, why: Why, keluarga: Keluarga, isian: Mapping[str, Any]) -> Suntingan:
    """Put fields of a keluarga right (isian.KELUARGA, as typed). Another No. KK rests on a paper."""
    with editing(by, why) as edit:
        if edit.done:
            return edit.done
        (row,) = edit.keluarga(keluarga)
        fields = _changed(row, read_keluarga(isian))
        edit.check_why(Jenis.KELUARGA, paper="no_kk" in fields)
        edit.refuse_known(Keluarga, "no_kk", fields.get("no_kk"), row.pk)
        suntingan = edit.start(Jenis.KELUARGA, row.pk, row.wilayah_id, paper="no_kk" in fields)
        edit.write(row, **fields)
        return edit.finish(suntingan)


def place_keluarga(*, by, why: Why, keluarga: Keluarga, isian: Mapping[str, Any] | None) -> Suntingan:
    """Write where the house stands (isian.read_titik, as typed), or with None that nobody knows.

    A point far outside the village is refused: the keluarga moved, or the point is another house's.
    """
    with editing(by, why) as edit:
        if edit.done:
            return edit.done
        (row,) = edit.keluarga(keluarga)
        empty = {"titik": None, "titik_akurasi_m": None, "titik_asal": ""}
        read = read_titik(isian) if isian else empty
        if row.titik and read["titik"] and _same_place(row.titik, read["titik"]):
            del read["titik"]  # as it was measured: a form shows fewer decimals
        fields = _changed(row, read)
        if set(fields) == {"titik_asal"}:
            raise Refused(SAME)
        if fields.get("titik"):
            _refuse_far(row, fields["titik"])
        suntingan = edit.start(Jenis.TITIK, row.pk, row.wilayah_id)
        edit.write(row, **fields)
        return edit.finish(suntingan)


def _same_place(one: Any, other: Any) -> bool:
    return all(round(a, SAME_PLACE) == round(b, SAME_PLACE) for a, b in zip(one, other, strict=True))


def _refuse_far(keluarga: Keluarga, titik: Point) -> None:
    versi = active_versi()
    outside = metres_outside(versi, keluarga.wilayah_id or "", *titik.coords)
    if versi is None or outside is None or outside <= (FAR_INDICATIVE if versi.indikatif else FAR):
        return
    raise Refused(
        {
            "lintang": f"Titik ini {number_format(outside / 1000, 1)} km di luar {keluarga.wilayah}. Periksa lagi"
            " angkanya, atau catat Pindah bila keluarganya pindah desa."
        }
    )


def correct_anggota(*, by, why: Why, anggota: Anggota, isian: Mapping[str, Any]) -> Suntingan:
    """Put fields of a person right (isian.ORANG, as typed). Another NIK rests on a paper."""
    with editing(by, why) as edit:
        if edit.done:
            return edit.done
        keluarga, _, person = edit.with_keluarga(anggota)
        fields = _changed(person, read_orang(isian))
        if "hubungan" in fields:
            _refuse_second_head(fields)
            if person.kepala:
                raise Refused({"hubungan": "Kepala keluarga diganti lewat Ganti kepala keluarga."})
        edit.check_why(Jenis.ANGGOTA, paper="nik" in fields)
        _refuse_known_person(edit, fields, person.pk)
        suntingan = edit.start(
            Jenis.ANGGOTA, keluarga.pk, keluarga.wilayah_id, anggota=[person], paper="nik" in fields
        )
        edit.write(person, **fields)
        return edit.finish(suntingan)


def _changed(row: Keluarga | Anggota, fields: Mapping[str, Any]) -> dict[str, Any]:
    changed = {name: value for name, value in fields.items() if getattr(row, name) != value}
    if not changed:
        raise Refused(SAME)
    return changed
