"""F13 at full size: 1,000,000 rows, 50,000 of them bad."""

from __future__ import annotations

import pytest

from tests.faults import test_bad_rows
from tests.faults.test_bad_rows import imported  # noqa: F401  a fixture

pytestmark = pytest.mark.fault("F13", "satu dari dua puluh baris buruk, dua belas macam")


def test_a_million_rows(imported, tmp_path, record_property, monkeypatch):  # noqa: F811
    monkeypatch.setattr(test_bad_rows, "ROWS", 1_000_000)
    test_bad_rows.test_exactly_the_good_rows_come_in_and_the_mended_ones_after_them(
        imported, tmp_path, record_property
    )
