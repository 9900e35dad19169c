"""Invented answers of BDT 2015 for part of the invented families: their heads, with a dozen questions behind.

Two villages in three were asked. The poorer a family stands in the list, the poorer its house.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random

from sentral.demo.families import HEADERS as DTKS

RELATION, PERSENTIL, DESA = DTKS.index("HUB KELUARGA"), DTKS.index("PERSENTIL"), DTKS.index("DESA/KELUARAHAN")
SEX, KK = DTKS.index("JENIS KELAMIN"), DTKS.index("NOKK")
# The rank is of DTKS, not of 2015.
KEPT = [name for name in DTKS if name not in {"DESIL", "PERSENTIL"}]
# Column -> codes from the poorest house to the best, with their weights in a poor and in a better one.
HOUSE: dict[str, list[tuple[str, int, int]]] = {
    "Status bangunan (16)": [("3", 30, 8), ("2", 10, 12), ("1", 60, 80)],
    "Jenis lantai (19)": [("09", 22, 1), ("08", 18, 3), ("06", 50, 36), ("04", 8, 20), ("02", 2, 40)],
    "Jenis dinding (20)": [("4", 10, 1), ("3", 45, 14), ("2", 10, 4), ("1", 35, 81)],
    "Jenis atap (22)": [("09", 8, 0), ("06", 62, 45), ("05", 20, 25), ("04", 10, 30)],
    "Sumber air minum (25)": [("10", 5, 0), ("07", 28, 5), ("06", 42, 40), ("05", 15, 25), ("02", 10, 30)],
    "Sumber penerangan (27)": [("3", 7, 0), ("2", 8, 1), ("1", 85, 99)],
    "Daya listrik (28)": [("6", 12, 1), ("1", 68, 22), ("2", 20, 62), ("3", 0, 15)],
    "Bahan bakar memasak (29)": [("8", 38, 4), ("5", 7, 2), ("3", 55, 84), ("2", 0, 10)],
    "Fasilitas BAB (30)": [("4", 18, 1), ("3", 8, 1), ("2", 16, 6), ("1", 58, 92)],
    "Lemari es (34)": [("4", 80, 22), ("3", 20, 78)],
    "Sepeda motor (42)": [("4", 45, 8), ("3", 55, 92)],
}
PERSON: dict[str, list[tuple[str, int, int]]] = {
    "Partisipasi sekolah (94)": [("0", 12, 2), ("2", 88, 98)],
    "Ijazah tertinggi (97)": [("0", 34, 8), ("1", 40, 25), ("2", 14, 25), ("3", 12, 42)],
    "Jenis disabilitas (92)": [("00", 94, 98), ("01", 3, 1), ("02", 2, 1), ("03", 1, 0)],
    "Penyakit kronis (93)": [("00", 80, 88), ("01", 10, 6), ("02", 6, 3), ("05", 4, 3)],
}
HEADERS = [*KEPT, *HOUSE, "Luas lantai (18)", *PERSON]


def answered(rows: Iterable[list[str]], seed: int) -> Iterator[list[str]]:
    """The heads of families in the villages that were asked, with their answers. Same seed, same answers."""
    random = Random(f"{seed} jawaban")
    asked: dict[str, bool] = {}
    for row in rows:
        place = row[DESA]
        if place not in asked:
            asked[place] = random.random() < 0.67
        if row[RELATION] == "KEPALA KELUARGA" and len(row[KK]) == 16 and asked[place]:
            rank = int(row[PERSENTIL]) if row[PERSENTIL].isdigit() else 20
            better = min(rank / 40, 1)
            codes = [_drawn(random, choices, better) for choices in HOUSE.values()]
            size = str(16 + int(random.random() * (30 + 60 * better)))
            person = [_drawn(random, choices, better) for choices in PERSON.values()]
            yield [*row[: len(KEPT)], *codes, size, *person]


def _drawn(random: Random, choices: list[tuple[str, int, int]], better: float) -> str:
    weights = [poor + (good - poor) * better for _, poor, good in choices]
    return random.choices([kode for kode, _, _ in choices], weights)[0]
