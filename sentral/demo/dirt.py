"""What real lists look like: numbers Excel damaged, dates nobody had, villages nobody spelled.

About one row in sixty ends up rejected and one in twenty accepted with a remark. How often a number
is bad differs from village to village (Village.kotor).
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator
from datetime import date
from itertools import accumulate
from random import Random

from sentral.demo.province import Village

# Columns by number, in the order of families.HEADERS.
ID, DESA, ALAMAT, RT, RW, KK, NIK, NAMA = 0, 4, 5, 7, 8, 9, 10, 11
LAHIR, TEMPAT, SEX, PEKERJAAN, IBU, BPNT, PBI = 12, 13, 14, 15, 16, 19, 22
DUMMY_NIK = "1111111111111111"
EXCEL_DAY_0 = date(1899, 12, 30).toordinal()


def _excel(number: str) -> str:
    """The number as Excel shows it once it has become one: the tail is gone."""
    return f"{float(number):.5E}"


def _day_first(day: str, mark: str) -> str:
    return f"{day[8:]}{mark}{day[5:7]}{mark}{day[:4]}"


class Habits:
    """How one village's operator writes. The values are understood, they are only different."""

    def __init__(self, rng: Random) -> None:
        draw = rng.random()
        self.date_mark = "-" if draw < 0.12 else "/" if draw < 0.2 else ""
        self.sex = rng.choices(["", "L P", "1 2", "Lk Pr"], [75, 15, 6, 4])[0]
        self.yes_no = rng.random() < 0.15
        self.prefix = rng.random() < 0.08
        self.other_spelling = rng.random() < 0.5
        self.short_rt = rng.random() < 0.1


class Dirt:
    """Spoils families. Has its own random numbers, so the people stay the same with and without."""

    def __init__(self, rng: Random, villages: list[Village]) -> None:
        self.rng = rng
        self.habits = {v.kode: Habits(rng) for v in villages}
        self.nik = [
            self.excel_nik,
            self.no_nik,
            self.zero_nik,
            self.end_0000,
            self.dotted,
            self.bad_date,
            self.dummy,
        ]
        self.nik_cum = list(accumulate([16, 34, 12, 18, 5, 11, 4]))
        self.rest = [
            self.zero_date,
            self.no_place,
            self.rt_in_address,
            self.alias,
            self.padded,
            self.apostrophe,
            self.null_text,
            self.serial_date,
        ]
        self.rest_cum = list(accumulate([10, 20, 25, 12, 8, 5, 10, 6]))

    def spoil(self, village: Village, family: list[list[str]]) -> Iterator[list[str]]:
        """Yield the rows of a family as a careless list would hold them."""
        random = self.rng.random
        self._write_as(village, self.habits[village.kode], family)
        draw = random()
        if draw < 0.0035:
            self._unknown_village(family)
        elif draw < 0.0055:
            self._set_kk(family, _excel(family[0][KK]))
        elif draw < 0.0095:
            self._set_kk(family, self.rng.choice(["", "-", "0"]))
            if draw < 0.0065:
                self._forget_id(family)
        bad_nik = 0.008 + 0.075 * village.kotor**2
        for row in family:
            draw = random()
            if draw < bad_nik:
                self.nik[bisect(self.nik_cum, random() * self.nik_cum[-1])](row)
            elif draw > 0.97:
                self.rest[bisect(self.rest_cum, random() * self.rest_cum[-1])](row)
            elif draw > 0.9685:
                row[NAMA] = ""
            yield row
            if 0.96 < draw < 0.964:
                yield row

    def _write_as(self, village: Village, habits: Habits, family: list[list[str]]) -> None:
        for row in family:
            if habits.date_mark:
                row[LAHIR] = _day_first(row[LAHIR], habits.date_mark)
            if habits.sex:
                row[SEX] = habits.sex.split()[row[SEX] == "PEREMPUAN"]
            if habits.yes_no:
                row[BPNT : PBI + 1] = ["1" if value == "YA" else "0" for value in row[BPNT : PBI + 1]]
            if habits.other_spelling:
                row[DESA] = village.nama_lain
            if habits.prefix:
                row[DESA] = f"{'KEL.' if village.kota else 'DESA'} {row[DESA]}"
            if habits.short_rt:
                row[RT], row[RW] = row[RT].lstrip("0"), row[RW].lstrip("0")

    def _unknown_village(self, family: list[list[str]]) -> None:
        """A slip of the pen that is no village's name any more."""
        for row in family:
            name = row[DESA]
            row[DESA] = f"{name[:-2]}{name[-1]}X{name[-2]}"

    def _set_kk(self, family: list[list[str]], text: str) -> None:
        for row in family:
            row[KK] = text

    def _forget_id(self, family: list[list[str]]) -> None:
        for row in family:
            row[ID] = ""

    def excel_nik(self, row: list[str]) -> None:
        row[NIK] = _excel(row[NIK])

    def no_nik(self, row: list[str]) -> None:
        row[NIK] = "" if self.rng.random() < 0.6 else "-"

    def zero_nik(self, row: list[str]) -> None:
        row[NIK] = "0"

    def end_0000(self, row: list[str]) -> None:
        row[NIK] = row[NIK][:12] + "0000"

    def dotted(self, row: list[str]) -> None:
        nik = row[NIK]
        row[NIK] = f"{nik[:2]}.{nik[2:4]}.{nik[4:6]}.{nik[6:12]}.{nik[12:]}"

    def bad_date(self, row: list[str]) -> None:
        row[NIK] = f"{row[NIK][:6]}3102{row[NIK][10:]}"

    def dummy(self, row: list[str]) -> None:
        row[NIK] = DUMMY_NIK

    def zero_date(self, row: list[str]) -> None:
        row[LAHIR] = "0000-00-00"

    def no_place(self, row: list[str]) -> None:
        row[TEMPAT] = "-"

    def rt_in_address(self, row: list[str]) -> None:
        row[ALAMAT] = f"{row[ALAMAT]} RT {row[RT].lstrip('0')} RW {row[RW].lstrip('0')}"
        row[RT] = row[RW] = ""

    def alias(self, row: list[str]) -> None:
        row[NAMA] = f"{row[NAMA]} {'BIN' if row[SEX][0] in 'L1' else 'BINTI'} {row[IBU].split()[-1]}"

    def padded(self, row: list[str]) -> None:
        row[KK], row[NIK] = f"{row[KK]}    ", f"{row[NIK]:<20}"

    def apostrophe(self, row: list[str]) -> None:
        row[NIK] = f"'{row[NIK]}"

    def null_text(self, row: list[str]) -> None:
        row[PEKERJAAN] = row[IBU] = "NULL"

    def serial_date(self, row: list[str]) -> None:
        if row[LAHIR][4] == "-":
            row[LAHIR] = str(date.fromisoformat(row[LAHIR]).toordinal() - EXCEL_DAY_0)
