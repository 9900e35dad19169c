"""Results of matching for pages: those of one keluarga, the numbers of one run, the people behind a number.

All of it through the gate, and only of people whom the register still has where the reader may see them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet

from access.rules import may_decide_padan, may_match, may_see_names
from access.scope import TerritorialQuerySet, territory_of
from kpm.filters import Filter
from kpm.models import Anggota, HasilPadan
from kpm.padan_kata import sentence
from kpm.remembered import remembered
from padan.alasan import words
from padan.models import Ekstrak, Hasil, HasilQuerySet, Kandidat, Pencocokan
from spatial.models import Wilayah

# What a match compares, by the word for it. A change of one of them afterwards may make another result.
COMPARED = {
    "nik": "NIK",
    "nama_normal": "nama",
    "tanggal_lahir": "tanggal lahir",
    "jenis_kelamin": "jenis kelamin",
}
BELUM = "belum"  # everybody who does not agree


# --- one keluarga --------------------------------------------------------------------------------


@dataclass
class Temuan:
    """One result as the panel shows it."""

    hasil: Hasil
    alasan: str

    @property
    def kalimat(self) -> str:
        """The result as a sentence with the date of the registry's data."""
        return sentence(self.hasil.hasil, self.hasil.tanggal)


@dataclass
class Orang:
    """A member, the latest result of him and the earlier ones. berubah: what was changed since the latest.

    pasangan: the pair that waits for a decision of this reader.
    """

    anggota: Anggota
    pasangan: int | None = None
    kini: Temuan | None = None
    lalu: list[Temuan] = field(default_factory=list)
    berubah: list[str] = field(default_factory=list)


def results_of_keluarga(user, anggota_list: list[Anggota]) -> list[Orang]:
    """Every result of these people, the newest data of the registry first."""
    found = {anggota.pk: Orang(anggota) for anggota in anggota_list}
    rows = (
        Hasil.objects.visible_to(user)
        .filter(anggota__in=found, pencocokan__keadaan=Pencocokan.Keadaan.SELESAI)
        .select_related("pencocokan", "ekstrak")
        .order_by("anggota_id", "-tanggal", "-pencocokan_id")
    )
    for row in rows:
        person, one = found[row.anggota_id], Temuan(row, words(row.alasan))
        if person.kini is None:
            person.kini = one
        else:
            person.lalu.append(one)
    _note_changes(user, found)
    for pk, kandidat in pairs_waiting(user, found).items():
        found[pk].pasangan = kandidat
    return list(found.values())


def pairs_waiting(user, anggota_ids: Iterable[int]) -> dict[int, int]:
    """{anggota: the pair of him that waits, the likeliest first} for who may decide it."""
    if not may_decide_padan(user):
        return {}
    rows = Kandidat.objects.visible_to(user).filter(may_decide_padan.within(user))
    rows = rows.filter(anggota__in=list(anggota_ids), keadaan=Kandidat.Keadaan.TERBUKA)
    return dict(rows.order_by("-urutan").values_list("anggota_id", "pk"))


def _note_changes(user, found: dict[int, Orang]) -> None:
    """Compare each person with what he was when the run of his latest result began."""
    since = {pk: one.kini.hasil.pencocokan.dibuat for pk, one in found.items() if one.kini}
    if not since:
        return
    events = (
        TerritorialQuerySet(Anggota.pgh_event_model)  # type: ignore[attr-defined]
        .visible_to(user)
        .filter(pgh_obj__in=since, pgh_created_at__gt=min(since.values()))
        .order_by("-pgh_id")
        .values("pgh_obj_id", "pgh_created_at", *COMPARED)
    )
    first: dict[int, dict[str, Any]] = {}
    for event in events:  # the last one that stays is the earliest: the row as it was before it
        if event["pgh_created_at"] > since[event["pgh_obj_id"]]:
            first[event["pgh_obj_id"]] = event
    for pk, event in first.items():
        anggota = found[pk].anggota
        found[pk].berubah = [
            label for name, label in COMPARED.items() if event[name] != getattr(anggota, name)
        ]


# --- one run -------------------------------------------------------------------------------------


def results_of(user, run: Pencocokan) -> HasilQuerySet:
    """The results of a run that this user may see."""
    people = Anggota.objects.visible_to(user).filter(pk=OuterRef("anggota_id"))
    return Hasil.objects.visible_to(user).filter(Exists(people), pencocokan=run)


@dataclass
class Angka:
    """Counts of one place or of one result."""

    per: Counter[str] = field(default_factory=Counter)
    kk_sama: int = 0
    kk_beda: int = 0
    tempat_sama: int = 0
    tempat_beda: int = 0

    @property
    def semua(self) -> int:
        return self.per.total()

    @property
    def padan(self) -> int:
        return self.per[HasilPadan.PADAN]

    @property
    def belum(self) -> int:
        """Everybody who does not agree."""
        return self.semua - self.padan

    @property
    def calon(self) -> int:
        return self.per[HasilPadan.CALON]

    @property
    def tidak_ditemukan(self) -> int:
        return self.per[HasilPadan.TIDAK_DITEMUKAN]

    @property
    def kk_dinilai(self) -> int:
        return self.kk_sama + self.kk_beda

    @property
    def tempat_dinilai(self) -> int:
        return self.tempat_sama + self.tempat_beda

    def add(self, hasil: str, kk: bool | None, tempat: bool | None, n: int) -> None:
        """Add one group of counted rows."""
        self.per[hasil] += n
        self.kk_sama += n if kk else 0
        self.kk_beda += n if kk is False else 0
        self.tempat_sama += n if tempat else 0
        self.tempat_beda += n if tempat is False else 0


Group = tuple[str | None, str, bool | None, bool | None, int]


def groups_of(user, run: Pencocokan) -> list[Group]:
    """(village, result, KK agrees, village agrees, people) of a finished run; it does not change any more."""

    def count() -> list[Group]:
        columns = ("wilayah_id", "hasil", "kk_sesuai", "wilayah_sesuai")
        return list(results_of(user, run).order_by().values_list(*columns).annotate(n=Count("*")))

    return remembered(f"padan {run.pk}", user, count)


@dataclass(frozen=True)
class Asked:
    """Which people of a run. hasil: one result, BELUM or "". kk, tempat: "beda" or ""."""

    wilayah: str = ""
    hasil: str = ""
    kk: str = ""
    tempat: str = ""

    @classmethod
    def read(cls, params, wilayah: str) -> Asked:
        hasil = params.get("hasil", "")
        return cls(
            wilayah,
            hasil if hasil in HasilPadan.values or hasil == BELUM else "",
            *("beda" if params.get(name) == "beda" else "" for name in ("kk", "tempat")),
        )

    def query(self) -> dict[str, str]:
        """What stands in the address."""
        return {name: value for name, value in vars(self).items() if value}

    def takes(self, group: Group) -> bool:
        """Whether a group of counted rows is asked for."""
        kode, hasil, kk, tempat, _ = group
        if not (kode or "").startswith(self.wilayah) or (self.kk and kk is not False):
            return False
        if self.tempat and tempat is not False:
            return False
        return hasil != HasilPadan.PADAN if self.hasil == BELUM else self.hasil in ("", hasil)

    def rows(self, rows: QuerySet[Hasil]) -> QuerySet[Hasil]:
        """The same of the rows themselves."""
        if self.wilayah:
            rows = rows.filter(Filter(wilayah=(self.wilayah,)).inside())
        if self.kk:
            rows = rows.filter(kk_sesuai=False)
        if self.tempat:
            rows = rows.filter(wilayah_sesuai=False)
        if self.hasil == BELUM:
            return rows.exclude(hasil=HasilPadan.PADAN)
        return rows.filter(hasil=self.hasil) if self.hasil else rows


class Jalan:
    """The numbers of one run inside one wilayah, as far as a user sees it."""

    def __init__(self, user, run: Pencocokan, wilayah: Wilayah | None):
        self.user, self.run, self.wilayah = user, run, wilayah
        self.kode = wilayah.kode if wilayah else ""

    @cached_property
    def groups(self) -> list[Group]:
        return [group for group in groups_of(self.user, self.run) if (group[0] or "").startswith(self.kode)]

    @cached_property
    def total(self) -> Angka:
        return _summed(self.groups)

    def per_hasil(self) -> list[tuple[HasilPadan, Angka]]:
        """Each result that somebody has, in their order."""
        found: dict[str, Angka] = defaultdict(Angka)
        for _, hasil, kk, tempat, n in self.groups:
            found[hasil].add(hasil, kk, tempat, n)
        return [(hasil, found[hasil.value]) for hasil in HasilPadan if hasil.value in found]

    def per_wilayah(self) -> list[tuple[Wilayah, Angka]]:
        """The wilayah one level down in which anybody was matched, in the order of their codes."""
        places = {wilayah.kode: wilayah for wilayah in self._below()}
        found: dict[str, Angka] = defaultdict(Angka)
        widths = sorted({len(kode) for kode in places})
        for kode, hasil, kk, tempat, n in self.groups:
            for width in widths:
                if (kode or "")[:width] in places:
                    found[(kode or "")[:width]].add(hasil, kk, tempat, n)
        return [(places[kode], found[kode]) for kode in sorted(found)]

    def _below(self) -> QuerySet[Wilayah]:
        territory = territory_of(self.user)
        if self.wilayah:
            return Wilayah.objects.filter(induk=self.wilayah)
        if territory.semua:
            return Wilayah.objects.filter(tingkat=Wilayah.Tingkat.KABUPATEN_KOTA)
        return Wilayah.objects.filter(kode__in=territory.kode)


def _summed(groups: Iterable[Group]) -> Angka:
    total = Angka()
    for _, hasil, kk, tempat, n in groups:
        total.add(hasil, kk, tempat, n)
    return total


# --- the people behind a number ---------------------------------------------------------------------


@dataclass
class Baris:
    """One line of the list."""

    hasil: Hasil
    anggota: Anggota
    alasan: str
    pasangan: int | None = None


URUT = {"desa": "desa", "nama": "nama", "skor": "kemiripan"}
MOST_SORTED = 20_000  # of more people only the order of the index is quick: by village


class People:
    """The list as Paginator wants it: count() and a slice of rows."""

    ordered = True

    def __init__(self, user, run: Pencocokan, asked: Asked, urut: str):
        self.user, self.run, self.asked = user, run, asked
        self.sign, self.urut = ("-" if urut.startswith("-") else ""), urut.lstrip("-")

    def count(self) -> int:
        """How many, from the counts that the page of the run shows."""
        return sum(group[-1] for group in groups_of(self.user, self.run) if self.asked.takes(group))

    @property
    def sortable(self) -> bool:
        """Whether they are few enough for any order."""
        return self.count() <= MOST_SORTED

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, place: slice) -> list[Baris]:
        rows = self.asked.rows(results_of(self.user, self.run))
        if self.urut == "nama":
            rows = rows.order_by(f"{self.sign}anggota__nama_normal", "pk")
        elif self.urut == "skor":
            score = F("skor")
            first = score.desc(nulls_last=True) if self.sign else score.asc(nulls_last=True)
            rows = rows.order_by(first, "pk")
        else:
            rows = rows.order_by(f"{self.sign}wilayah_id", "pk")
        found = list(rows[place])
        people = (
            Anggota.objects.visible_to(self.user)
            .filter(pk__in=[row.anggota_id for row in found])
            .select_related("wilayah__induk")
            .in_bulk()
        )
        pairs = pairs_waiting(self.user, people)
        return [
            Baris(row, people[row.anggota_id], words(row.alasan), pairs.get(row.anggota_id))
            for row in found
            if row.anggota_id in people
        ]


# --- runs ----------------------------------------------------------------------------------------


def runs_seen_by(user) -> QuerySet[Pencocokan]:
    """The runs that concern a user, newest first: all, those over his extracts, or those about his people."""
    runs = Pencocokan.objects.select_related("ekstrak__cakupan", "oleh").order_by("-pk")
    if may_match(user):
        return runs
    if not may_see_names(user):
        return runs.filter(ekstrak__in=Ekstrak.objects.seen_by(user))
    theirs = Hasil.objects.visible_to(user).filter(pencocokan=OuterRef("pk"))
    return runs.filter(Exists(theirs), keadaan=Pencocokan.Keadaan.SELESAI)


def runs_of(run: Pencocokan) -> list[Pencocokan]:
    """All runs over the extract of this one, the newest first."""
    return list(run.ekstrak.pencocokan_list.select_related("oleh", "ekstrak__cakupan").order_by("-pk")[:20])


def told_of(run: Pencocokan) -> list[tuple[HasilPadan, int]]:
    """The counts that the run wrote down itself: of the whole extract, for who sees no person."""
    return [(hasil, run.angka[hasil.value]) for hasil in HasilPadan if run.angka.get(hasil.value)]
