"""The invented list as it was half a year before, so that two periods can be compared.

Of a hundred families six were not there yet and four were that have left since; two lived in another village
of their kecamatan. Ranks, programmes and members differ here and there. Same seed, same list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from random import Random

from sentral.demo.families import HEADERS
from sentral.demo.province import Village

PERIODE = "2026-04"
ID, KECAMATAN, DESA = (HEADERS.index(name) for name in ("ID DTKS", "KECAMATAN", "DESA/KELUARAHAN"))
KK, NIK, NAMA = (HEADERS.index(name) for name in ("NOKK", "NIK", "NAMA"))
PKH, DESIL, PERSENTIL = (HEADERS.index(name) for name in ("BANSOS PKH", "DESIL", "PERSENTIL"))


def earlier(rows: Iterable[list[str]], villages: list[Village], seed: int) -> Iterator[list[str]]:
    """The rows of the list before this one."""
    random = Random(f"{seed} sebelumnya")
    beside: dict[str, list[str]] = defaultdict(list)
    for village in villages:
        beside[village.kecamatan.upper()].append(village.nama.upper())
    for _, group in groupby(rows, key=lambda row: row[KK]):
        family = list(group)
        if random.random() < 0.04:
            yield from (_gone(row) for row in family)
        if random.random() >= 0.06:
            yield from _before(family, beside, random)


def _before(family: list[list[str]], beside: dict[str, list[str]], random: Random) -> Iterator[list[str]]:
    home = random.choice(beside.get(family[0][KECAMATAN], [""])) if random.random() < 0.02 else ""
    rank = random.choice([-4, -2, 3, 6]) if random.random() < 0.3 else 0
    other_pkh = random.random() < 0.05
    smaller = len(family) > 1 and random.random() < 0.04
    for row in family[: len(family) - smaller]:
        row = list(row)
        row[DESA] = home or row[DESA]
        for place, most, step in ((PERSENTIL, 100, rank), (DESIL, 10, rank // 3)):
            if row[place].isdigit():
                row[place] = str(min(max(int(row[place]) + step, 1), most))
        if other_pkh:
            row[PKH] = {"YA": "TIDAK", "TIDAK": "YA"}.get(row[PKH], row[PKH])
        yield row


def _gone(row: list[str]) -> list[str]:
    """Somebody of a family that is not on the list any more: like this one, with numbers of its own."""
    row = list(row)
    row[ID] = f"{row[ID]}L" if row[ID] else ""
    row[NAMA] = " ".join(row[NAMA].split()[::-1])
    for place in (KK, NIK):
        if len(row[place]) == 16 and row[place].isdigit():
            row[place] = f"{row[place][:12]}{(int(row[place][12:]) + 5000) % 10000:04d}"
    return row
