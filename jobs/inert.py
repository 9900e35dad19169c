"""What a spreadsheet would calculate with, and how a CSV cell is kept from it and read again.

Without a library, since jobs.reader, a small process of its own, reads by it what jobs.cells has written.
"""

from __future__ import annotations

import re

# What starts a formula somewhere, ASCII and full-width; what may stand unseen before it.
FORMULA = tuple("=+-@＝＋－＠\t\r\n")
UNSEEN = re.compile(r"[\s\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u2064\u2066-\u206f\ufeff]+")


def is_formula(text: str) -> bool:
    """True for what some spreadsheet would take for a formula."""
    unseen = UNSEEN.match(text)
    seen = text[unseen.end() :] if unseen else text
    return text[:1] in FORMULA or seen[:1] in FORMULA if text else False


def quoted(text: str) -> str:
    """The text with `'` in front where it would be a formula, or would read as one of ours so marked."""
    return f"'{text}" if is_formula(text.lstrip("'")) else text


def unquoted(cell: str) -> str:
    """What `quoted` was given. The `'` before digits stays: kpm_nomor drops it, with a remark."""
    return cell[1:] if cell[:1] == "'" and is_formula(cell[1:].lstrip("'")) else cell
