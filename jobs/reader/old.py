"""XLS, XLSB and ODS through calamine, which holds a whole sheet in memory: small files only.

A cell arrives as a value; it is written as XLSX would show it: a whole number without decimals, TRUE as
"1". A date arrives as a date and is written 1980-07-01, so the workbook's own day one never matters.
"""

from __future__ import annotations

import datetime
import re
import resource
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from jobs.reader.kinds import kind_of
from jobs.reader.limits import COLUMNS, LONG_NUMBER, OLD_MEMORY, OLD_ROWS, TOO_WIDE, Refused, watched_bits
from jobs.reader.table import CopyStream, copy_rows

UNREADABLE = (
    "Berkas ini terlalu besar atau rusak untuk dibaca dalam format lama. Buka di Excel, simpan sebagai .xlsx,"
    " lalu unggah lagi."
)
LONG = re.compile(rf"-?[0-9][0-9.e+]{{{LONG_NUMBER - 1},}}")


def open_old(path: Path):
    """The workbook; a hostile one runs into the limit of memory and ends this process, not the machine."""
    import python_calamine

    resource.setrlimit(resource.RLIMIT_DATA, (OLD_MEMORY, OLD_MEMORY))
    # By its ending calamine knows the format; without one it tries them all and says nothing of a password.
    named = Path(tempfile.mkdtemp()) / f"isi.{kind_of(path)}"
    named.symlink_to(path.absolute())
    try:
        return python_calamine.CalamineWorkbook.from_path(named)
    except python_calamine.PasswordError as error:
        raise Refused("Berkas ini bersandi. Buka di Excel, simpan tanpa sandi, lalu unggah lagi.") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise Refused(UNREADABLE) from error


def peek_old(path: Path, kind: str, rows: int) -> dict[str, Any]:
    """The first rows of every sheet, as text."""
    from python_calamine import SheetVisibleEnum

    workbook = open_old(path)
    sheets = []
    for sheet in workbook.sheets_metadata:
        first = []
        for number, cells in enumerate(_rows(workbook, sheet.name), 1):
            first.append(_trimmed([text_of(cell) for cell in cells]))
            if number == rows:
                break
        hidden = sheet.visible != SheetVisibleEnum.Visible
        sheets.append({"name": sheet.name, "hidden": hidden, "rows": first})
    return {"kind": kind, "sheets": sheets}


def list_of(path: Path, order: dict[str, Any]) -> tuple[list[str], Iterator[list]]:
    """The header of the sheet, as wide as the sheet, and the rows below it."""
    workbook = open_old(path)
    if order["sheet"] not in workbook.sheet_names:
        raise Refused("Lembar yang dipilih tidak ada di berkas ini.")
    rows = _rows(workbook, order["sheet"])
    header: list[str] = []
    for _ in range(order["header_row"]):
        header = _trimmed([text_of(cell) for cell in next(rows, [])])
    first = next(rows, [])
    width = max(len(header), len(first), 1)
    if width > COLUMNS:
        raise Refused(TOO_WIDE)
    return header + [""] * (width - len(header)), chain([first], rows)


def stage_old(path: Path, order: dict[str, Any]) -> dict[str, Any]:
    """Copy the rows of a sheet below its header into the table."""
    header, rows = list_of(path, order)
    width = len(header)
    stream = CellStream(rows, width, order["header_row"], lambda: 1.0)
    stream.marks = watched_bits(order)
    copy_rows(stream, order)
    return {"headers": header, "rows": stream.rows, "blank": stream.blank, "width": width, "date_1904": False}


class CellStream(CopyStream):
    """Rows of cells, all of one width: long numbers among them are marked."""

    marks: dict[int, int]

    def _fill(self) -> None:
        batch: list[list] = []
        skipped = 0
        for cells in self.source:
            self.number += 1
            texts = [text_of(cell) for cell in cells]
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


def _rows(workbook, name: str) -> Iterator[list]:
    """Every row of a sheet from its first, each with the empty cells to the left of the data."""
    from python_calamine import CalamineError

    try:
        sheet = workbook.get_sheet_by_name(name)
    except (CalamineError, ValueError) as error:
        raise Refused(UNREADABLE) from error
    if sheet.total_height > OLD_ROWS:
        raise Refused(
            "Lembar ini lebih dari 200.000 baris, terlalu besar untuk format lama. Simpan sebagai .xlsx atau"
            " .csv, lalu unggah lagi."
        )
    left = [""] * (sheet.start[1] if sheet.start else 0)
    for cells in sheet.iter_rows():
        yield left + cells


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
