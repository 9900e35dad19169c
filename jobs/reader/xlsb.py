"""Excel's binary workbooks, record by record (MS-XLSB): a record is its type, its length and its content.

No more than a row is kept, and the texts that rows share, which lie one behind another in one stretch of bytes.
A date is the number of its day, as in XLSX.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from jobs.reader.archive import check_size
from jobs.reader.limits import DAMAGED, Refused

CHUNK = 1024 * 1024
ROW, BLANK, RK, ERROR, BOOL, REAL, STRING, SHARED = range(8)
F_STRING, F_NUMBER, F_BOOL, F_ERROR = range(8, 12)
SHARED_ITEM, RICH_STRING = 19, 62
BOOK_PROPERTIES, SHEET, ROWS_END = 153, 156, 146
ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
BROKEN = (struct.error, zipfile.BadZipFile, zlib.error, KeyError, EOFError, IndexError, UnicodeError)
FURTHEST = 16_384  # columns


class XlsbBook:
    """Sheets of a workbook as (name, hidden), and the rows of one of them."""

    def __init__(self, path: Path):
        self.path = path
        self.sheets: list[tuple[str, bool]] = []
        self.date_1904 = False
        self._part: dict[str, str] = {}
        self._texts: _Texts | None = None
        try:
            with zipfile.ZipFile(path) as archive:
                check_size(archive)
                self._read_book(archive)
        except BROKEN as error:
            raise Refused(DAMAGED) from error

    def _read_book(self, archive: zipfile.ZipFile) -> None:
        targets = _targets(archive.read("xl/_rels/workbook.bin.rels"))
        with archive.open("xl/workbook.bin") as stream:
            for kind, content in _records(stream):
                if kind == BOOK_PROPERTIES:
                    self.date_1904 = bool(content[0] & 1)
                elif kind == SHEET:
                    (state,) = struct.unpack_from("<I", content)
                    relation, end = _wide(content, 8)
                    name, _ = _wide(content, end)
                    target = targets.get(relation, "")
                    if "worksheets/" in target:
                        self.sheets.append((name, state != 0))
                        self._part[name] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    def rows(self, name: str) -> Iterator[list]:
        """Every row of a sheet as far as its last filled one; cells are texts or numbers."""
        try:
            with zipfile.ZipFile(self.path) as archive:
                if self._texts is None:
                    self._texts = _Texts(archive)
                with archive.open(self._part[name]) as stream:
                    yield from self._rows(stream, self._texts)
        except BROKEN as error:
            raise Refused(DAMAGED) from error

    def size(self, name: str) -> tuple[int, int]:
        """How many rows and columns a sheet has; nothing is decoded."""
        height = width = row = 0
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(self._part[name]) as stream:
                for kind, content in _records(stream):
                    if kind == ROW:
                        row = int.from_bytes(content[:4], "little") + 1
                    elif BLANK < kind <= F_ERROR or kind == RICH_STRING:
                        height = row
                        width = max(width, int.from_bytes(content[:4], "little") + 1)
                    elif kind == ROWS_END:
                        break
        except BROKEN as error:
            raise Refused(DAMAGED) from error
        return height, width

    @staticmethod
    def _rows(stream: IO[bytes], texts: _Texts) -> Iterator[list]:
        written, number = 0, -1
        cells: list = []
        for kind, content in _records(stream):
            if kind in (ROW, ROWS_END):
                if any(cell != "" for cell in cells):
                    for _ in range(number - written):
                        yield []
                    yield cells
                    written = number + 1
                if kind == ROWS_END:
                    return
                (number,) = struct.unpack_from("<I", content)
                if number < written:
                    raise Refused(DAMAGED)
                cells = []
            elif BLANK < kind <= F_ERROR or kind == RICH_STRING:
                (column,) = struct.unpack_from("<I", content)
                if column >= FURTHEST:
                    raise Refused(DAMAGED)
                cells.extend([""] * (column + 1 - len(cells)))
                cells[column] = _value(kind, content, texts)


def _value(kind: int, content: bytes, texts: _Texts) -> str | float:
    if kind == SHARED:
        return texts[struct.unpack_from("<I", content, 8)[0]]
    if kind in (REAL, F_NUMBER):
        return struct.unpack_from("<d", content, 8)[0]
    if kind in (STRING, F_STRING):
        return _wide(content, 8)[0]
    if kind == RK:
        return _rk(struct.unpack_from("<I", content, 8)[0])
    if kind == RICH_STRING:
        return _wide(content, 9)[0]
    if kind in (BOOL, F_BOOL):
        return str(content[8])
    return ERRORS.get(content[8], "#N/A")


def _rk(packed: int) -> float:
    """A number in thirty bits: whole or the front of a float, perhaps to be divided by a hundred."""
    if packed & 2:
        number = float(struct.unpack("<i", struct.pack("<I", packed & ~3))[0] >> 2)
    else:
        number = struct.unpack("<d", struct.pack("<Q", (packed & ~3) << 32))[0]
    return number / 100 if packed & 1 else number


class _Texts:
    """The texts that cells share, as bytes: a million of them cost what they are long."""

    def __init__(self, archive: zipfile.ZipFile):
        self.ends = array("Q", [0])
        self.bytes = bytearray()
        part = next((name for name in archive.namelist() if name.lower() == "xl/sharedstrings.bin"), None)
        if part is None:
            return
        with archive.open(part) as stream:
            for kind, content in _records(stream):
                if kind == SHARED_ITEM:
                    self.bytes += _wide(content, 1)[0].encode("utf-8", "replace")
                    self.ends.append(len(self.bytes))

    def __getitem__(self, number: int) -> str:
        return self.bytes[self.ends[number] : self.ends[number + 1]].decode()


def _records(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Type and content of each record, from a stretch of the file at a time."""
    data, place = stream.read(CHUNK), 0
    while True:
        if len(data) - place < 6:
            data, place = data[place:] + stream.read(CHUNK), 0
            if not data:
                return
        kind = data[place]
        place += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (data[place] << 7)
            place += 1
        length = shift = 0
        while True:
            byte = data[place]
            place += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 or shift > 21:
                break
        while len(data) - place < length:
            more = stream.read(max(CHUNK, length))
            if not more:
                raise EOFError
            data, place = data[place:] + more, 0
        yield kind, data[place : place + length]
        place += length


def _wide(content: bytes, start: int) -> tuple[str, int]:
    """A text of 16-bit signs behind its length, and where it ends."""
    (length,) = struct.unpack_from("<I", content, start)
    end = start + 4 + 2 * length
    if end > len(content):
        raise EOFError
    return content[start + 4 : end].decode("utf-16-le", "replace"), end


def _targets(xml: bytes) -> dict[str, str]:
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        return {one.get("Id", ""): one.get("Target", "") for one in fromstring(xml)}
    except (ParseError, DefusedXmlException) as error:
        raise Refused(DAMAGED) from error
