"""Two labelled sets for padan: persons of the lists, and the extract of a civil registry, with the truth between them.

`write(folder, baris, ekstrak, seed)` makes daftar.csv, ekstrak.csv and kebenaran.csv; `make` the same in memory.
The same numbers and seed give the same rows on any machine; memory does not grow with them. Nothing of padan or
kpm is imported here (import-linter): what damages a name must not know how it is mended.

What goes wrong, and how often, stands in the tables below. A family is careful or careless (`CARELESS`), so that
troubles come together, as they do. The two sides: what the registry holds is the extract, whose rows lie in no
order; the lists are copies of it, each with its own slips, and a quarter of the slips are the registry's own.
"""

from __future__ import annotations

import csv
from array import array
from bisect import bisect
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import date
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import NamedTuple

from benchmarks.padan_nama import DEGREES, TITLES, Stock
from benchmarks.padan_rusak import Damage

WILAYAH = Path(__file__).resolve().parent.parent / "data" / "wilayah_19.csv"


class Daftar(NamedTuple):
    """A person of the lists, with the columns of Anggota and his keluarga."""

    anggota_id: int
    keluarga_id: int
    no_kk: str
    nik: str
    nama: str
    tempat_lahir: str
    tanggal_lahir: str
    jenis_kelamin: str
    hubungan: str
    nama_ibu: str
    wilayah_id: str
    alamat: str
    rt: str
    rw: str


class Ekstrak(NamedTuple):
    """A row of the extract; `baris` counts from 1."""

    baris: int
    nik: str
    no_kk: str
    nama: str
    tempat_lahir: str
    tanggal_lahir: str
    jenis_kelamin: str
    nama_ibu: str
    nik_ibu: str
    hubungan: str
    wilayah_id: str
    keadaan: str
    alamat: str
    rt: str
    rw: str


class Kebenaran(NamedTuple):
    """The truth of one person of the lists.

    baris: his row of the extract, 0 when he is not in it.  baris_lain: his second row there, or 0.
    nik: benar, kosong, salah, excel, kerabat and orang_lain (somebody else's), 0000, lama (a former one of his).
    kasus: what he is, joined by "+": absen (his family is in the extract), absen_semua, kembar, senama,
    senama_setanggal, pindah_kk, pindah_desa, ganda, ganda_daftar, meninggal, nonaktif, pindah.
    rusak: what differs, as field:kind joined by "+"; ekstrak_nama: on the registry's side.
    sama_dengan: anggota_id of the same human earlier in the lists, or 0.
    """

    anggota_id: int
    baris: int
    baris_lain: int
    nik: str
    kasus: str
    rusak: str
    sama_dengan: int


class Sets(NamedTuple):
    daftar: list[Daftar]
    ekstrak: list[Ekstrak]
    kebenaran: list[Kebenaran]


# Each per cent, of a family of middling care.
CARELESS = ((0.65, 0.5), (0.35, 1.9))
NAMA = (
    ("ketik", 4.5), ("ketik_dua", 0.6), ("hilang", 2.8), ("tukar", 1.2), ("ejaan", 2.2), ("bunyi", 2.4),
    ("rangkap", 1.4), ("singkat", 1.2), ("sambung", 0.8), ("petik", 0.3), ("lain", 0.1),
)  # fmt: skip
TANGGAL = (
    ("hari_bulan", 1.2), ("satu_angka", 1.6), ("satu_januari", 1.0), ("tahun", 0.9), ("hari", 0.5), ("kosong", 1.2),
)  # fmt: skip
NIK = (
    ("kosong", 8.0), ("salah", 3.0), ("excel", 2.5), ("kerabat", 1.2), ("orang_lain", 0.8), ("0000", 1.0),
    ("lama", 0.7),
)  # fmt: skip
ABSENT, UNLISTED, TWINS, NAMESAKES, SAME_DAY = 3.0, 7.0, 1.4, 1.2, 4.0
MOVED_KK, MOVED_VILLAGE, FAMILY_MOVED, OLD_KK, NO_KK = 3.0, 2.2, 1.5, 8.0, 2.0
DOUBLE, DOUBLE_LISTED = 0.8, 0.3
DEAD, INACTIVE, MARKED_MOVED = 1.8, 0.9, 0.4
REGISTRY_SLIPS = 25.0

# Ages are counted on this day, so that the same seed gives the same rows on any day.
TODAY = date(2026, 10, 1)
LAST = TODAY.toordinal()
OLDEST = date(1925, 1, 1).toordinal()
DAYS = LAST - OLDEST + 1
ELSEWHERE = (
    "167103",
    "160201",
    "167104",
    "180301",
    "317204",
    "331501",
    "350705",
    "737109",
    "120701",
    "190101",
)
PLACES_ELSEWHERE = ("PALEMBANG", "OGAN ILIR", "JAKARTA", "TEGAL", "BLITAR", "MAKASSAR", "LAMPUNG", "CIREBON")
SIZES = tuple(accumulate((9, 18, 25, 26, 13, 6, 3)))
UNKNOWN_DAYS = ((1, 1), (1, 1), (12, 31), (7, 1))
LANES = (
    "MELATI",
    "DEPATI AMIR",
    "MERDEKA",
    "PASAR LAMA",
    "PELABUHAN",
    "MASJID",
    "SEKOLAH",
    "LADA",
    "TIMAH",
    "RAYA",
)
SHUFFLED = 30_000  # rows of the extract that wait for their turn


class Village(NamedTuple):
    kode: str
    nama: str
    kecamatan: str
    kabupaten: str


class Person:
    """A human being, as the registry knows him."""

    __slots__ = (
        "ayah",
        "born",
        "desa",
        "hubungan",
        "ibu",
        "kasus",
        "nama",
        "nik",
        "nik_ibu",
        "no_kk",
        "sex",
        "tempat",
    )

    def __init__(self, nama: str, sex: str, born: int, ibu: str, ayah: str, hubungan: str) -> None:
        self.nama, self.sex, self.born, self.ibu, self.ayah, self.hubungan = (
            nama,
            sex,
            born,
            ibu,
            ayah,
            hubungan,
        )
        self.tempat = self.nik = self.no_kk = self.desa = self.nik_ibu = ""
        self.kasus: list[str] = []


class Label:
    """What will become a row of the truth, once the rows of the extract have their numbers."""

    __slots__ = ("anggota_id", "baris", "kasus", "nik", "rusak", "sama_dengan", "waiting")

    def __init__(
        self, anggota_id: int, nik: str, kasus: Iterable[str], rusak: Iterable[str], sama_dengan: int
    ) -> None:
        self.anggota_id, self.nik, self.sama_dengan = anggota_id, nik, sama_dengan
        self.kasus, self.rusak = "+".join(kasus), "+".join(rusak)
        self.waiting, self.baris = 0, [0, 0]

    def row(self) -> Kebenaran:
        return Kebenaran(self.anggota_id, *self.baris, self.nik, self.kasus, self.rusak, self.sama_dengan)


def read_villages(path: Path = WILAYAH) -> list[Village]:
    names: dict[str, str] = {}
    found = []
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names[row["kode"]] = row["nama"].upper()
            if row["jenis"] in ("desa", "kelurahan"):
                above = row["kode"].split(".")
                found.append(
                    Village(
                        "".join(above),
                        names[row["kode"]],
                        names[".".join(above[:3])],
                        names[".".join(above[:2])],
                    )
                )
    return found


def _table(kinds: tuple[tuple[str, float], ...]) -> tuple[list[str], list[float]]:
    return [kind for kind, _ in kinds], list(accumulate(share / 100 for _, share in kinds))


class World:
    """Draws families village by village and hands out rows.

    Exactly `baris` persons of the lists, and `ekstrak` rows of the extract (a few more when the last families fill it).
    """

    def __init__(
        self,
        baris: int,
        ekstrak: int,
        seed: int | str,
        *,
        daftar: Callable[[Daftar], object],
        ekstrak_row: Callable[[Ekstrak], object],
        kebenaran: Callable[[Kebenaran], object],
    ) -> None:
        if ekstrak < 1.2 * baris:
            raise ValueError("The extract needs a fifth more rows than the lists: their families are in it.")
        self.baris, self.ekstrak = baris, ekstrak
        self.out_daftar, self.out_ekstrak, self.out_kebenaran = daftar, ekstrak_row, kebenaran
        self.rng = Random(f"{seed} orang")
        self.random = self.rng.random
        self.stock = Stock(Random(f"{seed} nama"))
        self.damage = Damage(Random(f"{seed} rusak"))
        self.villages = read_villages()
        self.at = {v.kode: v for v in self.villages}
        self.regions = sorted({v.kode[:6] for v in self.villages} | set(ELSEWHERE))
        self.region_at = {kode: at for at, kode in enumerate(self.regions)}
        self.nik_serial = array("H", bytes(2 * DAYS * len(self.regions)))
        self.kk_serial = array("H", bytes(2 * DAYS * len(self.regions)))
        self.kinds_nama, self.kinds_tanggal, self.kinds_nik = _table(NAMA), _table(TANGGAL), _table(NIK)
        self.anggota = self.keluarga = self.rows = self.numbered = 0
        self.waiting: list[tuple[tuple, list[Label]]] = []
        self.strangers: list[str] = []
        self.neighbours: list[Person] = []

    def one_of(self, values):
        return values[int(self.random() * len(values))]

    def hit(self, percent: float) -> bool:
        return self.random() * 100 < percent

    def run(self) -> None:
        weights = [0.3 + self.random() ** 2 for _ in self.villages]
        reached, total = 0.0, sum(weights)
        for village, weight in zip(self.villages, weights, strict=True):
            reached += weight / total
            self._fill(village, round(self.baris * reached), round(self.ekstrak * reached))
        self._fill(self.villages[-1], self.baris, self.ekstrak)
        while self.waiting:
            self._number_one()

    def _fill(self, village: Village, baris: int, ekstrak: int) -> None:
        """Families of one village, until the lists and the extract have come so far."""
        self.neighbours.clear()
        while (listed := baris - self.anggota) > 0 or self.rows < ekstrak:
            # The share of families on the lists follows what is still wanted of both.
            room = max(ekstrak - self.rows, listed, 1)
            self._family(village, listed=self.random() * room < listed * 1.03)

    # families

    def _family(self, village: Village, *, listed: bool) -> None:
        stock = self.stock
        group = stock.group()
        marga = stock.family_name(group)
        people = self._members(group, marga)
        region = village.kode[:6]
        no_kk = self._kk(region)
        home = village.kecamatan if self.random() < 0.6 else village.nama
        for person in people:
            person.no_kk, person.desa = no_kk, village.kode
            first = region if self.random() < 0.86 else self.one_of(self.regions)
            person.tempat = (
                home
                if first == region
                else village.kabupaten
                if first[:2] == "19"
                else self.one_of(PLACES_ELSEWHERE)
            )
            born = person.born
            if born < LAST - 55 * 365 and self.random() < 0.09:
                # Nobody knew the day when the registry asked.
                year = date.fromordinal(born).year
                born = max(OLDEST, date(year, *self.one_of(UNKNOWN_DAYS)).toordinal())
                person.born = born
            inside = born if self.random() > 0.006 else min(LAST, born + 1 + int(self.random() * 300))
            person.nik = self._nik(first, inside, person.sex)
        for person in people:
            if person.hubungan == "ANAK" and self.random() < 0.6:
                person.nik_ibu = next((p.nik for p in people if p.nama == person.ibu), "")
        address = self._address(village)
        if listed:
            self._listed(village, people, address)
        else:
            for person in people:
                self._put([self._extract_row(person, address, self._keadaan(person))], [])
        kept = [p for p in people if p.desa == village.kode]
        self.neighbours = (self.neighbours + kept)[-80:]
        if len(self.strangers) < 400:
            self.strangers.append(people[0].nik)
        else:
            self.strangers[int(self.random() * 400)] = people[0].nik

    def _members(self, group: str, marga: str) -> list[Person]:
        random, stock = self.random, self.stock
        size = 1 + bisect(SIZES, random() * SIZES[-1])
        couple = size > 1 and random() < 0.84
        age = min(94.0, max(20.0, self.rng.gauss(63, 13) if size == 1 else self.rng.gauss(45, 13)))
        sex = "L" if couple or random() < 0.35 else "P"
        head = self._person(group, sex, age, "KEPALA KELUARGA", marga=marga)
        people = [head]
        mother = head if sex == "P" else None
        mother_age, mother_name = age - 3, "" if mother is None else mother.nama
        if couple:
            mother_age = min(age + 3, max(18.0, age - 4 + random() * 6))
            mother = self._person(group, "P", mother_age, "ISTRI")
            people.append(mother)
            mother_name = mother.nama
        if not mother_name:
            mother_name = stock.person(group, "P", self._year(mother_age))
        if len(people) < size and size > 3 and age < 60 and random() < 0.2:
            who = "P" if random() < 0.7 else "L"
            elder = self._person(group, who, min(97.0, age + 19 + random() * 11), "ORANG TUA")
            if who == "P" and random() < 0.6:
                head.ibu = elder.nama
            people.append(elder)
        child = min(mother_age - 18, 34.0) * (0.45 + 0.55 * random())
        father = head.nama.split()[0] if head.sex == "L" else ""
        while len(people) < size:
            who = "L" if random() < 0.51 else "P"
            if child >= 0:
                one = self._person(group, who, child, "ANAK", marga=marga, ibu=mother_name, ayah=father)
                people.append(one)
                if self.hit(TWINS):
                    sex = who if random() < 0.7 else "LP"[who == "L"]
                    other = Person("", sex, one.born, mother_name, father, "ANAK")
                    other.nama = stock.twin(one.nama, other.sex, self._year(child))
                    one.kasus.append("kembar")
                    other.kasus.append("kembar")
                    people.append(other)
                child -= 1.1 + random() * 4.5
            else:
                relation = "CUCU" if age > 50 else "FAMILI LAIN"
                people.append(
                    self._person(group, who, random() * (14 if relation == "CUCU" else 24), relation)
                )
        return people

    def _person(
        self,
        group: str,
        sex: str,
        age: float,
        hubungan: str,
        *,
        marga: str = "",
        ibu: str = "",
        ayah: str = "",
    ) -> Person:
        stock = self.stock
        born = max(OLDEST, LAST - int(age * 365.25 + self.random() * 365))
        nama = stock.person(group, sex, self._year(age), marga)
        ibu = ibu or stock.person(group, "P", self._year(age + 26))
        ayah = ayah or stock.person("melayu", "L", self._year(age + 28)).split()[0]
        one = Person(nama, sex, born, ibu, ayah, hubungan)
        if self.hit(NAMESAKES) and self.neighbours:
            other = self.one_of(self.neighbours)
            if other.sex == sex:
                one.nama = other.nama
                one.kasus.append("senama")
                if self.hit(SAME_DAY):
                    one.born = other.born
                    one.kasus[-1] = "senama_setanggal"
        return one

    def _year(self, age: float) -> int:
        return TODAY.year - int(age)

    # what is written of a family

    def _listed(self, village: Village, people: list[Person], address: tuple[str, str, str]) -> None:
        care = CARELESS[0][1] if self.random() < CARELESS[0][0] else CARELESS[1][1]
        self.keluarga += 1
        keluarga, written_kk, kk_kind = self.keluarga, people[0].no_kk, ""
        if self.hit(OLD_KK):
            written_kk, kk_kind = self._kk(village.kode[:6]), "lama"
        elif self.hit(NO_KK * care):
            written_kk, kk_kind = "", "kosong"
        elif self.hit(1.0 * care):
            written_kk, kk_kind = self.damage.slip_of_number(written_kk), "salah"
        if self.hit(FAMILY_MOVED):
            other = self._elsewhere(village)
            for person in people:
                person.desa = other.kode
                person.kasus.append("pindah_desa")
        unlisted = [len(people) > 1 and self.hit(UNLISTED) for _ in people]
        if all(unlisted):
            unlisted[0] = False
        absent = [not out and self.hit(ABSENT) for out in unlisted]
        for at, person in enumerate(people):
            if not absent[at] and not unlisted[at] and len(people) > 1:
                self._move(village, person)
        nobody = all(a for a in absent)
        for person, gone, out in zip(people, absent, unlisted, strict=True):
            if out:
                self._put([self._extract_row(person, address, "hidup")], [])
                continue
            keadaan = self._keadaan(person)
            if gone:
                person.kasus = [k for k in person.kasus if not k.startswith("pindah")]
                person.kasus.append("absen_semua" if nobody else "absen")
            elif keadaan != "hidup":
                person.kasus.append(keadaan)
            doubled = not gone and self.hit(DOUBLE)
            if doubled:
                person.kasus.append("ganda")
            place = address if person.desa == village.kode else self._address(self.at[person.desa])
            extract = self._extract_row(person, place, keadaan)
            labels = [
                self._list_row(
                    person, people, keluarga, written_kk, kk_kind, village, address, care, extract, keadaan
                )
            ]
            if labels[0].anggota_id < self.baris and self.hit(DOUBLE_LISTED):
                labels.append(
                    self._listed_again(person, people, village, extract, labels[0].anggota_id, keadaan)
                )
            if gone:
                for label in labels:
                    self.out_kebenaran(label.row())
            else:
                self._put([self._double(person, extract), extract] if doubled else [extract], labels)
            if self.anggota >= self.baris:
                break  # the lists are full: the rest of the family is not told

    def _move(self, village: Village, person: Person) -> None:
        """A grown child founds a KK of its own; people move."""
        if self.hit(MOVED_VILLAGE):
            there = self._elsewhere(village)
            person.desa = there.kode
            person.kasus.append("pindah_desa")
            if self.random() < 0.8:
                person.no_kk = self._kk(there.kode[:6])
                person.kasus.append("pindah_kk")
        elif self.hit(MOVED_KK):
            person.no_kk = self._kk(village.kode[:6])
            person.hubungan = self.one_of(("KEPALA KELUARGA", "ISTRI", "FAMILI LAIN"))
            person.kasus.append("pindah_kk")

    def _keadaan(self, person: Person) -> str:
        draw = self.random() * 100
        if draw < DEAD * (3 if person.born < LAST - 60 * 365 else 0.5):
            return "meninggal"
        draw = self.random() * 100
        if draw < INACTIVE:
            return "nonaktif"
        return "pindah" if draw < INACTIVE + MARKED_MOVED else "hidup"

    def _list_row(
        self,
        person: Person,
        people: list[Person],
        keluarga: int,
        no_kk: str,
        kk_kind: str,
        village: Village,
        address: tuple[str, str, str],
        care: float,
        extract: list,
        keadaan: str,
        sama_dengan: int = 0,
    ) -> Label:
        """Write the person down as the lists have him; a slip of the registry goes into `extract` instead."""
        self.anggota += 1
        wrong: list[str] = []
        if kk_kind:
            wrong.append(f"no_kk:{kk_kind}")
        if self.hit(REGISTRY_SLIPS) and not sama_dengan:
            extract[3] = self._name(person.nama, care, wrong, "ekstrak_nama")
            nama = person.nama
        else:
            nama = self._name(person.nama, care, wrong, "nama")
        nama = self._adorned(nama, person, keadaan, wrong)
        born = self._date(person, care, wrong)
        sex = person.sex
        if self.hit(0.8 * care):
            sex = "" if self.random() < 0.6 else "LP"[sex == "L"]
            wrong.append("kelamin:" + ("salah" if sex else "kosong"))
        ibu = self._mother(person.ibu, care, wrong)
        tempat = self._birth_place(person.tempat, village, care, wrong)
        nik, nik_kind = self._list_nik(person, people, care)
        hubungan = person.hubungan if "pindah_kk" not in person.kasus else "ANAK"
        alamat, rt, rw = address
        self.out_daftar(
            Daftar(
                self.anggota,
                keluarga,
                no_kk,
                nik,
                nama,
                tempat,
                born,
                sex,
                hubungan,
                ibu,
                village.kode,
                alamat,
                rt,
                rw,
            )
        )
        return Label(self.anggota, nik_kind, dict.fromkeys(person.kasus), wrong, sama_dengan)

    def _listed_again(
        self, person: Person, people: list[Person], village: Village, extract: list, first: int, keadaan: str
    ) -> Label:
        """The same human once more in the lists, in a family of his own."""
        self.keluarga += 1
        there = village if self.random() < 0.5 else self._elsewhere(village)
        person.kasus.append("ganda_daftar")
        return self._list_row(
            person, people, self.keluarga, self._kk(there.kode[:6]), "lain", there, self._address(there),
            CARELESS[1][1], extract, keadaan, sama_dengan=first,
        )  # fmt: skip

    # the extract

    def _extract_row(self, person: Person, address: tuple[str, str, str], keadaan: str) -> list:
        ibu = person.ibu if self.random() > 0.03 else ""
        born = date.fromordinal(person.born).isoformat()
        return [
            0, person.nik, person.no_kk, person.nama, person.tempat, born, person.sex, ibu, person.nik_ibu,
            person.hubungan, person.desa, keadaan, *address,
        ]  # fmt: skip

    def _double(self, person: Person, extract: list) -> list:
        """The registry has him twice: mostly under another NIK, sometimes the same in another KK."""
        other = list(extract)
        if self.random() < 0.85:
            other[1] = self._nik(self.one_of(self.regions), person.born, person.sex)
        if self.random() < 0.7:
            other[2] = self._kk(person.desa[:6])
        if self.random() < 0.25:
            other[3] = self.damage.slip(other[3])
        if self.random() < 0.6:
            other[11] = "ganda"
            if self.random() < 0.5:
                extract[11] = "ganda"
        return other

    def _put(self, rows: list[list], labels: list[Label]) -> None:
        """Hand over the rows of one human and whom of the lists they are."""
        for label in labels:
            label.waiting = len(rows)
        self.rows += len(rows)
        self.waiting += [(tuple(row), labels) for row in rows]
        while len(self.waiting) > SHUFFLED:
            self._number_one()

    def _number_one(self) -> None:
        at = int(self.random() * len(self.waiting))
        self.waiting[at], self.waiting[-1] = self.waiting[-1], self.waiting[at]
        extract, labels = self.waiting.pop()
        self.numbered += 1
        self.out_ekstrak(Ekstrak(self.numbered, *extract[1:]))
        for label in labels:
            label.baris[1 if label.baris[0] else 0] = self.numbered
            label.waiting -= 1
            if not label.waiting:
                self.out_kebenaran(label.row())

    # the fields of a row of the lists

    def _kind(self, table: tuple[list[str], list[float]], care: float) -> str:
        kinds, upto = table
        draw = self.random() / care
        return kinds[bisect(upto, draw)] if draw < upto[-1] else ""

    def _name(self, nama: str, care: float, wrong: list[str], field: str) -> str:
        kind = self._kind(self.kinds_nama, care)
        if not kind:
            return nama
        damage = self.damage
        if kind == "lain":
            written = self.stock.person("melayu", "L" if self.random() < 0.5 else "P", 1980)
        elif kind == "ketik_dua":
            written = damage.slip(damage.slip(nama))
        else:
            done = damage.names[kind](nama)
            if done is None:
                kind, done = "ketik", damage.slip(nama)
            written = done
        written = written.strip()
        if not written or written == nama:
            return nama
        wrong.append(f"{field}:{kind}")
        return written

    def _adorned(self, nama: str, person: Person, keadaan: str, wrong: list[str]) -> str:
        """What people write around a name, and how they write MUHAMMAD."""
        if nama.startswith(("MUHAMMAD ", "MOHAMMAD ")) and self.random() < 0.45:
            nama = f"{self.damage.muhammad()} {nama[9:]}"
            wrong.append("nama:muhammad")
        age = (LAST - person.born) / 365.25
        draw = self.random() * 100
        if age > 40 and draw < 4:
            nama = self.one_of(TITLES[person.sex]) + nama
            wrong.append("nama:gelar_depan")
        elif age > 23 and draw < 6:
            nama += self.one_of(DEGREES)
            wrong.append("nama:gelar")
        elif draw < 8:
            bin_ = "BIN" if person.sex == "L" else self.one_of(("BINTI", "BINTI", "BT"))
            nama = f"{nama} {bin_} {person.ayah}"
            wrong.append("nama:bin")
        elif draw < 8.4:
            nama += self.one_of((" ALIAS {}", " AL. {}", " ({})")).format(nama[:3] + self.one_of("AIU"))
            wrong.append("nama:alias")
        if keadaan == "meninggal" and self.random() < 0.15:
            nama += self.one_of((" (ALM)", " ALM", " (ALM.)", " ALMARHUM", " (ALMH)"))
            wrong.append("nama:alm")
        if self.random() < 0.02:
            nama = nama.title()
            wrong.append("nama:huruf_kecil")
        return nama

    def _date(self, person: Person, care: float, wrong: list[str]) -> str:
        day = date.fromordinal(person.born)
        kind = self._kind(self.kinds_tanggal, care)
        if not kind and person.born < LAST - 50 * 365 and self.hit(3.0 * care):
            kind = "satu_januari"
        if not kind:
            return day.isoformat()
        damage = self.damage
        written: date | None
        match kind:
            case "kosong":
                wrong.append("tanggal:kosong")
                return ""
            case "hari_bulan":
                written = damage.day_and_month(day)
            case "satu_angka":
                written = damage.one_digit(day)
            case "satu_januari":
                written = damage.first_of_january(day)
            case "tahun":
                written = damage.year_beside(day)
            case _:
                written = damage.day_beside(day)
        if written is None or written > TODAY or written.year < 1900 or written == day:
            return day.isoformat()
        wrong.append(f"tanggal:{kind}")
        return written.isoformat()

    def _mother(self, ibu: str, care: float, wrong: list[str]) -> str:
        draw = self.random() * 100
        if draw < 11 * care:
            wrong.append("ibu:kosong")
            return ""
        if draw > 99.5:
            wrong.append("ibu:lain")
            return self.stock.person("melayu", "P", 1960)
        return self._name(ibu, care, wrong, "ibu")

    def _birth_place(self, tempat: str, village: Village, care: float, wrong: list[str]) -> str:
        draw = self.random() * 100
        if draw > 14 * care:
            return tempat
        if draw < 3 * care:
            wrong.append("tempat:kosong")
            return ""
        if draw < 6 * care:
            wrong.append("tempat:ketik")
            return self.damage.slip(tempat)
        other = self.one_of((village.kabupaten, village.kecamatan, village.nama, "BANGKA"))
        if other != tempat:
            wrong.append("tempat:lain")
        return other

    def _list_nik(self, person: Person, people: list[Person], care: float) -> tuple[str, str]:
        kind = self._kind(self.kinds_nik, care)
        if not kind and person.born > LAST - 5 * 365 and self.random() < 0.15:
            kind = "kosong"
        nik, damage = person.nik, self.damage
        match kind:
            case "":
                return nik, "benar"
            case "kosong":
                return "", kind
            case "salah":
                return damage.slip_of_number(nik), kind
            case "excel":
                return damage.through_excel(nik), kind
            case "kerabat":
                others = [p.nik for p in people if p is not person]
                return (self.one_of(others), kind) if others else (nik, "benar")
            case "orang_lain":
                return (self.one_of(self.strangers), kind) if self.strangers else (nik, "benar")
            case "0000":
                return nik[:12] + "0000", kind
            case _:
                return self._nik(self.one_of(self.regions), person.born, person.sex), kind

    # numbers and places

    def _nik(self, region: str, born: int, sex: str) -> str:
        at = self.region_at[region] * DAYS + born - OLDEST
        self.nik_serial[at] += 1
        day = date.fromordinal(born)
        return f"{region}{day.day + (40 if sex == 'P' else 0):02d}{day:%m%y}{self.nik_serial[at]:04d}"

    def _kk(self, region: str) -> str:
        issued = LAST - int(self.random() * 7000)
        at = self.region_at[region] * DAYS + issued - OLDEST
        self.kk_serial[at] += 1
        return f"{region}{date.fromordinal(issued):%d%m%y}{self.kk_serial[at]:04d}"

    def _elsewhere(self, village: Village) -> Village:
        """Most move within the kecamatan, fewer within the kabupaten."""
        draw = self.random()
        near = 6 if draw < 0.5 else 4 if draw < 0.85 else 0
        while True:
            there = self.one_of(self.villages)
            if there.kode != village.kode and there.kode[:near] == village.kode[:near]:
                return there

    def _address(self, village: Village) -> tuple[str, str, str]:
        rt, rw = 1 + int(self.random() * 14), 1 + int(self.random() * 4)
        lane = f"JL. {self.one_of(LANES)}" if self.random() < 0.7 else f"DUSUN {village.nama}"
        return f"{lane} NO. {1 + int(self.random() * 120)}", f"{rt:03d}", f"{rw:03d}"


def write(folder: Path | str, baris: int, ekstrak: int, seed: int | str) -> Path:
    """Make the three files in `folder`: UTF-8, comma, a header row with the names of the columns."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        sinks = []
        for row in (Daftar, Ekstrak, Kebenaran):
            path = folder / f"{row.__name__.lower()}.csv"
            writer = csv.writer(
                stack.enter_context(path.open("w", encoding="utf-8", newline="")), lineterminator="\n"
            )
            writer.writerow(row._fields)
            sinks.append(writer.writerow)
        World(baris, ekstrak, seed, daftar=sinks[0], ekstrak_row=sinks[1], kebenaran=sinks[2]).run()
    return folder


def make(baris: int, ekstrak: int, seed: int | str) -> Sets:
    """The same in memory, for tests."""
    sets = Sets([], [], [])
    World(
        baris, ekstrak, seed,
        daftar=sets.daftar.append, ekstrak_row=sets.ekstrak.append, kebenaran=sets.kebenaran.append,
    ).run()  # fmt: skip
    return sets
