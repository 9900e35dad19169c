"""The files of an export: a workbook, or a CSV in a ZIP beside what explains it. Constant memory.

Both say for whom they were made: in a sheet or a text of their own, in the margins of a printed page, and
in the last column of every row, where the mark stays with rows that are copied elsewhere.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jobs.cells import LAST_ROW, TEXT, Book, CsvRows, Sheet, clean

MARK = "TANDA"
MARK_WIDTH = 34
FAINT = "#8A9A9C"


@dataclass(frozen=True)
class Kolom:
    """One column: its title and its width in a sheet, in characters."""

    judul: str
    lebar: int = 16


@dataclass(frozen=True)
class Cover:
    """What a file says of itself. tanda: the mark in each row.  lines: (label, text) of "Keterangan"."""

    judul: str
    tanda: str
    lines: list[tuple[str, str]] = field(default_factory=list)


class XlsxFile:
    """A workbook: "Keterangan" first, then as many sheets of rows as Excel's limit asks for."""

    suffix = "xlsx"

    def __init__(self, path: Path, folder: Path, kolom: Sequence[Kolom], cover: Cover):
        self.kolom, self.cover = kolom, cover
        self.book = Book(path, folder)
        self.book.set_properties({"title": clean(cover.judul), "comments": clean(cover.tanda)})
        self.head = self.book.add_format({"bold": True, "bottom": 1, "num_format": TEXT})
        self.text = self.book.add_format({"num_format": TEXT})
        self.faint = self.book.add_format({"num_format": TEXT, "font_color": FAINT})
        self.first = self.book.add_sheet("Keterangan")
        self.sheets: list[Sheet] = []
        self.row = LAST_ROW

    def write_all(self, rows: Sequence[Sequence[str]]) -> None:
        """Add rows below the others; a full sheet is followed by the next."""
        width, mark = len(self.kolom), self.cover.tanda
        for cells in rows:
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
        bold = self.book.add_format({"bold": True, "font_size": 14})
        wrapped = self.book.add_format({"text_wrap": True, "valign": "top", "num_format": TEXT})
        label = self.book.add_format({"bold": True, "valign": "top"})
        self.first.set_column(0, 0, 24)
        self.first.set_column(1, 1, 90)
        self.first.write_text(0, 0, self.cover.judul, bold)
        for row, (name, words) in enumerate(self.cover.lines, start=2):
            self.first.write_text(row, 0, name, label)
            self.first.write_text(row, 1, words, wrapped)
        self._margins(self.first)
        self.book.close()

    def _next_sheet(self) -> None:
        number = len(self.sheets) + 1
        sheet = self.book.add_sheet("Data" if number == 1 else f"Data {number}")
        for place, kolom in enumerate(self.kolom):
            sheet.set_column(place, place, kolom.lebar, self.text)
        sheet.set_column(len(self.kolom), len(self.kolom), MARK_WIDTH)
        for place, title in enumerate([*(k.judul for k in self.kolom), MARK]):
            sheet.write_text(0, place, title, self.head)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        self._margins(sheet)
        self.sheets.append(sheet)
        self.row = 1

    def _margins(self, sheet: Sheet) -> None:
        """The mark on every printed page. & starts a code there, and 255 characters are the limit."""
        mark = clean(self.cover.tanda).replace("&", "&&")[:180]
        sheet.set_header(f'&L&"Calibri,Italic"&8{mark}&R&8Dilarang disebarkan')
        sheet.set_footer(f'&L&"Calibri,Italic"&8{mark}&R&8&P dari &N')


class CsvFile:
    """A ZIP with data.csv and keterangan.txt: a comment above the header would break who reads the CSV."""

    suffix = "zip"

    def __init__(self, path: Path, folder: Path, kolom: Sequence[Kolom], cover: Cover):
        self.cover = cover
        path.touch(mode=0o600)
        self.zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self.file = io.TextIOWrapper(
            self.zip.open("data.csv", "w", force_zip64=True), encoding="utf-8", newline=""
        )
        self.rows = CsvRows(self.file)
        self.rows.write_all([[*(k.judul for k in kolom), MARK]])

    def write_all(self, rows: Sequence[Sequence[str]]) -> None:
        """Add rows below the others."""
        self.rows.write_all([*cells, self.cover.tanda] for cells in rows)

    def close(self) -> None:
        """End the rows and write the text beside them."""
        self.file.close()
        lines = [self.cover.judul, "", *(f"{name}: {words}" for name, words in self.cover.lines)]
        self.zip.writestr("keterangan.txt", "\r\n".join(map(clean, lines)))
        self.zip.close()


FILES: dict[str, type[XlsxFile] | type[CsvFile]] = {"xlsx": XlsxFile, "csv": CsvFile}
