"""Class bounds of a choropleth, in three ways, and the words of the legend.

"kuantil" parts the wilayah into classes of about equal number, with bounds moved to round numbers; "sama"
parts the range of the values into equal widths; "alami" puts the bounds where the values leave a gap.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import accumulate

from django.utils.formats import number_format

CLASSES = 5
FEW = 30
DECIMALS = {"persen": 1, "jumlah": 0, "per_1000": 1, "rata": 1}
SUFFIX = {"persen": "\N{NO-BREAK SPACE}%", "jumlah": "", "per_1000": "", "rata": ""}
KUANTIL, SAMA, ALAMI = "kuantil", "sama", "alami"
# the words of the choice, and the sentence that explains it
WAYS = {
    KUANTIL: ("Sama banyak", "Tiap warna berisi wilayah yang kira-kira sama banyak."),
    SAMA: (
        "Sama lebar",
        "Tiap warna mencakup rentang nilai yang sama lebar, jadi ada warna yang berisi sedikit wilayah.",
    ),
    ALAMI: (
        "Menurut celah",
        "Batas warna jatuh di celah antara nilai-nilai, jadi wilayah yang mirip mendapat warna yang sama.",
    ),
}


def round_value(value: float, satuan: str) -> float:
    """Round to what the screen shows, so that a number and its class never disagree."""
    return round(value, DECIMALS[satuan])


def format_value(value: float, satuan: str) -> str:
    """Write a value as the screen shows it: "40,5 %", "1.234", with a real minus."""
    return _signed(number_format(value, DECIMALS[satuan], force_grouping=True)) + SUFFIX[satuan]


def _signed(text: str) -> str:
    return text.replace("-", "\N{MINUS SIGN}")


def class_bounds(values: Sequence[float], satuan: str, way: str = KUANTIL) -> list[float]:
    """Return up to four rising bounds that part the values, rounded as shown, into classes. `way`: of WAYS."""
    if way == SAMA:
        return equal_bounds(values, satuan)
    return natural_bounds(values) if way == ALAMI else quantile_bounds(values, satuan)


def equal_bounds(values: Sequence[float], satuan: str) -> list[float]:
    """Return the bounds of five classes of equal width; fewer where the last digit shown is too coarse."""
    if not values:
        return []
    low, high = min(values), max(values)
    bounds = {round_value(low + (high - low) * part / CLASSES, satuan) for part in range(1, CLASSES)}
    return sorted(bound for bound in bounds if low < bound <= high)


def natural_bounds(values: Sequence[float], classes: int = CLASSES) -> list[float]:
    """Return the lowest value of each class but the first: least squared distance to the class means.

    Exact, by Fisher's dynamic programme (Fisher 1958, On Grouping for Maximum Homogeneity; Jenks 1977).
    As more values come in, the last class never begins earlier, so each row of the table is filled by
    halves (Wang and Song 2011, Ckmeans.1d.dp): a province of villages takes a few milliseconds.
    """
    distinct = sorted(Counter(values).items())
    if len(distinct) <= classes:
        return [value for value, _ in distinct[1:]]
    spread = _spread([value for value, _ in distinct], [n for _, n in distinct])
    cost = [spread(0, last) for last in range(len(distinct))]
    starts: list[list[int]] = []
    for _ in range(1, classes):
        cost, first = _one_class_more(cost, spread)
        starts.append(first)
    bounds = []
    last = len(distinct) - 1
    for first in reversed(starts):
        bounds.append(distinct[first[last]][0])
        last = first[last] - 1
    return bounds[::-1]


def _spread(values: list[float], weights: list[int]) -> Callable[[int, int], float]:
    """Return the sum of squared distances to their mean of the values from one place to another."""
    middle = values[len(values) // 2]  # near zero, sums of squares keep their digits
    near = [value - middle for value in values]
    count = [0, *accumulate(weights)]
    total = [0.0, *accumulate(w * v for w, v in zip(weights, near, strict=True))]
    square = [0.0, *accumulate(w * v * v for w, v in zip(weights, near, strict=True))]

    def spread(first: int, last: int) -> float:
        sums = total[last + 1] - total[first]
        return square[last + 1] - square[first] - sums * sums / (count[last + 1] - count[first])

    return spread


def _one_class_more(cost: list[float], spread: Callable[[int, int], float]) -> tuple[list[float], list[int]]:
    """From the least cost of each beginning of the values to that with one class more, and where it starts."""
    best = [math.inf] * len(cost)
    start = [0] * len(cost)

    def fill(low: int, high: int, earliest: int, latest: int) -> None:
        if low > high:
            return
        middle = (low + high) // 2
        for first in range(max(earliest, 1), min(middle, latest) + 1):
            found = cost[first - 1] + spread(first, middle)
            if found < best[middle]:
                best[middle], start[middle] = found, first
        fill(low, middle - 1, earliest, start[middle] or latest)
        fill(middle + 1, high, start[middle], latest)

    fill(0, len(cost) - 1, 0, len(cost) - 1)
    return best, start


def quantile_bounds(values: Sequence[float], satuan: str) -> list[float]:
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
    return _signed(number_format(value, 0 if value == int(value) else DECIMALS[satuan], force_grouping=True))


def _steps(spread: float, decimals: int) -> Iterator[Decimal]:
    """Round steps from coarse to fine: 1, 2 and 5 times powers of ten, down to the last digit shown."""
    power = len(str(int(spread))) if spread >= 1 else 0
    for exponent in range(power, -decimals - 1, -1):
        for lead in (5, 2, 1):
            yield Decimal(lead).scaleb(exponent)
