"""Two measures over the same wilayah: how their orders go together, in words and as a picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import StatisticsError, correlation

from django.utils.formats import number_format

from spatial.queries import Sebaran

FEWEST = 5  # wilayah; of fewer an order says nothing
STRENGTHS = ((0.2, "hampir tidak ada"), (0.4, "lemah"), (0.7, "sedang"), (1.1, "kuat"))
WIDTH, HEIGHT, EDGE = 296, 180, 6  # px of the picture


@dataclass(frozen=True)
class Hubungan:
    """How two measures go together. korelasi: Spearman's, None where there is nothing to say."""

    kalimat: str
    korelasi: float | None = None
    titik: list[dict] = field(default_factory=list, repr=False)


def compare(one: Sebaran, other: Sebaran, satuan_wilayah: str) -> Hubungan:
    """Compare the wilayah that have a value in both."""
    second = {n.wilayah.kode: n for n in other.berisi}
    pairs = [(n, second[n.wilayah.kode]) for n in one.berisi if n.wilayah.kode in second]
    xs, ys = [a.nilai or 0 for a, _ in pairs], [b.nilai or 0 for _, b in pairs]
    found = rank_correlation(xs, ys)
    if found is None:
        return Hubungan("Terlalu sedikit wilayah yang berbeda nilainya untuk membandingkan kedua ukuran.")
    strength = next(word for limit, word in STRENGTHS if abs(found) < limit)
    number = number_format(round(found, 2), 2)
    base = f"Korelasi peringkat {number} dari {number_format(len(pairs))} {satuan_wilayah}."
    if abs(found) < STRENGTHS[0][0]:
        sentence = "Hubungan hampir tidak ada: urutan wilayah pada kedua ukuran tidak mirip."
    else:
        way = "tinggi" if found > 0 else "rendah"
        sentence = (
            f"Hubungan {strength}: wilayah yang tinggi pada “{one.layer.nama}” cenderung {way}"
            f" pada “{other.layer.nama}”."
        )
    return Hubungan(f"{sentence} {base}", found, _dots(pairs, xs, ys))


def rank_correlation(xs: list[float], ys: list[float]) -> float | None:
    """Spearman's coefficient, equal values sharing their mean rank; None for few or equal values."""
    if len(xs) < FEWEST:
        return None
    try:
        return correlation(_ranks(xs), _ranks(ys))
    except StatisticsError:  # all equal
        return None


def _ranks(values: list[float]) -> list[float]:
    order = sorted(values)
    first = {value: place for place, value in reversed(list(enumerate(order)))}
    last = {value: place for place, value in enumerate(order)}
    return [(first[value] + last[value]) / 2 for value in values]


def _dots(pairs, xs: list[float], ys: list[float]) -> list[dict]:
    across, up = _scale(xs, WIDTH), _scale(ys, HEIGHT)
    return [
        {"kode": a.wilayah.kode, "x": across(a.nilai or 0), "y": round(HEIGHT - up(b.nilai or 0), 1)}
        for a, b in pairs
    ]


def _scale(values: list[float], length: int):
    low, high = min(values), max(values)
    return lambda value: round(EDGE + (length - 2 * EDGE) * (value - low) / (high - low), 1)
