"""Three ways to part values into classes. Quantiles have their tests in test_peta.py."""

from itertools import combinations
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spatial.breaks import (
    ALAMI,
    SAMA,
    class_bounds,
    class_counts,
    class_texts,
    format_value,
    natural_bounds,
)

# Employees per square kilometre in the counties of California: the example of PySAL's mapclassify, whose
# FisherJenks(k=5) documents the upper bounds 75.29, 192.05, 370.5, 722.85, 4111.45 and counts 49, 3, 4, 1, 1.
CALEMP = [
    329.92, 0.42, 5.9, 14.03, 2.78, 1.34, 181.27, 1.65, 10.03, 16.7, 1.32, 3.99, 3.16, 0.22, 8.7, 6.56,
    3.27, 0.33, 370.5, 4.51, 75.29, 0.99, 2.74, 8.68, 0.14, 0.92, 12.63, 28.7, 12.02, 722.85, 36.68, 0.74,
    29.82, 192.05, 3.38, 11.15, 110.74, 4111.45, 49.47, 10.33, 317.11, 20.47, 264.93, 66.26, 5.39, 0.13,
    0.61, 50.65, 40.48, 36.67, 13.09, 1.81, 0.2, 7.6, 2.51, 57.26, 24.32, 6.97,
]  # fmt: skip


def cost(values: list[float], bounds: list[float]) -> float:
    """The squared distances of all values to the means of their classes."""
    total, rest = 0.0, sorted(values)
    for bound in [*bounds, float("inf")]:
        group = [value for value in rest if value < bound]
        rest = rest[len(group) :]
        total += sum((value - mean(group)) ** 2 for value in group) if group else 0.0
    return total


def test_natural_breaks_of_the_known_example():
    bounds = natural_bounds(CALEMP)
    assert bounds == [110.74, 264.93, 722.85, 4111.45]  # the first value above each documented upper bound
    assert class_counts(CALEMP, bounds) == [49, 3, 4, 1, 1]


def test_natural_breaks_with_equal_values():
    """The example of R's Ckmeans.1d.dp: three groups of -1, 2 and 4 to 6."""
    assert natural_bounds([-1, 2, -1, 2, 4, 5, 6, -1, 2, -1], classes=3) == [2, 4]


@given(st.lists(st.integers(0, 60).map(lambda n: n / 10), min_size=1, max_size=14))
def test_no_other_bounds_are_closer_to_the_values(values):
    distinct = sorted(set(values))
    found = natural_bounds(values, classes=3)
    tried = [cost(values, list(bounds)) for n in range(3) for bounds in combinations(distinct[1:], n)]
    assert cost(values, found) == pytest.approx(min(tried), abs=1e-9)


def test_classes_of_equal_width_span_the_values():
    values = [0.0, 1.0, 2.0, 50.0]
    assert class_bounds(values, "persen", SAMA) == [10.0, 20.0, 30.0, 40.0]
    assert class_counts(values, [10.0, 20.0, 30.0, 40.0]) == [3, 0, 0, 0, 1]


def test_counts_are_not_parted_finer_than_they_are_written():
    assert class_bounds([1.0, 2.0, 3.0], "jumlah", SAMA) == [2.0, 3.0]


@pytest.mark.parametrize("way", [SAMA, ALAMI])
def test_values_that_do_not_differ_are_one_class(way):
    assert class_bounds([3.4, 3.4], "rata", way) == []
    assert class_bounds([], "rata", way) == []


def test_mean_is_written_with_one_decimal():
    assert format_value(3.4, "rata") == "3,4"
    assert class_texts([2.5, 3.0], "rata") == ["di bawah 2,5", "2,5 – 2,9", "3 ke atas"]
