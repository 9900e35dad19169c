"""Files for another program: only the columns it expects, in its order, and nothing above the header.

So no column bears the mark of whom the file was made for. It stands in the properties of the workbook, on
every printed page, in "Keterangan" behind the rows, and in the name of the file. Read by our own importer
they come back as they went out (decision 0026). Constant memory.
"""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from jobs.cells import LAST_ROW, TEXT, Book, PipeRows, clean
from jobs.ekspor.files import NOTICE, Batch, Cover, ExportFile, Tabel, notice, print_with_mark, write_cover


class ExchangeBook(ExportFile):
    """A workbook with a sheet for each table, "Keterangan" last: programs read the first sheet."""

    suffix = "xlsx"
    most = LAST_ROW - 1

    def __init__(self, path: Path, folder: Path, tables: Sequence[Tabel], cover: Cover):
        self.cover = cover
        self.book = Book(path, folder)
        self.book.set_properties({"title": clean(cover.judul), "comments": clean(cover.tanda)})
        self.book.set_custom_property("SENTRAL", clean(cover.tanda))
        head = self.book.add_format({"bold": True, "num_format": TEXT})
        text = self.book.add_format({"num_format": TEXT})
        self.sheets = [self.book.add_sheet(table.nama) for table in tables]
        self.next = [1] * len(tables)
        for sheet, table in zip(self.sheets, tables, strict=True):
            for place, kolom in enumerate(table.kolom):
                sheet.set_column(place, place, kolom.lebar, text)
                sheet.write_text(0, place, kolom.judul, head)
            print_with_mark(sheet, cover)

    def write(self, batch: Batch) -> None:
        """Add rows to each table."""
        for place, rows in enumerate([batch.rows, *batch.lain]):
            sheet = self.sheets[place]
            for row, cells in enumerate(rows, start=self.next[place]):
                for column, cell in enumerate(cells):
                    if cell:
                        sheet.write_text(row, column, cell)
            self.next[place] += len(rows)

    def close(self) -> None:
        """Write "Keterangan" and the file."""
        write_cover(self.book, self.book.add_sheet("Keterangan"), self.cover)
        self.book.close()


class ExchangeCsv(ExportFile):
    """A ZIP with a CSV for each table, `|` between cells as SIKS-NG has it, and keterangan.txt."""

    suffix = "zip"
    most = None

    def __init__(self, path: Path, folder: Path, tables: Sequence[Tabel], cover: Cover):
        self.cover = cover
        path.touch(mode=0o600)
        self.zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        # one entry at a time can be written: the further tables grow beside it
        self.waiting = [folder / f"{table.nama}.csv" for table in tables[1:]]
        first = self.zip.open(f"{tables[0].nama}.csv", "w", force_zip64=True)
        streams: list[IO[bytes]] = [first, *(path.open("xb") for path in self.waiting)]
        self.files = [io.TextIOWrapper(stream, encoding="utf-8", newline="") for stream in streams]
        self.rows = [PipeRows(file) for file in self.files]
        for table, rows in zip(tables, self.rows, strict=True):
            rows.write_all([[kolom.judul for kolom in table.kolom]])

    def write(self, batch: Batch) -> None:
        """Add rows to each table."""
        for place, rows in enumerate([batch.rows, *batch.lain]):
            self.rows[place].write_all(rows)

    def close(self) -> None:
        """End the tables, put them into the ZIP, and the text beside them."""
        for file in self.files:
            file.close()
        for path in self.waiting:
            with path.open("rb") as source, self.zip.open(path.name, "w", force_zip64=True) as target:
                shutil.copyfileobj(source, target)
            with suppress(FileNotFoundError):
                path.unlink()
        self.zip.writestr(NOTICE, notice(self.cover))
        self.zip.close()


EXCHANGE: dict[str, type[ExportFile]] = {"xlsx": ExchangeBook, "csv": ExchangeCsv}
