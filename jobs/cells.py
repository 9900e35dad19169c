"""Cells that do nothing: the one way in which text from the registers becomes a cell of XLSX or CSV.

A name may be typed by anybody, and an officer opens the file in Excel. In XLSX every cell is of the type
string; in CSV every cell is quoted, and one that a spreadsheet would read as a formula gets a `'` in
front (OWASP ASVS V1.2.10). What XML cannot hold is left out; nothing else of the text changes.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import CellStringTuple, Worksheet

from jobs.inert import quoted

LAST_ROW = 1_048_576  # of a sheet, its header included
LONGEST = 32_767  # UTF-16 units in a cell
TEXT = "@"
# Not in XML 1.0, or read as a line end by it. Tab and newline stay.
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
ESCAPE = re.compile("(_x[0-9a-fA-F]{4}_)")
LINE_END = re.compile("\r\n?")
_letters = cache(xl_col_to_name)


def clean(value: str | None) -> str:
    """The text as a cell can hold it: line ends as newline, without control characters, at most 32,767 long."""
    if not value:
        return ""
    text = ILLEGAL.sub("", LINE_END.sub("\n", value))
    if len(text) * 2 > LONGEST and len(text.encode("utf-16-le")) > LONGEST * 2:
        text = text.encode("utf-16-le")[: (LONGEST - 1) * 2].decode("utf-16-le", "ignore") + "…"
    return text


def inert(value: str | None) -> str:
    """The text as a CSV cell no spreadsheet calculates with: `'` in front of what looks like a formula."""
    return quoted(clean(value))


class Sheet(Worksheet):
    """A sheet of text. Write rows from top to bottom: what is above is already on disk."""

    def write_text(self, row: int, column: int, value: str | None, style=None) -> None:
        """A string cell; nothing is written for nothing, or a blank in its style."""
        text = clean(value)
        if text:
            self._write_string(row, column, text, style)
        elif style is not None:
            self._write_blank(row, column, None, style)

    def _write_cell(self, row, col, cell) -> None:
        # Any text cell, once: half the time of the library's own way, which asks each cell what it is, and
        # which takes a text from "<r>" to "</r>" for markup and writes it as it stands.
        if type(cell) is not CellStringTuple:
            super()._write_cell(row, col, cell)
            return
        style = cell.format or (self.col_info[col].column_format if col in self.col_info else None)
        number = f' s="{style._get_xf_index()}"' if style else ""
        text = cell.string
        if "_x" in text:
            text = ESCAPE.sub(r"_x005F\1", text)  # or Excel reads _x0041_ as A
        keep = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() else ""
        place = f"{_letters(col)}{row + 1}"
        self.fh.write(f'<c r="{place}"{number} t="inlineStr"><is><t{keep}>{escape(text)}</t></is></c>')


class Book(xlsxwriter.Workbook):
    """A workbook on disk, readable by this user alone, in constant memory; text stays text."""

    def __init__(self, path: Path, folder: Path | None = None):
        """Make the file. folder: where sheets grow until close(), the system's own without it."""
        path.touch(mode=0o600)
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        }
        super().__init__(str(path), options | ({"tmpdir": str(folder)} if folder else {}))

    def add_sheet(self, name: str) -> Sheet:
        return self.add_worksheet(name, worksheet_class=Sheet)


class CsvRows:
    """Rows of CSV as Excel of an Indonesian office opens them: `;` between cells, UTF-8 with its mark."""

    def __init__(self, file: IO[str]):
        file.write("\ufeff")
        self._writer = csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")

    def write_all(self, rows: Iterable[Iterable[str | None]]) -> None:
        self._writer.writerows([inert(cell) for cell in row] for row in rows)


class PipeRows(CsvRows):
    """Rows of CSV as SIKS-NG gives them out and other programs take them in: `|` between cells, no mark in front."""

    def __init__(self, file: IO[str]):
        self._writer = csv.writer(file, delimiter="|", lineterminator="\r\n")
