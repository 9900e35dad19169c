"""The reject workbook: refused rows as they stood in the file, what is wrong with each, ready to be mended.

Its header is the file's own, so the mended workbook can be uploaded as it is: the three columns in front
are not known to imports.py and are passed over. Every cell is text; a formula stays a word.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from jobs.cells import TEXT, Book
from kpm.imports import Layout, letters
from kpm.verdicts import rejected_for

COLUMNS = ["BARIS ASAL", "SEBAB", "KOLOM YANG PERLU DIPERBAIKI"]
WIDTHS = [11, 70, 26]


def write_rejects(path: Path, layout: Layout, rows: Iterable[tuple]) -> int:
    """Write the workbook row by row and return how many; memory stays flat.

    rows: (row number, reject bits, suggested village or None, cell, cell ...).
    """
    book = Book(path)
    sheet = book.add_sheet("Ditolak")
    head = book.add_format({"bold": True, "bottom": 1, "num_format": TEXT})
    text = book.add_format({"num_format": TEXT})
    fault = book.add_format({"num_format": TEXT, "bg_color": "#F6D5D2", "font_color": "#8C1D18"})
    sheet.freeze_panes(1, len(COLUMNS))
    for n, width in enumerate(WIDTHS):
        sheet.set_column(n, n, width)
    sheet.set_column(len(COLUMNS), len(COLUMNS) + max(len(layout.judul) - 1, 0), 18)
    for n, title in enumerate([*COLUMNS, *layout.judul]):
        sheet.write_text(0, n, title, head)
    count = 0
    for count, (baris, tolak, suggestion, *cells) in enumerate(rows, start=1):
        verdicts = rejected_for(tolak)
        wrong = {layout.kolom[name] for verdict in verdicts for name in verdict.kolom if layout.has(name)}
        reasons = [f"{verdict.judul}. {verdict.tindakan}" for verdict in verdicts]
        if suggestion:
            reasons.append(f"Maksudnya {suggestion}?")
        names = ", ".join(layout.judul[n] or letters(n) for n in sorted(wrong) if n < len(layout.judul))
        sheet.write_text(count, 0, str(baris), text)
        sheet.write_text(count, 1, " ".join(reasons), text)
        sheet.write_text(count, 2, names, text)
        for n, cell in enumerate(cells):
            place = n + len(COLUMNS)
            if cell or n in wrong:
                sheet.write_text(count, place, cell, fault if n in wrong else text)
    book.close()
    return count
