"""XLS, XLSB and ODS: rows of values, written as XLSX would show them.

A whole number is written without decimals, TRUE as "1". XLSB and ODS are read row by row (xlsb.py, ods.py); an XLS
is held in memory by calamine, and has 65,536 rows at most. Two passes: how wide and long the sheet is, then its rows.
"""

from __future__ import annotations

import datetime
import re
import resource
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from jobs.reader.kinds import kind_of
from jobs.reader.limits import COLUMNS, LONG_NUMBER, OLD_MEMORY, OLD_ROWS, TOO_WIDE, Refused, watched_bits
from jobs.reader.ods import OdsBook
from jobs.reader.table import CopyStream, copy_rows
from jobs.reader.xlsb import XlsbBook

UNREADABLE = (
    "Berkas ini terlalu besar atau rusak untuk dibaca dalam format lama. Buka di Excel, simpan sebagai .xlsx,"
    " lalu unggah lagi."
)
LONG = re.compile(rf"-?[0-9][0-9.e+]{{{LONG_NUMBER - 1},}}")


class Book(Protocol):
    """What can be read of a workbook. sheets: (name, hidden)."""

    sheets: list[tuple[str, bool]]
    date_1904: bool

    def rows(self, name: str) -> Iterator[list]:
        """Every row of a sheet from its first, cells as texts, numbers or dates."""
        ...

    def size(self, name: str) -> tuple[int, int]:
        """How many rows and columns of a sheet hold something."""
        ...


def open_old(path: Path) -> Book:
    """The workbook; a hostile one runs into the limit of memory and ends this process, not the machine."""
    resource.setrlimit(resource.RLIMIT_DATA, (OLD_MEMORY, OLD_MEMORY))
    return BOOKS[kind_of(path)](path)


class XlsBook:
    """An XLS, by calamine. A date arrives as a date, so the workbook's own day one never matters."""

    date_1904 = False

    def __init__(self, path: Path):
        import python_calamine

        # By its ending calamine knows the format; without one it tries them all and says nothing of a password.
        named = Path(tempfile.mkdtemp()) / "isi.xls"
        named.symlink_to(path.absolute())
        try:
            self.book = python_calamine.CalamineWorkbook.from_path(named)
        except python_calamine.PasswordError as error:
            raise Refused(
                "Berkas ini bersandi. Buka di Excel, simpan tanpa sandi, lalu unggah lagi."
            ) from error
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            raise Refused(UNREADABLE) from error
        self._read: dict[str, Any] = {}
        visible = python_calamine.SheetVisibleEnum.Visible
        self.sheets = [(sheet.name, sheet.visible != visible) for sheet in self.book.sheets_metadata]

    def rows(self, name: str) -> Iterator[list]:
        """Every row, each with the empty cells to the left of the data."""
        sheet = self._sheet(name)
        left = [""] * (sheet.start[1] if sheet.start else 0)
        for cells in sheet.iter_rows():
            yield left + cells

    def size(self, name: str) -> tuple[int, int]:
        """How many rows and columns of a sheet hold something."""
        sheet = self._sheet(name)
        above, left = sheet.start or (0, 0)
        return above + sheet.height, left + sheet.width

    def _sheet(self, name: str):
        from python_calamine import CalamineError

        if name not in self._read:
            try:
                self._read = {name: self.book.get_sheet_by_name(name)}
            except (CalamineError, ValueError) as error:
                raise Refused(UNREADABLE) from error
        return self._read[name]


BOOKS: dict[str, Callable[[Path], Book]] = {"xls": XlsBook, "xlsb": XlsbBook, "ods": OdsBook}


def peek_old(path: Path, kind: str, rows: int) -> dict[str, Any]:
    """The first rows of every sheet, as text."""
    book = open_old(path)
    sheets = []
    for name, hidden in book.sheets:
        first = [_trimmed([text_of(cell) for cell in cells]) for cells in islice(book.rows(name), rows)]
        sheets.append({"name": name, "hidden": hidden, "rows": first})
    return {"kind": kind, "sheets": sheets, "date_1904": book.date_1904}


def measure(book: Book, name: str) -> int:
    """How wide a sheet is, in columns; refused when it is too wide, or longer than such a file may be."""
    height, width = book.size(name)
    if height > OLD_ROWS:
        raise Refused(
            "Lembar ini lebih dari 200.000 baris, terlalu besar untuk format lama. Simpan sebagai .xlsx"
            " atau .csv, lalu unggah lagi."
        )
    if width > COLUMNS:
        raise Refused(TOO_WIDE)
    return max(width, 1)


def list_of(path: Path, order: dict[str, Any]) -> tuple[list[str], Iterator[list], bool]:
    """The header of the sheet, as wide as the sheet, the rows below it, and whether its days count from 1904."""
    book = open_old(path)
    if order["sheet"] not in dict(book.sheets):
        raise Refused("Lembar yang dipilih tidak ada di berkas ini.")
    width = measure(book, order["sheet"])
    rows = book.rows(order["sheet"])
    header: list[str] = []
    for _ in range(order["header_row"]):
        header = [text_of(cell) for cell in next(rows, [])][:width]
    return header + [""] * (width - len(header)), rows, book.date_1904


def stage_old(path: Path, order: dict[str, Any]) -> dict[str, Any]:
    """Copy the rows of a sheet below its header into the table."""
    header, rows, date_1904 = list_of(path, order)
    width = len(header)
    stream = CellStream(rows, width, order["header_row"], lambda: 1.0)
    stream.marks = watched_bits(order)
    copy_rows(stream, order)
    return {
        "headers": header,
        "rows": stream.rows,
        "blank": stream.blank,
        "width": width,
        "date_1904": date_1904,
    }


class CellStream(CopyStream):
    """Rows of cells, all of one width: long numbers among them are marked."""

    marks: dict[int, int]

    def _fill(self) -> None:
        batch: list[list] = []
        skipped = 0
        for cells in self.source:
            self.number += 1
            texts = [text_of(cell) for cell in cells[: self.width]]
            if not any(texts):
                skipped += 1
                continue
            marks = marks_of(cells, self.marks)
            texts += [""] * (self.width - len(texts))
            batch.append([self.number, self.width, None, marks, *texts])
            self.blank += skipped  # blank rows below the last one that holds something are none
            skipped = 0
            if len(batch) == 1000:
                break
        self.rows += len(batch)
        self.writer.writerows(batch)


def text_of(value: Any) -> str:
    """A cell as text: 1903010101800001.0 -> 1903010101800001, 0.25 -> 0.25, TRUE -> 1, a date as 1980-07-01."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e17 else repr(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time.min:
        return value.date().isoformat()
    return str(value)


def marks_of(cells: list, bits: dict[int, int]) -> int:
    """The bits of those cells that are long numbers."""
    return sum(bit for k, bit in bits.items() if k < len(cells) and _is_long(cells[k]))


def _is_long(value: Any) -> bool:
    return isinstance(value, (int, float)) and LONG.fullmatch(text_of(value)) is not None


def _trimmed(cells: list[str]) -> list[str]:
    while cells and cells[-1] == "":
        cells.pop()
    return cells
