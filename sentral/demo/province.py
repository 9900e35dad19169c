"""The land of the demo: every village, how many families it gets and how poor it is.

Poverty and bad numbers follow a smooth field over the map, so that neighbours are alike and the
choropleth has something to show.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from spatial.models import Wilayah

PEOPLE_OF_A_VILLAGE = 3_000  # where the population of the kabupaten is unknown


@dataclass(frozen=True)
class Village:
    """What the generator knows of one village. Shares lie between 0 and 1."""

    kode: str
    kode_bps: str
    nama: str
    nama_lain: str
    kecamatan: str
    kabupaten: str
    provinsi: str
    kota: bool
    weight: float
    miskin: float
    kotor: float


def read_villages(seed: int) -> list[Village]:
    """Every village of the database in order of its code, with weight and shares drawn from `seed`."""
    rows = list(Wilayah.objects.villages().select_related("induk__induk__induk").order_by("kode"))
    centre = _centres(rows)
    per_kabupaten: dict[str, int] = defaultdict(int)
    for row in rows:
        per_kabupaten[row.kode[:4]] += 1
    poor, dirty = _field(f"{seed} miskin"), _field(f"{seed} kotor")
    villages = []
    for row in rows:
        kabupaten = row.induk.induk
        rng = Random(f"{seed} {row.kode}")
        offset = Random(f"{seed} {kabupaten.kode}").gauss(0, 0.08)
        x, y = centre[row.kode]
        people = (kabupaten.penduduk or 0) / per_kabupaten[kabupaten.kode] or PEOPLE_OF_A_VILLAGE
        miskin = min(0.97, max(0.03, poor(x, y) + offset + rng.gauss(0, 0.07)))
        villages.append(
            Village(
                kode=row.kode,
                kode_bps=row.kode_bps or row.kode,
                nama=row.nama.upper(),
                nama_lain=(row.nama_bps or row.nama).upper(),
                kecamatan=row.induk.nama.upper(),
                kabupaten=kabupaten.nama.upper(),
                provinsi=kabupaten.induk.nama.upper(),
                kota=row.jenis == Wilayah.Jenis.KELURAHAN,
                weight=people * math.exp(rng.gauss(0, 0.35)) * (0.6 + 0.8 * miskin),
                miskin=miskin,
                kotor=min(1.0, max(0.0, dirty(x, y) + rng.gauss(0, 0.12))),
            )
        )
    return villages


def share_out(total: int, villages: list[Village]) -> list[int]:
    """Split `total` families by weight. Every village gets one, if there are enough of them.

    What goes beyond the floor is dealt at even steps along the running sum of weights, so a total
    smaller than the number of villages still reaches every kabupaten.
    """
    floor = min(3, total // len(villages))
    counts = [floor] * len(villages)
    rest = total - floor * len(villages)
    if rest <= 0:
        return counts
    step = sum(v.weight for v in villages) / rest
    reached, due = 0.0, step / 2
    for i, village in enumerate(villages):
        reached += village.weight
        while due < reached and rest:
            counts[i] += 1
            rest -= 1
            due += step
    counts[-1] += rest  # at most one, lost to rounding
    return counts


def _centres(rows: list[Wilayah]) -> dict[str, tuple[float, float]]:
    """A point for every village; the few without a label point take the mean of their kecamatan."""
    known = {row.kode: (row.titik.x, row.titik.y) for row in rows if row.titik}
    beside: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for kode, point in known.items():
        beside[kode[:6]].append(point)
    return {row.kode: known.get(row.kode) or _mean(beside[row.kode[:6]]) for row in rows}


def _mean(points: list[tuple[float, float]]) -> tuple[float, float]:
    count = len(points) or 1
    return sum(x for x, _ in points) / count, sum(y for _, y in points) / count


def _field(seed: str) -> Callable[[float, float], float]:
    """A smooth surface between about 0 and 1: a few long waves over longitude and latitude."""
    rng = Random(seed)
    waves = [
        (rng.uniform(2, 7), rng.uniform(2, 7), rng.uniform(0, math.tau), rng.uniform(0.5, 1))
        for _ in range(5)
    ]
    height = sum(a for *_, a in waves)

    def at(x: float, y: float) -> float:
        swing = sum(a * math.sin(u * x + v * y + p) for u, v, p, a in waves) / height
        return 0.5 + 0.75 * swing

    return at
