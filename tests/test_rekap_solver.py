"""Whoever adds and subtracts the published cells learns no count of less than ten (T13).

The cells of one measure form a tree of sums: province, kabupaten, kecamatan, villages. Each hidden cell is
an unknown of at least 0; bounds are pushed up and down the tree until nothing moves any more. In a tree,
where an unknown stands in two sums at most, that gives the narrowest bounds there are.
"""

from __future__ import annotations

from math import inf

from hypothesis import example, given, settings
from hypothesis import strategies as st

from kpm.rekap import SMALLEST, safe_cells

PARENT = {"19": None, "1901": "19", "1902": "19"} | {
    f"19{kab}{kec}": f"19{kab}" for kab in ("01", "02") for kec in ("01", "02")
}
VILLAGES = [f"{kec}{n:04d}" for kec in PARENT if len(kec) == 6 for n in (1, 2, 3)]
PARENT |= {kode: kode[:6] for kode in VILLAGES}
CHILDREN = {above: [k for k, p in PARENT.items() if p == above] for above in PARENT}

Bounds = dict[str, tuple[float, float]]
small = st.integers(0, 30)


def bounds_of(cells: dict[str, int | None], most: Bounds) -> Bounds:
    """The narrowest interval of every cell. most: what is known otherwise, e.g. a part is within its whole."""
    found = {kode: (0.0, most[kode][1]) if n is None else (float(n), float(n)) for kode, n in cells.items()}
    moved = True
    while moved:
        moved = False
        for above, group in CHILDREN.items():
            for kode, new in _narrowed(found, above, group) if group else ():
                if new != found[kode]:
                    found[kode] = new
                    moved = True
    return found


def _narrowed(found: Bounds, above: str, group: list[str]) -> list[tuple[str, tuple[float, float]]]:
    """The bounds of a sum from its parts, and of each part from the sum and the other parts."""
    lows, highs = sum(found[k][0] for k in group), sum(found[k][1] for k in group)
    low, high = max(found[above][0], lows), min(found[above][1], highs)
    narrowed = [(above, (low, high))]
    for kode in group:
        own_low, own_high = found[kode]
        others_high = sum(found[k][1] for k in group if k != kode)
        others_low = lows - own_low
        narrowed.append((kode, (max(own_low, low - others_high), min(own_high, high - others_low))))
    return narrowed


def published(exact: list[tuple[str, str, int]], ukuran: str) -> dict[str, int | None]:
    return {kode: part for kode, name, part, _ in safe_cells(exact, PARENT) if name == ukuran}


def too_narrow(cells: dict[str, int | None], found: Bounds) -> dict[str, tuple[float, float]]:
    return {kode: found[kode] for kode, n in cells.items() if n is None and _width(found[kode]) < SMALLEST}


def _width(bounds: tuple[float, float]) -> float:
    return bounds[1] - bounds[0]


NOTHING = dict.fromkeys(PARENT, (0.0, inf))


@settings(max_examples=200, deadline=None)
@given(st.lists(small, min_size=12, max_size=12))
@example([50, 12, 9, 30, 40, 20, 11, 10, 30, 25, 12, 19])
def test_no_count_is_known_to_less_than_ten(counts):
    cells = published([("keluarga", k, n) for k, n in zip(VILLAGES, counts, strict=True)], "keluarga")
    assert too_narrow(cells, bounds_of(cells, NOTHING)) == {}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), small), min_size=12, max_size=12))
@example([(0, 0)] * 10 + [(10, 0), (20, 10)])  # a shown village inside a hidden kecamatan told all the rest
def test_no_part_and_no_rest_of_a_whole_is_known_to_less_than_ten(counts):
    """Of the families in a programme: neither those in it nor those beside it."""
    exact = [("keluarga", k, whole) for k, (whole, _) in zip(VILLAGES, counts, strict=True)]
    exact += [("program_PKH", k, min(part, whole)) for k, (whole, part) in zip(VILLAGES, counts, strict=True)]
    whole = published(exact, "keluarga")
    known = bounds_of(whole, NOTHING)
    part = published(exact, "program_PKH")
    assert too_narrow(part, bounds_of(part, known)) == {}
    rest = {kode: None if n is None or part[kode] is None else n - part[kode] for kode, n in whole.items()}
    assert too_narrow(rest, bounds_of(rest, known)) == {}
