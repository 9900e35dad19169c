"""What the pages "Data ganda" show: groups of a user's land, one group side by side, decisions, the inbox line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Max, Min, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.urls import reverse

from access.rules import may_edit
from access.scope import territory_of
from jobs.inbox import Line
from kpm.filters import Filter
from kpm.models import (
    Anggota,
    Ganda,
    HitungGanda,
    Impor,
    Keluarga,
    Kepesertaan,
    Peringkat,
    PutusanGanda,
)
from kpm.templatetags.kpm_tags import nama_orang
from spatial.models import Wilayah

TERBUKA, BEDA = "terbuka", "beda"
NAMED = 3  # people of a group in the list
# What is compared, in the order of a Kartu Keluarga: label, and the value of a person and his keluarga.
FIELDS = [
    ("NIK", "nik"),
    ("Nama", "nama"),
    ("Tempat lahir", "tempat_lahir"),
    ("Tanggal lahir", "tanggal_lahir"),
    ("Jenis kelamin", "jenis_kelamin"),
    ("Nama ibu", "nama_ibu"),
    ("Hubungan", "hubungan"),
    ("Pekerjaan", "pekerjaan"),
    ("ID DTKS", "id_dtks"),
]
FIELDS_KELUARGA = [("No. KK", "no_kk"), ("Alamat", "alamat"), ("Dusun", "dusun"), ("RT", "rt"), ("RW", "rw")]
FIELDS_PERSON = [("Program", "program"), ("Desil", "peringkat")]


@dataclass
class Group:
    """A group in the list."""

    kelompok: int
    jenis: str
    orang: int
    terlihat: int
    diputuskan: bool
    anggota_list: list[Anggota] = field(default_factory=list)

    @property
    def label(self) -> str:
        return str(Ganda.Jenis(self.jenis).label)

    @property
    def di_luar(self) -> int:
        """How many of them are out of sight."""
        return self.orang - self.terlihat

    @property
    def nama_list(self) -> list[str]:
        """Their names, each once."""
        return list(dict.fromkeys(one.nama for one in self.anggota_list))

    @property
    def lagi(self) -> int:
        """How many in sight are not named in the list."""
        return self.terlihat - len(self.anggota_list)


@dataclass(frozen=True)
class Asked:
    """Which groups somebody wants to see. impor: those with somebody whom this import brought or changed."""

    user: Any
    filter: Filter
    jenis: str = ""
    keadaan: str = TERBUKA
    impor: Impor | None = None

    @property
    def rows(self) -> QuerySet[Ganda]:
        """Through the gate, of any kind and state."""
        rows = Ganda.objects.visible_to(self.user).filter(self.filter.inside())
        if self.impor is not None:
            people = Anggota.objects.visible_to(self.user).filter(
                Q(job=self.impor.job_id) | Q(job_ubah=self.impor.job_id)
            )
            theirs = Ganda.objects.visible_to(self.user).filter(anggota__in=people.values("pk"))
            rows = rows.filter(kelompok__in=theirs.values("kelompok"))
        return rows

    @property
    def chosen(self) -> QuerySet[Ganda]:
        """Of the kind and in the state asked for."""
        rows = self.rows.filter(putusan__isnull=self.keadaan != BEDA)
        return rows.filter(jenis=self.jenis) if self.jenis else rows

    @property
    def query(self) -> str:
        """The same for an address, without the state."""
        pairs = [
            *self.filter.query(),
            ("jenis", self.jenis),
            ("impor", str(self.impor.pk) if self.impor else ""),
        ]
        return urlencode([(name, value) for name, value in pairs if value])


class GroupRows:
    """The groups asked for, a page at a time (django.core.paginator). Of each the first people are named."""

    def __init__(self, asked: Asked):
        self.user, self.rows = asked.user, asked.chosen

    def count(self) -> int:
        return self.rows.aggregate(n=Count("kelompok", distinct=True))["n"]

    __len__ = count

    def __getitem__(self, part: slice) -> list[Group]:
        wanted = self.rows.values("kelompok", "jenis").annotate(
            semua=Max("orang"), putus=Count("putusan"), awal=Min("wilayah_id")
        )
        groups = {
            row["kelompok"]: Group(row["kelompok"], row["jenis"], row["semua"], 0, bool(row["putus"]))
            for row in wanted.order_by("awal", "kelompok")[part]
        }
        # those outside the wilayah asked for, but in sight, belong to the group all the same
        members = Ganda.objects.visible_to(self.user).filter(kelompok__in=groups)
        for row in members.values("kelompok").annotate(n=Count("pk")):
            groups[row["kelompok"]].terlihat = row["n"]
        first = members.annotate(
            ke=Window(RowNumber(), partition_by="kelompok", order_by="anggota_id")
        ).filter(ke__lte=NAMED)
        pairs = list(first.values_list("kelompok", "anggota_id"))
        people = (
            Anggota.objects.visible_to(self.user)
            .filter(pk__in=[pk for _, pk in pairs])
            .select_related("wilayah__induk")
            .only("nama", "nik", "tanggal_lahir", "keluarga_id", "wilayah__nama", "wilayah__induk__nama")
            .in_bulk()
        )
        for kelompok, pk in sorted(pairs):
            if pk in people:
                groups[kelompok].anggota_list.append(people[pk])
        return list(groups.values())


def counts(asked: Asked) -> dict[str, int]:
    """How many groups of each kind are in the state asked for."""
    rows = asked.rows.filter(putusan__isnull=asked.keadaan != BEDA)
    found = rows.values_list("jenis").annotate(n=Count("kelompok", distinct=True))
    return dict.fromkeys(Ganda.Jenis.values, 0) | dict(found)


def wilayah_below(user) -> list[Wilayah]:
    """The wilayah one level below a user's own, for the filter; villages of a village are itself."""
    codes = ["19"] if territory_of(user).semua else list(territory_of(user).kode)
    below = Wilayah.objects.filter(induk__in=codes).order_by("kode")
    return list(below) or list(Wilayah.objects.filter(kode__in=codes).order_by("kode"))


def counted() -> HitungGanda | None:
    """When the registers were last looked through."""
    return HitungGanda.objects.first()


@dataclass(frozen=True)
class Cell:
    """One value of one person. beda: the others say something else.  rahasia: it is masked on screens."""

    nilai: Any
    beda: bool
    jenis: str


@dataclass
class Person:
    """One of the people side by side.

    program: what the keluarga takes part in, in its own list; atas_nama: of these what is in this person's name.
    peringkat: "2, DTKS Okt 2026", the newest rank of the keluarga.
    """

    row: Ganda
    anggota: Anggota
    keluarga: Keluarga
    kepala: str
    serumah: list[Anggota]
    program: str = ""
    atas_nama: str = ""
    peringkat: str = ""

    @property
    def penerus_list(self) -> list[Anggota]:
        """Who may follow as head when this one, a head, is taken off; nobody where none is needed."""
        others = [one for one in self.serumah if one.pk != self.anggota.pk]
        return others if self.anggota.kepala and not any(one.kepala for one in others) else []


def people_of(user, rows: Sequence[Ganda]) -> list[Person]:
    """The people of these rows with their keluarga and who lives with them."""
    people = Anggota.objects.visible_to(user).in_bulk([row.anggota_id for row in rows])
    ids = {one.keluarga_id for one in people.values()}
    families = Keluarga.objects.visible_to(user).select_related("wilayah__induk", "sumber").in_bulk(list(ids))
    together: dict[int, list[Anggota]] = defaultdict(list)
    for one in Anggota.objects.visible_to(user).aktif().filter(keluarga__in=ids).order_by("-kepala", "pk"):
        together[one.keluarga_id].append(one)
    taking = _programmes(user, families)
    ranks = _ranks(user, families)
    found = []
    for row in rows:
        one = people.get(row.anggota_id)
        if one is not None and one.keluarga_id in families:
            serumah = together[one.keluarga_id]
            head = next((p.nama for p in serumah if p.kepala), "")
            program = taking[one.keluarga_id]
            found.append(
                Person(
                    row,
                    one,
                    families[one.keluarga_id],
                    head,
                    serumah,
                    program=", ".join(dict.fromkeys(name for name, _ in program)),
                    atas_nama=", ".join(dict.fromkeys(name for name, pk in program if pk == one.pk)),
                    peringkat=ranks.get(one.keluarga_id, ""),
                )
            )
    return found


def _programmes(user, families: dict[int, Keluarga]) -> dict[int, list[tuple[str, int | None]]]:
    """{keluarga: its programmes in its own list, each with whose it is}."""
    rows = Kepesertaan.objects.visible_to(user).berlaku().filter(keluarga_id__in=families)
    found: dict[int, list[tuple[str, int | None]]] = defaultdict(list)
    for pk, sumber, name, anggota in rows.order_by("program__urutan", "program_id").values_list(
        "keluarga_id", "sumber_id", "program__singkatan", "anggota_id"
    ):
        if families[pk].sumber_id == sumber:
            found[pk].append((name, anggota))
    return found


def _ranks(user, families: dict[int, Keluarga]) -> dict[int, str]:
    """{keluarga: its newest rank and where that stands}."""
    rows = Peringkat.objects.visible_to(user).filter(keluarga_id__in=families)
    found = {}
    for one in rows.select_related("sumber").order_by("sumber__periode"):
        scale = f"{one.desil}" if one.desil is not None else f"persentil {one.persentil}"
        found[one.keluarga_id] = f"{scale}, {one.sumber.judul}"
    return found


def after_same(people: Sequence[Person], tetap: int, kepala: dict[int, int]) -> list[str]:
    """What happens when they are decided to be one person, in sentences for the confirmation."""
    off = {p.anggota.pk for p in people} - {tetap}
    families: dict[int, list[tuple[int, Person]]] = defaultdict(list)
    said = []
    for n, person in enumerate(people, start=1):
        if person.anggota.pk == tetap:
            said.append(
                f"Catatan {n}, {nama_orang(person.anggota.nama)} di {_home(person)}, dipertahankan apa adanya. "
                "Isian dan program catatan lain tidak pindah ke sini."
            )
        else:
            families[person.keluarga.pk].append((n, person))
    for removed in families.values():
        for n, person in removed:
            said.append(
                f"Catatan {n}, {nama_orang(person.anggota.nama)}, keluar dari {_home(person)} "
                "sebagai tercatat ganda."
            )
        said += _after_for_family([person for _, person in removed], off, kepala)
    return said


def _after_for_family(removed: Sequence[Person], off: set[int], kepala: dict[int, int]) -> list[str]:
    """What the keluarga of these people becomes without them."""
    home = removed[0]
    rest = {one.pk: one for one in home.serumah if one.pk not in off}
    said = []
    if not rest:
        said.append(
            f"{_home(home)[0].upper()}{_home(home)[1:]} tidak punya anggota lagi, jadi keluar dari daftar."
        )
        if home.program:
            said.append(f"Program keluarga itu ({home.program}) tidak dihitung lagi.")
        if home.peringkat:
            said.append(f"Desil keluarga itu ({home.peringkat}) tidak dihitung lagi.")
        return said
    for person in removed:
        follows = rest.get(kepala.get(person.anggota.pk, 0))
        if follows is not None:
            said.append(f"Kepala {_home(home)} yang baru: {nama_orang(follows.nama)}.")
        if person.atas_nama:
            said.append(f"Program atas namanya ({person.atas_nama}) tidak dihitung lagi untuk keluarga itu.")
    if home.peringkat:
        said.append(f"Desil keluarga itu tetap {home.peringkat}.")
    return said


def _home(person: Person) -> str:
    head = f"keluarga {nama_orang(person.kepala)}" if person.kepala else "keluarga tanpa kepala"
    return f"{head}, {person.keluarga.wilayah.nama}" if person.keluarga.wilayah else head


def compare(people: Sequence[Person]) -> list[tuple[str, list[Cell]]]:
    """Line by line what is recorded of each, with the differences marked."""
    lines = []
    for label, name in FIELDS:
        lines.append((label, _cells(name, [_written(p.anggota, name) for p in people])))
    for label, name in FIELDS_KELUARGA:
        lines.append((label, _cells(name, [getattr(p.keluarga, name) for p in people])))
    for label, name in FIELDS_PERSON:
        lines.append((label, _cells(name, [getattr(p, name) for p in people])))
    return lines


def _written(anggota: Anggota, name: str) -> Any:
    return anggota.get_jenis_kelamin_display() if name == "jenis_kelamin" else getattr(anggota, name)


def _cells(name: str, values: list[Any]) -> list[Cell]:
    return [Cell(value, len({v or "" for v in values}) > 1, name) for value in values]


def next_group(asked: Asked, after: Ganda) -> int | None:
    """The next open group in the list's order."""
    rows = replace(asked, keadaan=TERBUKA).chosen
    groups = rows.values("kelompok").annotate(awal=Min("wilayah_id")).order_by("awal", "kelompok")
    here = asked.rows.filter(kelompok=after.kelompok).aggregate(awal=Min("wilayah_id"))
    start = here["awal"] or after.wilayah_id or ""
    later = groups.filter(Q(awal__gt=start) | Q(awal=start, kelompok__gt=after.kelompok))
    return later.values_list("kelompok", flat=True).first()


def decisions(asked: Asked) -> QuerySet[PutusanGanda]:
    """What was decided, the latest first."""
    rows = PutusanGanda.objects.visible_to(asked.user).filter(asked.filter.inside())
    return rows.select_related("oleh", "dibatalkan_oleh", "wilayah").order_by("-pk")


def waiting_for(user) -> list[Line]:
    """A line of the inbox for who may decide: groups that are open in his land."""
    if not may_edit(user):
        return []
    rows = Ganda.objects.visible_to(user).filter(may_edit.within(user), putusan__isnull=True)
    n = rows.aggregate(n=Count("kelompok", distinct=True))["n"]
    words = "orang yang tercatat dua kali, atau NIK yang dipakai bersama"
    return [Line("Periksa data ganda", words, n, reverse("kpm:ganda_list"))]
