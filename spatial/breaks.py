"""Class bounds of a choropleth: quantiles, moved to round numbers, and the words of the legend."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.utils.formats import number_format

CLASSES = 5
FEW = 30
DECIMALS = {"persen": 1, "jumlah": 0, "per_1000": 1}
SUFFIX = {"persen": "\N{NO-BREAK SPACE}%", "jumlah": "", "per_1000": ""}


def round_value(value: float, satuan: str) -> float:
    """Round to what the screen shows, so that a number and its class never disagree."""
    return round(value, DECIMALS[satuan])


def format_value(value: float, satuan: str) -> str:
    """Write a value as the screen shows it: "40,5 %", "1.234"."""
    return number_format(value, DECIMALS[satuan], force_grouping=True) + SUFFIX[satuan]


def class_bounds(values: Sequence[float], satuan: str) -> list[float]:
    """Return up to four rising bounds that part the values into five classes of about equal number.

    The roundest step is taken with which no class grows or shrinks by more than half. Where values
    are few, each bound is the roundest number of the gap it stands in; where many are equal, the finest
    step is taken. Fewer bounds come back only when values do not differ.
    """
    ordered = sorted(values)
    if not ordered:
        return []
    lowest = ordered[0]
    quantiles = [ordered[len(ordered) * part // CLASSES] for part in range(1, CLASSES)]
    if quantiles[0] == lowest:  # a fifth or more have the lowest value, often 0: a class of its own
        rest = [value for value in ordered if value > lowest]
        quantiles = [rest[len(rest) * part // (CLASSES - 1)] for part in range(CLASSES - 1) if rest]
    fair = len(ordered) / CLASSES
    if len(ordered) < FEW:
        return sorted({_roundest(ordered, q, DECIMALS[satuan]) for q in quantiles if q > lowest})
    bounds: list[float] = []
    for step in _steps(ordered[-1] - lowest, DECIMALS[satuan]):
        bounds = sorted({float(round(Decimal(str(q)) / step) * step) for q in quantiles})
        bounds = [bound for bound in bounds if bound > lowest]
        counts = class_counts(ordered, bounds)
        if len(bounds) == CLASSES - 1 and all(fair / 2 <= n <= fair * 1.5 for n in counts):
            return bounds
    return bounds


def class_of(value: float, bounds: Sequence[float]) -> int:
    """Return the class of a value, 0 for the lowest; a bound belongs to the class above it."""
    return bisect_right(bounds, value)


def class_counts(values: Sequence[float], bounds: Sequence[float]) -> list[int]:
    """Return how many values lie in each class; an empty class counts 0."""
    counts = [0] * (len(bounds) + 1)
    for value in values:
        counts[class_of(value, bounds)] += 1
    return counts


def class_texts(bounds: Sequence[float], satuan: str) -> list[str]:
    """Return the words of the legend: "di bawah 23", "23 – 26,9", "35 ke atas"."""
    if not bounds:
        return ["semua nilai"]
    unit = 10 ** -DECIMALS[satuan]
    below = [bound - unit for bound in bounds[1:]]
    between = [
        _plain(low, satuan) if low == high else f"{_plain(low, satuan)} – {_plain(high, satuan)}"
        for low, high in zip(bounds, (round_value(high, satuan) for high in below), strict=False)
    ]
    return [f"di bawah {_plain(bounds[0], satuan)}", *between, f"{_plain(bounds[-1], satuan)} ke atas"]


def _roundest(ordered: Sequence[float], value: float, decimals: int) -> float:
    """Return the roundest number above the value that comes before `value`, and not above `value`."""
    before = max(other for other in ordered if other < value)
    for step in _steps(value - before, decimals):
        candidate = float(Decimal(str(value)) // step * step)
        if before < candidate <= value:
            return candidate
    return value


def _plain(value: float, satuan: str) -> str:
    return number_format(value, 0 if value == int(value) else DECIMALS[satuan], force_grouping=True)


def _steps(spread: float, decimals: int) -> Iterator[Decimal]:
    """Round steps from coarse to fine: 1, 2 and 5 times powers of ten, down to the last digit shown."""
    power = len(str(int(spread))) if spread >= 1 else 0
    for exponent in range(power, -decimals - 1, -1):
        for lead in (5, 2, 1):
            yield Decimal(lead).scaleb(exponent)
