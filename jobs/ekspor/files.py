"""The files of an export: a workbook, or a CSV in a ZIP beside what explains it. Constant memory.

Both say for whom they were made: in a sheet or a text of their own, in the margins of a printed page, and
in the last column of every row, where the mark stays with rows that are copied elsewhere. Files whose
columns another program expects stand in exchange.py and geopackage.py beside this.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from jobs.cells import LAST_ROW, TEXT, Book, CsvRows, Sheet, clean

MARK = "TANDA"
NOTICE = "keterangan.txt"  # passed over when the ZIP comes back (jobs/reader/kinds.py)
MARK_WIDTH = 34
FAINT = "#8A9A9C"


@dataclass(frozen=True)
class Kolom:
    """One column: its title and its width in a sheet, in characters. angka: a GIS reckons with it."""

    judul: str
    lebar: int = 16
    angka: bool = False


@dataclass(frozen=True)
class Tabel:
    """One table of a file: the name of its sheet or CSV, and its columns."""

    nama: str
    kolom: Sequence[Kolom]


@dataclass(frozen=True)
class Batch:
    """Some rows of text, and the ids that leave with them, by objek as in Jejak: {"keluarga": [7, 9]}.

    lain: rows of the further tables, in the order of EksporKind.lain.
    """

    rows: Sequence[Sequence[str]]
    ids: Mapping[str, Sequence[int]]
    lain: Sequence[Sequence[Sequence[str]]] = ()


@dataclass(frozen=True)
class Cover:
    """What a file says of itself. tanda: the mark in each row.  lines: (label, text) of "Keterangan"."""

    judul: str
    tanda: str
    lines: list[tuple[str, str]] = field(default_factory=list)


class ExportFile(Protocol):
    """What the job asks of a file. most: how many rows a table may have; None without a limit."""

    suffix: str
    most: int | None

    def __init__(self, path: Path, folder: Path, tables: Sequence[Tabel], cover: Cover): ...

    def write(self, batch: Batch) -> None:
        """Add rows below the others."""

    def close(self) -> None:
        """Write what explains it, and the file."""


class XlsxFile(ExportFile):
    """A workbook: "Keterangan" first, then as many sheets of rows as Excel's limit asks for."""

    suffix = "xlsx"
    most = None

    def __init__(self, path: Path, folder: Path, tables: Sequence[Tabel], cover: Cover):
        (table,) = tables
        self.kolom, self.cover = table.kolom, cover
        self.book = Book(path, folder)
        self.book.set_properties({"title": clean(cover.judul), "comments": clean(cover.tanda)})
        self.head = self.book.add_format({"bold": True, "bottom": 1, "num_format": TEXT})
        self.text = self.book.add_format({"num_format": TEXT})
        self.faint = self.book.add_format({"num_format": TEXT, "font_color": FAINT})
        self.first = self.book.add_sheet("Keterangan")
        self.sheets: list[Sheet] = []
        self.row = LAST_ROW

    def write(self, batch: Batch) -> None:
        """Add rows below the others; a full sheet is followed by the next."""
        width, mark = len(self.kolom), self.cover.tanda
        for cells in batch.rows:
            if self.row >= LAST_ROW:
                self._next_sheet()
            sheet, row = self.sheets[-1], self.row
            for column, cell in enumerate(cells):
                if cell:
                    sheet.write_text(row, column, cell)
            sheet.write_text(row, width, mark, self.faint)
            self.row += 1

    def close(self) -> None:
        """Write the first sheet and the file. Without a row there is a sheet with the header alone."""
        if not self.sheets:
            self._next_sheet()
        write_cover(self.book, self.first, self.cover)
        self.book.close()

    def _next_sheet(self) -> None:
        number = len(self.sheets) + 1
        sheet = self.book.add_sheet("Data" if number == 1 else f"Data {number}")
        for place, kolom in enumerate(self.kolom):
            sheet.set_column(place, place, kolom.lebar, self.text)
        sheet.set_column(len(self.kolom), len(self.kolom), MARK_WIDTH)
        for place, title in enumerate([*(k.judul for k in self.kolom), MARK]):
            sheet.write_text(0, place, title, self.head)
        print_with_mark(sheet, self.cover)
        self.sheets.append(sheet)
        self.row = 1


def write_cover(book: Book, sheet: Sheet, cover: Cover) -> None:
    """The sheet "Keterangan": what the file is, for whom and why."""
    bold = book.add_format({"bold": True, "font_size": 14})
    wrapped = book.add_format({"text_wrap": True, "valign": "top", "num_format": TEXT})
    label = book.add_format({"bold": True, "valign": "top"})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    sheet.write_text(0, 0, cover.judul, bold)
    for row, (name, words) in enumerate(cover.lines, start=2):
        sheet.write_text(row, 0, name, label)
        sheet.write_text(row, 1, words, wrapped)
    _margins(sheet, cover)


def print_with_mark(sheet: Sheet, cover: Cover) -> None:
    """A sheet of rows as it is read and printed: the header stays, the mark stands on every page."""
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    _margins(sheet, cover)


def _margins(sheet: Sheet, cover: Cover) -> None:
    """The mark on every printed page. & starts a code there, and 255 characters are the limit."""
    mark = clean(cover.tanda).replace("&", "&&")[:180]
    sheet.set_header(f'&L&"Calibri,Italic"&8{mark}&R&8Dilarang disebarkan')
    sheet.set_footer(f'&L&"Calibri,Italic"&8{mark}&R&8&P dari &N')


def notice(cover: Cover) -> str:
    """The same as write_cover's as a text, for a file beside a CSV."""
    lines = [cover.judul, cover.tanda, "", *(f"{name}: {words}" for name, words in cover.lines)]
    return "\r\n".join(map(clean, lines))


class CsvFile(ExportFile):
    """A ZIP with data.csv and keterangan.txt: a comment above the header would break who reads the CSV."""

    suffix = "zip"
    most = None

    def __init__(self, path: Path, folder: Path, tables: Sequence[Tabel], cover: Cover):
        (table,) = tables
        self.cover = cover
        path.touch(mode=0o600)
        self.zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self.file = io.TextIOWrapper(
            self.zip.open("data.csv", "w", force_zip64=True), encoding="utf-8", newline=""
        )
        self.rows = CsvRows(self.file)
        self.rows.write_all([[*(k.judul for k in table.kolom), MARK]])

    def write(self, batch: Batch) -> None:
        """Add rows below the others."""
        self.rows.write_all([*cells, self.cover.tanda] for cells in batch.rows)

    def close(self) -> None:
        """End the rows and write the text beside them."""
        self.file.close()
        self.zip.writestr(NOTICE, notice(self.cover))
        self.zip.close()


FILES: dict[str, type[ExportFile]] = {"xlsx": XlsxFile, "csv": CsvFile}
