"""The reject workbook: refused rows as they stood in the file, what is wrong with each, ready to be mended.

Its header is the file's own (of linked tables that of the persons, then that of the households), so the mended
workbook can be uploaded as it is: the three columns in front say which rows they were, and are read for nothing
else. Every cell is text; a formula stays a word.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from jobs.cells import TEXT, Book
from jobs.staging import Peek
from kpm.imports import Layout, letters
from kpm.linked import flat, row_name
from kpm.verdicts import rejected_for

DAMAGED = {"NIK_EXCEL": "nik", "KK_EXCEL": "no_kk", "ID_EXCEL": "id_dtks", "KELUARGA_EXCEL": "id_keluarga"}
MARK_SHEET = "_sentral"  # hidden; says whose refused rows these are
COLUMNS = ["BARIS ASAL", "SEBAB", "KOLOM YANG PERLU DIPERBAIKI"]
WIDTHS = [11, 70, 26]


def mark_of(peek: Peek) -> str:
    """The mark of the import whose refused rows a file holds; empty in any other file."""
    for sheet in peek.sheets:
        if sheet.name == MARK_SHEET and sheet.rows and len(sheet.rows[0]) == 2:
            return sheet.rows[0][1]
    return ""


def mended_layout(peek: Peek, layout: Layout) -> Layout | None:
    """The first import's layout, moved behind the three columns; None when the header was changed."""
    layout = flat(layout)
    for sheet in peek.sheets:
        own = _own_columns(layout)
        titles = [*COLUMNS, *layout.judul[own:]]
        while titles and not titles[-1]:
            titles.pop()
        if sheet.rows and [cell.strip() for cell in sheet.rows[0]] == titles:
            return replace(
                layout,
                sheet=sheet.name,
                berkas="",
                lembar=[],
                header_row=1,
                title_rows=0,
                judul=titles,
                kolom={name: place + len(COLUMNS) - own for name, place in layout.kolom.items()},
                indikator={name: place + len(COLUMNS) - own for name, place in layout.indikator.items()},
                diabaikan=[*COLUMNS, *(title for title in layout.diabaikan if title not in COLUMNS)],
            )
    return None


def is_mended(layout: Layout) -> bool:
    """True for the layout of a reject workbook that came back: its first column says which rows they were."""
    return layout.judul[: len(COLUMNS)] == COLUMNS


def _row_in_file(number: int, layout: Layout) -> str:
    """As baris_asal.sql reads it again: 1234, "keluarga 12", "12 (Rias)"."""
    name, blank, sheet = row_name(number, layout.sheets).partition(" (")
    return name.replace(".", "") + blank + sheet


def _as_excel_shows(cell: str | None) -> str | None:
    """1903010707800120, of which Excel kept 15 digits -> 1.90301070780012E+15."""
    return f"{Decimal(cell):.14E}" if cell and cell.isascii() and cell.isdigit() and len(cell) > 15 else cell


def _written_out(cell: str | None) -> str | None:
    """A day counted from 1904 -> 1980-07-07; the mended workbook counts from 1900."""
    if cell and cell.isascii() and cell.isdigit() and len(cell) <= 5:
        return (date(1904, 1, 1) + timedelta(days=int(cell))).isoformat()
    return cell


def _own_columns(layout: Layout) -> int:
    """How many columns in front are ours already: a mended workbook is not widened again."""
    return len(COLUMNS) if is_mended(layout) else 0


def write_rejects(
    path: Path, layout: Layout, mark: str, rows: Iterable[tuple], *, date_1904: bool = False
) -> int:
    """Write the workbook row by row and return how many; memory stays flat.

    Cells stand as they were read, except where text would lose what was wrong with them: a number that
    Excel damaged is written the way Excel shows it, 1.90301070780012E+15, so it is refused again until
    somebody types it; a date of a book that counts from 1904 (date_1904) is written out.

    mark: known again by mark_of when the mended workbook comes back.
    rows: (row number, reject bits, suggested village or None, cell, cell ...).
    """
    layout = flat(layout)
    book = Book(path)
    sheet = book.add_sheet("Ditolak")
    head = book.add_format({"bold": True, "bottom": 1, "num_format": TEXT})
    text = book.add_format({"num_format": TEXT})
    fault = book.add_format({"num_format": TEXT, "bg_color": "#F6D5D2", "font_color": "#8C1D18"})
    sheet.freeze_panes(1, len(COLUMNS))
    for n, width in enumerate(WIDTHS):
        sheet.set_column(n, n, width)
    sheet.set_column(len(COLUMNS), len(COLUMNS) + max(len(layout.judul) - 1, 0), 18)
    own = _own_columns(layout)
    for n, title in enumerate([*COLUMNS, *layout.judul[own:]]):
        sheet.write_text(0, n, title, head)
    count = 0
    for count, (baris, tolak, suggestion, *cells) in enumerate(rows, start=1):
        verdicts = rejected_for(tolak)
        wrong = {layout.kolom[name] for verdict in verdicts for name in verdict.kolom if layout.has(name)}
        damaged = {layout.kolom.get(DAMAGED.get(verdict.kode, "")) for verdict in verdicts}
        reasons = [f"{verdict.judul}. {verdict.tindakan}" for verdict in verdicts]
        if suggestion:
            reasons.append(f"Maksudnya {suggestion}?")
        names = ", ".join(layout.judul[n] or letters(n) for n in sorted(wrong) if n < len(layout.judul))
        sheet.write_text(count, 0, _row_in_file(baris, layout), text)
        sheet.write_text(count, 1, " ".join(reasons), text)
        sheet.write_text(count, 2, names, text)
        for n, cell in enumerate(cells[own:], own):
            place = n + len(COLUMNS) - own
            if cell or n in wrong:
                if n in damaged:
                    cell = _as_excel_shows(cell)
                elif date_1904 and n == layout.kolom.get("tanggal_lahir"):
                    cell = _written_out(cell)
                sheet.write_text(count, place, cell, fault if n in wrong else text)
    hidden = book.add_sheet(MARK_SHEET)
    hidden.write_text(0, 0, "Tanda perbaikan, jangan dihapus", text)
    hidden.write_text(0, 1, mark, text)
    hidden.hide()
    book.close()
    return count
