"""OpenDocument sheets, row by row: the XML is walked through once, and no more than a row of it is kept.

A repeated row or cell is written once in the file; what is empty to the right of the last filled cell, or below
the last filled row, is nothing.
"""

from __future__ import annotations

import zipfile
import zlib
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

from jobs.reader.archive import check_size
from jobs.reader.limits import COLUMNS, DAMAGED, Refused

CHUNK = 256 * 1024
_URN = "urn:oasis:names:tc:opendocument:xmlns:"
OFFICE, STYLE, TABLE, TEXT = (f"{_URN}{name}:1.0 " for name in ("office", "style", "table", "text"))
CELLS = (TABLE + "table-cell", TABLE + "covered-table-cell")
NUMBERS = {"float", "percentage", "currency"}
FURTHEST = 16_384  # columns; as far as anybody's sheet goes


class OdsBook:
    """Sheets of a workbook as (name, hidden), and the rows of one of them."""

    date_1904 = False  # dates arrive as dates

    def __init__(self, path: Path):
        self.path = path
        self.sheets = self._sheets()

    def _sheets(self) -> list[tuple[str, bool]]:
        walk = _Walk("")
        for _ in self._walked(walk):
            pass
        return walk.sheets

    def rows(self, name: str) -> Iterator[list]:
        """Every row of a sheet as far as its last filled one; cells are texts or numbers."""
        walk = _Walk(name)
        blank = 0
        for cells, times in self._walked(walk):
            if not cells:
                blank += times
                continue
            for _ in range(blank):
                yield []
            blank = 0
            for _ in range(times):
                yield cells

    def size(self, name: str) -> tuple[int, int]:
        """How many rows and columns a sheet has, as far as cells say what kind of value they hold."""
        walk = _Measure(name)
        for _ in self._walked(walk):
            pass
        return walk.height, walk.width

    def _walked(self, walk: _Walk) -> Iterator[tuple[list, int]]:
        try:
            with zipfile.ZipFile(self.path) as archive:
                check_size(archive)
                with archive.open("content.xml") as stream:
                    while not walk.done and (chunk := stream.read(CHUNK)):
                        walk.parser.Parse(chunk, False)
                        while walk.rows:
                            yield walk.rows.popleft()
                    if not walk.done:
                        walk.parser.Parse(b"", True)
        except (expat.ExpatError, zipfile.BadZipFile, zlib.error, KeyError, EOFError, ValueError) as error:
            raise Refused(DAMAGED) from error


class _Walk:
    """What the parser is in the middle of. rows: finished rows of the wanted sheet, and how often each stands."""

    def __init__(self, wanted: str):
        self.wanted = wanted
        self.sheets: list[tuple[str, bool]] = []
        self.rows: deque[tuple[list, int]] = deque()
        self.done = False
        self.hidden_styles: set[str] = set()
        self.style = ""
        self.cells: list = []
        self.empty = 0  # cells since the last filled one
        self.times = 1
        self.cell: dict[str, str] | None = None
        self.paragraphs: list[str] = []
        self.text: list[str] | None = None
        self.notes = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.parser.StartElementHandler = self._outside
        self.parser.EndElementHandler = None

    @staticmethod
    def _refuse(*_: Any) -> None:
        raise Refused("Berkas ini memuat bagian yang tidak diizinkan dan tidak dibuka.")

    def _outside(self, tag: str, given: dict[str, str]) -> None:
        if tag == STYLE + "style":
            self.style = given.get(STYLE + "name", "")
        elif tag == STYLE + "table-properties" and given.get(TABLE + "display") == "false":
            self.hidden_styles.add(self.style)
        elif tag == TABLE + "table":
            name = given.get(TABLE + "name", "")
            self.sheets.append((name, given.get(TABLE + "style-name") in self.hidden_styles))
            if self.wanted and name == self.wanted:
                self.parser.StartElementHandler = self._start
                self.parser.EndElementHandler = self._end
                self.parser.CharacterDataHandler = self._data

    def _start(self, tag: str, given: dict[str, str]) -> None:
        if self.notes or tag == OFFICE + "annotation":
            self.notes += 1
        elif tag in CELLS:
            self.cell, self.paragraphs = given, []
        elif tag == TEXT + "p" and self.cell is not None:
            self.text = []
        elif self.text is not None:
            if tag == TEXT + "s":
                self.text.append(" " * min(_count(given, TEXT + "c"), 100))
            elif tag == TEXT + "tab":
                self.text.append("\t")
            elif tag == TEXT + "line-break":
                self.text.append("\n")
        elif tag == TABLE + "table-row":
            self.cells, self.empty = [], 0
            self.times = _count(given, TABLE + "number-rows-repeated")

    def _data(self, text: str) -> None:
        if self.text is not None and not self.notes:
            self.text.append(text)

    def _end(self, tag: str) -> None:
        if self.notes:
            self.notes -= 1
        elif tag == TEXT + "p" and self.text is not None:
            self.paragraphs.append("".join(self.text))
            self.text = None
        elif tag in CELLS and self.cell is not None:
            self._put(
                _value(self.cell, self.paragraphs), _count(self.cell, TABLE + "number-columns-repeated")
            )
            self.cell = None
        elif tag == TABLE + "table-row":
            self.rows.append((self.cells, self.times))
        elif tag == TABLE + "table":
            self.done = True

    def _put(self, value: str | float, times: int) -> None:
        if value == "":
            self.empty += times
            return
        if len(self.cells) + self.empty + times > FURTHEST:
            raise Refused(DAMAGED)
        self.cells += [""] * self.empty
        self.cells += [value] * min(times, COLUMNS + 1)  # one more is too wide already
        self.empty = 0


class _Measure(_Walk):
    """Only how far a sheet goes: nothing is put together, so it takes a fraction of the time."""

    def __init__(self, wanted: str):
        super().__init__(wanted)
        self.row = self.column = self.height = self.width = 0

    def _outside(self, tag: str, given: dict[str, str]) -> None:
        super()._outside(tag, given)
        if self.parser.StartElementHandler == self._start:
            self.parser.EndElementHandler = self.parser.CharacterDataHandler = None

    def _start(self, tag: str, given: dict[str, str]) -> None:
        if tag in CELLS:
            self.column += _count(given, TABLE + "number-columns-repeated")
            if OFFICE + "value-type" in given:
                self.height = self.row
                self.width = max(self.width, self.column)
        elif tag == TABLE + "table-row":
            self.row += _count(given, TABLE + "number-rows-repeated")
            self.column = 0
        elif tag == TABLE + "table":
            self.done = True


def _count(given: dict[str, str], name: str) -> int:
    text = given.get(name, "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 1


def _value(given: dict[str, str], paragraphs: list[str]) -> str | float:
    """A number, or the text of a cell: a date as 1980-07-01, TRUE as "1"."""
    kind = given.get(OFFICE + "value-type", "")
    if kind in NUMBERS:
        return float(given.get(OFFICE + "value", "nan"))
    if kind == "boolean":
        return "1" if given.get(OFFICE + "boolean-value") == "true" else "0"
    if kind == "date":
        return given.get(OFFICE + "date-value", "").removesuffix("T00:00:00").replace("T", " ")
    return "\n".join(paragraphs) or given.get(OFFICE + "string-value", "")
