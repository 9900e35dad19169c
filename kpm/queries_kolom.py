"""What a page shows on which somebody names the columns of a file; which page that is, its view says."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from access.masking import mask_nik
from jobs.staging import Peek, PeekSheet
from kpm import mapping
from kpm.imports import HEADER_WITHIN, is_number_row, letters

EXAMPLES = 3
LONG_NUMBER = re.compile(r"\d{16}")


def asked_of(peek: Peek, data: Mapping[str, Any]) -> tuple[int, int]:
    """Which sheet, by its place, and which row of headers, from 1 (0: none) a page is asked for; or the likely ones."""
    lembar = _number(data.get("lembar"), _likely_sheet(peek), len(peek.sheets) - 1)
    sheet = peek.sheets[lembar]
    return lembar, _number(data.get("baris"), mapping.likely_header(sheet), _rows_above(sheet))


def beside_of(peek: Peek, data: Mapping[str, Any]) -> tuple[int, int] | None:
    """The same of the table of households, when one is asked for."""
    if not str(data.get("rumah", "")).isdigit():
        return None
    lembar = _number(data.get("rumah"), 0, len(peek.sheets) - 1)
    sheet = peek.sheets[lembar]
    return lembar, _number(data.get("baris_rumah"), mapping.likely_header(sheet), _rows_above(sheet))


def chosen_in(
    data: Mapping[str, Any], sheet: PeekSheet, baris: int, known: Collection[str], part: str = "kolom"
) -> dict[int, str]:
    """The field that somebody chose for each column, as far as it is a known one."""
    found: dict[int, str] = {}
    for place in range(_width(sheet, baris)):
        name = data.get(f"{part}-{place}", "")
        if name in known:
            found[place] = name
    return found


def page_of(peek: Peek, lembar: int, baris: int, kolom: Mapping[int, str]) -> dict[str, Any]:
    """Sheets, rows that may hold the headers, columns with examples, the first rows; long numbers are masked."""
    sheet = peek.sheets[lembar]
    return {
        "lembar_list": [
            (n, " ".join(filter(None, [one.file, one.name])) or "berkas CSV", one.hidden)
            for n, one in enumerate(peek.sheets)
        ],
        "lembar": lembar,
        "baris": baris,
        "baris_list": range(1, _rows_above(sheet) + 1),
        "kolom_list": _columns(sheet, baris, kolom),
        "baris_data": [[_masked(cell) for cell in row] for row in _below(sheet, baris) if any(row)],
        "tersembunyi": [letters(place) for place in sheet.hidden_columns],
    }


def _rows_above(sheet: PeekSheet) -> int:
    return min(HEADER_WITHIN, len(sheet.rows))


def _width(sheet: PeekSheet, baris: int) -> int:
    titles = mapping.titles_of(sheet, baris) if baris else []
    below = sheet.rows[baris : baris + mapping.SHOWN]
    return max([len(titles), *(len(row) for row in below)], default=0)


def _below(sheet: PeekSheet, baris: int) -> list[list[str]]:
    """The first rows of data: a row of column numbers under the headers is none."""
    if baris and baris < len(sheet.rows) and is_number_row(sheet.rows[baris]):
        baris += 1
    return sheet.rows[baris : baris + mapping.SHOWN]


def _likely_sheet(peek: Peek) -> int:
    """The visible sheet with most cells in its first rows."""
    weights = [
        (not sheet.hidden, sum(len(row) for row in sheet.rows), -place)
        for place, sheet in enumerate(peek.sheets)
    ]
    return -max(weights)[2]


def _number(text: str | None, default: int, highest: int) -> int:
    number = int(text) if text and text.isascii() and text.isdigit() and len(text) < 5 else default
    return min(number, max(highest, 0))


def _columns(sheet: PeekSheet, baris: int, kolom: Mapping[int, str]) -> list[dict]:
    """Every column of the file: its letter, header, a few examples, what was chosen for it."""
    titles = mapping.titles_of(sheet, baris) if baris else []
    below = _below(sheet, baris)
    return [
        {
            "n": place,
            "huruf": letters(place),
            "judul": titles[place].strip() if place < len(titles) else "",
            "contoh": [_masked(row[place]) for row in below if place < len(row) and row[place].strip()][
                :EXAMPLES
            ],
            "isi": kolom.get(place, ""),
        }
        for place in range(_width(sheet, baris))
    ]


def _masked(text: str) -> str:
    return LONG_NUMBER.sub(lambda match: mask_nik(match.group()), text)[:60]
