"""CSV: encoding, delimiter, records, and the stream that COPY reads."""

from __future__ import annotations

import codecs
import csv
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from jobs.inert import unquoted
from jobs.reader.limits import CHUNK, COLUMNS, Refused
from jobs.reader.table import CopyStream, copy_rows

DELIMITERS = "|;\t,"


@dataclass
class Dialect:
    encoding: str
    delimiter: str
    newline: str


def dialect_of(path: Path) -> Dialect:
    """Encoding of the whole file; delimiter and line end from its first lines."""
    encoding = _encoding(path)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        head = file.read(256 * 1024)
    newline = "\n" if "\n" in head else "\r"
    lines = [line for line in head.split(newline)[:200] if line.strip()][:60]
    return Dialect(encoding, _delimiter(lines), newline)


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(4)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"


def _delimiter(lines: list[str]) -> str:
    """The one that cuts most lines into the same number of cells, and into more than one."""
    best, score = ",", (0, 0)
    for delimiter in DELIMITERS:
        counts = Counter(len(_cells(line, delimiter)) for line in lines)
        width, often = max(counts.items(), key=lambda item: (item[0] > 1, item[1], item[0]), default=(1, 0))
        if width > 1 and (often, width) > score:
            best, score = delimiter, (often, width)
    return best


def _cells(line: str, delimiter: str) -> list[str]:
    """One line by itself: quoted as CSV says if that works out, else cut at every delimiter."""
    try:
        rows = list(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        return line.split(delimiter)
    return rows[0] if rows else []


class Lines:
    """The lines of a file with a uniform end, remembering those of the record being read."""

    def __init__(self, file: IO[str]):
        self.file = file
        self.pending: list[str] = []

    @property
    def apostrophe(self) -> bool:
        """True when the record being read holds one."""
        return any("'" in line for line in self.pending)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self.file).rstrip("\r\n").replace("\0", "\ufffd")
        self.pending.append(line)
        return line + "\n"


def csv_rows(file: IO[str], delimiter: str) -> Iterator[list[str]]:
    """Every record of a CSV file, blank ones as []. No line is ever swallowed.

    A quote that is opened and never closed would make one cell of all that follows. So reading is
    strict, and where it fails the lines of that record are cut one by one as they stand.
    The `'` that keeps a spreadsheet from calculating with a cell (jobs/inert.py) is not part of its text.
    """
    lines = Lines(file)
    while True:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            for row in reader:
                marked = lines.apostrophe
                lines.pending.clear()
                yield [unquoted(cell) for cell in row] if marked else row
            return
        except csv.Error:
            broken = list(lines.pending)
            lines.pending.clear()
            for line in broken:
                yield [unquoted(cell) for cell in _cells(line, delimiter)]


def open_csv(path: Path, dialect: Dialect) -> IO[str]:
    return path.open(encoding=dialect.encoding, errors="replace", newline=dialect.newline)


def stage_csv(path: Path, order: dict[str, Any]) -> dict[str, Any]:
    """Copy the rows below the header into the table, counting every one."""
    dialect = dialect_of(path)
    with open_csv(path, dialect) as file:
        rows = csv_rows(file, dialect.delimiter)
        header: list[str] = []
        for _ in range(order["header_row"]):
            header = next(rows, [])
        width = max(len(header), order.get("width", 0), 1)
        if width > COLUMNS:
            raise Refused(f"Berkas ini berisi lebih dari {COLUMNS} kolom. Hapus kolom yang tidak perlu.")
        size = max(path.stat().st_size, 1)
        stream = CopyStream(
            rows,
            width,
            order["header_row"],
            lambda: os.lseek(file.fileno(), 0, os.SEEK_CUR) / size,
            dialect.delimiter,
        )
        copy_rows(stream, order)
    return {"headers": header, "rows": stream.rows, "blank": stream.blank, "width": width, "date_1904": False}
