"""How a NIK or No. KK may be shown: the region of issue stays, birth date and serial are hidden."""

import re
from collections.abc import Iterable

HIDDEN = "*"
VISIBLE_DIGITS = 6
LENGTH = 16
# A number as long as a NIK, in whatever way it is written; no header of a column has one.
LONG_NUMBER = re.compile(r"\d(?:[\s.,'-]?\d){9,}|\d[.,]\d+E\+1\d", re.IGNORECASE)


def mask_nik(value: str | None) -> str:
    """`1903014507710002` -> `190301**********`; what is not 16 digits is hidden whole.

    Empty stays empty: whether that reads "tanpa NIK" or "tanpa KK" is the page's word.
    """
    value = (value or "").strip()
    if len(value) == LENGTH and value.isdigit():
        return value[:VISIBLE_DIGITS] + HIDDEN * (LENGTH - VISIBLE_DIGITS)
    return HIDDEN * len(value)


def is_data(cells: Iterable[str]) -> bool:
    """True for a row that is a person and no row of headers: a cell of it holds a long number."""
    return any(LONG_NUMBER.search(cell) for cell in cells)
