"""Invented families, one row per person, in the 23 columns of the SIKS-NG person export plus rank.

Everything is drawn from one seed: the same seed and size give the same rows. Memory does not grow
with the number of families: serial numbers are counted in flat arrays.
"""

from __future__ import annotations

from array import array
from bisect import bisect
from collections.abc import Iterator
from datetime import date
from itertools import accumulate
from random import Random

from sentral.demo.dirt import Dirt
from sentral.demo.names import Names
from sentral.demo.province import Village, share_out

HEADERS = [
    "ID DTKS",
    "PROVINSI",
    "KABUPATEN/KOTA",
    "KECAMATAN",
    "DESA/KELUARAHAN",
    "ALAMAT",
    "DUSUN",
    "RT",
    "RW",
    "NOKK",
    "NIK",
    "NAMA",
    "TANGGAL LAHIR",
    "TEMPAT LAHIR",
    "JENIS KELAMIN",
    "PEKERJAAN",
    "NAMA IBU KANDUNG",
    "HUB KELUARGA",
    "KETERANGAN PADAN",
    "BANSOS BPNT",
    "BANSOS PKH",
    "BANSOS BPNT-PPKM",
    "PBI JKN",
    "DESIL",
    "PERSENTIL",
]
# Ages are counted on this day, so that the same seed gives the same file on any day.
TODAY = date(2026, 10, 1).toordinal()
OLDEST = date(1926, 1, 1).toordinal()
DAYS = TODAY - OLDEST + 1
# Registered elsewhere first, then moved here: Palembang, Lampung, Jakarta, Central Java, Makassar ...
ELSEWHERE = ["167103", "160201", "180301", "317204", "331501", "350705", "737109", "120701"]

SIZES = [1, 2, 3, 4, 5, 6]
SIZE_CUM = list(accumulate([8, 19, 28, 27, 12, 6]))
WORK_MEN = {
    False: ["PETANI/PEKEBUN"] * 9
    + ["BURUH HARIAN LEPAS"] * 6
    + ["BURUH TAMBANG"] * 5
    + ["NELAYAN/PERIKANAN"] * 5
    + ["BURUH TANI/PERKEBUNAN"] * 3
    + ["WIRASWASTA", "PEDAGANG", "SOPIR", "TUKANG KAYU", "BELUM/TIDAK BEKERJA"],
    True: ["BURUH HARIAN LEPAS"] * 8
    + ["WIRASWASTA"] * 4
    + ["PEDAGANG"] * 3
    + ["KARYAWAN SWASTA"] * 3
    + ["NELAYAN/PERIKANAN"] * 2
    + ["SOPIR", "TUKANG BATU", "TUKANG OJEK", "BURUH TAMBANG", "BELUM/TIDAK BEKERJA"],
}
WORK_WOMEN = (
    ["MENGURUS RUMAH TANGGA"] * 13
    + ["PETANI/PEKEBUN"] * 2
    + ["BURUH HARIAN LEPAS", "PEDAGANG", "WIRASWASTA", "PENJAHIT", "KARYAWAN SWASTA"]
)
LANDSCAPE = ["AIR", "BUKIT", "PARIT", "TANJUNG", "KAMPUNG", "PADANG", "SIMPANG", "LUBUK"]
THINGS = [
    "BARA",
    "LIMAU",
    "NYATOH",
    "MERBAU",
    "PELAWAN",
    "RASAU",
    "MEMPAYA",
    "LALANG",
    "BAKAU",
    "SEMBILANG",
]
STREETS = [
    "MELATI",
    "KENANGA",
    "MERDEKA",
    "PASAR LAMA",
    "PELABUHAN",
    "MASJID",
    "DEPATI",
    "SEKOLAH",
    "LADA",
    "TIMAH",
]


class Families:
    """Draws families village by village. `clean` leaves out every kind of dirt."""

    def __init__(self, villages: list[Village], seed: int, *, clean: bool = False) -> None:
        self.villages = villages
        self.rng = Random(f"{seed} keluarga")
        self.names = Names(self.rng)
        self.dirt = None if clean else Dirt(Random(f"{seed} kotor"), villages)
        self.regions = sorted({v.kode[:6] for v in villages}) + ELSEWHERE
        self.region_at = {kode: i for i, kode in enumerate(self.regions)}
        self.nik_serial = array("H", bytes(2 * DAYS * len(self.regions)))
        self.kk_serial = array("H", bytes(2 * DAYS * len(self.regions)))
        self.written = [date.fromordinal(OLDEST + i).strftime("%Y-%m-%d") for i in range(DAYS)]

    def rows(self, keluarga: int) -> Iterator[list[str]]:
        """Yield the persons of `keluarga` families, the villages in order of their code."""
        for village, count in zip(self.villages, share_out(keluarga, self.villages), strict=True):
            place = Place(village, count, self.rng)
            for number in range(1, count + 1):
                family = self._family(place, number)
                if self.dirt:
                    yield from self.dirt.spoil(village, family)
                else:
                    yield from family

    def _family(self, place: Place, number: int) -> list[list[str]]:
        random, village, names = self.rng.random, place.village, self.names
        group = names.group()
        marga = names.family_name(group)
        members = self._members(SIZES[bisect(SIZE_CUM, random() * SIZE_CUM[-1])], group, marga)

        # 0 is the poorest family of the list, 1 the least poor.
        rank = random() ** (0.6 + 1.6 * village.miskin)
        persentil = 1 + int(rank * 40)
        desil = 1 + min(9, int(rank * 4.6 + (3 * random() if random() < 0.15 else 0)))
        need = 1.6 - 1.2 * rank
        ya = ["YA" if random() < share * need else "TIDAK" for share in place.shares]
        pbi = place.pbi + 0.25 * (1 - rank)

        region = village.kode[:6]
        no_kk = self._number(self.kk_serial, region, TODAY - int(random() * 7000), 0)
        address, dusun, rt, rw = place.address(random)
        kode_rumah = f"{village.kode_bps}{number:06d}"
        padan = "PADAN" if random() < 0.9 else "TIDAK PADAN"
        home = village.kecamatan if random() < 0.6 else village.nama
        rows = []
        for i, (nama, sex, age, hubungan, ibu) in enumerate(members, 1):
            born = max(OLDEST, TODAY - int(age * 365.25 + random() * 365))
            first = region if random() < 0.88 else names.one_of(self.regions)
            rows.append(
                [
                    f"{kode_rumah}{i:02d}",
                    village.provinsi,
                    village.kabupaten,
                    village.kecamatan,
                    village.nama,
                    address,
                    dusun,
                    rt,
                    rw,
                    no_kk,
                    self._number(self.nik_serial, first, born, 40 if sex == "P" else 0),
                    nama,
                    self.written[born - OLDEST],
                    home if first == region else "PALEMBANG" if first[:2] == "16" else village.kabupaten,
                    "LAKI-LAKI" if sex == "L" else "PEREMPUAN",
                    self._work(sex, age, village.kota),
                    ibu,
                    hubungan,
                    padan,
                    *ya,
                    "YA" if random() < pbi else "TIDAK",
                    str(desil),
                    str(persentil),
                ]
            )
        return rows

    def _members(self, size: int, group: str, marga: str) -> list[tuple[str, str, float, str, str]]:
        """Name, sex, age, relation and mother of each member; the head comes first."""
        random, names = self.rng.random, self.names
        couple = size > 1 and random() < 0.84
        age = min(92.0, max(21.0, self.rng.gauss(64, 12) if size == 1 else self.rng.gauss(46, 13)))
        sex = "L" if couple or random() < 0.3 else "P"
        head = names.person(group, sex, marga)
        if age > 45 and random() < 0.04:
            head = f"{names.one_of(names.title[sex])} {head}"
        members = [(head, sex, age, "KEPALA KELUARGA", names.person(group, "P"))]
        mother, mother_age = (head, age) if sex == "P" else (names.person(group, "P"), age - 3)
        if couple:
            mother, mother_age = (
                names.person(group, "P"),
                min(age + 3, max(19.0, age - 4 + random() * 6)),
            )
            members.append((mother, "P", mother_age, "ISTRI", names.person(group, "P")))
        if len(members) < size and size > 3 and age < 62 and random() < 0.22:
            who = "P" if random() < 0.7 else "L"
            older = min(95.0, age + 20 + random() * 10)
            members.append((names.person(group, who), who, older, "ORANG TUA", names.person(group, "P")))
        child_age = min(mother_age - 18, 30.0) * (0.5 + 0.5 * random())
        while len(members) < size:
            who = "L" if random() < 0.51 else "P"
            if child_age >= 0:
                members.append((names.person(group, who, marga), who, child_age, "ANAK", mother))
                child_age -= 1.2 + random() * 4.5
            else:
                relation = "CUCU" if age > 50 else "FAMILI LAIN"
                years = random() * (14 if relation == "CUCU" else 24)
                members.append((names.person(group, who), who, years, relation, names.person(group, "P")))
        return members

    def _number(self, serials: array, region: str, ordinal: int, add: int) -> str:
        """Region, date and the next serial of that region and date, as a NIK or No. KK is built."""
        at = self.region_at[region] * DAYS + ordinal - OLDEST
        serials[at] += 1
        day = self.written[ordinal - OLDEST]
        return f"{region}{int(day[8:]) + add:02d}{day[5:7]}{day[2:4]}{serials[at]:04d}"

    def _work(self, sex: str, age: float, kota: bool) -> str:
        if age < 6.5:
            return "BELUM/TIDAK BEKERJA"
        if age < 18:
            return "PELAJAR/MAHASISWA"
        if age > 70 and self.rng.random() < 0.6:
            return "BELUM/TIDAK BEKERJA"
        return self.names.one_of(WORK_MEN[kota] if sex == "L" else WORK_WOMEN)


class Place:
    """One village as its own list writes it: dusun, streets, RT, and how many get what."""

    def __init__(self, village: Village, families: int, rng: Random) -> None:
        self.village = village
        self.dusun = (
            [f"{rng.choice(LANDSCAPE)} {rng.choice(THINGS)}" for _ in range(rng.randint(2, 5))]
            if not village.kota
            else [""]
        )
        self.streets = rng.sample(STREETS, 4)
        self.rt = max(3, min(24, families // 25 + 3))
        # BPNT, PKH, BPNT-PPKM of a family in the middle of the list.
        self.shares = (
            0.18 + 0.55 * village.miskin,
            0.06 + 0.42 * village.miskin,
            0.02 + 0.1 * rng.random(),
        )
        self.pbi = 0.3 + 0.4 * village.miskin

    def address(self, random) -> tuple[str, str, str, str]:
        dusun = self.dusun[int(random() * len(self.dusun))]
        rt = int(random() * self.rt)
        kinds = random()
        if self.village.kota or kinds < 0.4:
            text = f"JL. {self.streets[int(random() * 4)]} NO. {1 + int(random() * 120)}"
        elif kinds < 0.9:
            text = f"DUSUN {dusun}"
        else:
            text = f"GG. {self.streets[int(random() * 4)]}"
        return text, dusun, f"{rt + 1:03d}", f"{rt // 4 + 1:03d}"
