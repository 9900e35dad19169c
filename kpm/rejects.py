"""The reject workbook: refused rows as they stood in the file, what is wrong with each, ready to be mended.

Its header is the file's own, so the mended workbook can be uploaded as it is: the three columns in front
are not known to imports.py and are passed over. Every cell is text; a formula stays a word.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import xlsxwriter

from kpm.imports import Layout, letters
from kpm.verdicts import rejected_for

COLUMNS = ["BARIS ASAL", "SEBAB", "KOLOM YANG PERLU DIPERBAIKI"]
WIDTHS = [11, 70, 26]


def write_rejects(path: Path, layout: Layout, rows: Iterable[tuple]) -> int:
    """Write the workbook row by row and return how many; memory stays flat.

    rows: (row number, reject bits, suggested village or None, cell, cell ...).
    """
    book = xlsxwriter.Workbook(
        str(path),
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    sheet = book.add_worksheet("Ditolak")
    head = book.add_format({"bold": True, "bottom": 1, "num_format": "@"})
    text = book.add_format({"num_format": "@"})
    fault = book.add_format({"num_format": "@", "bg_color": "#F6D5D2", "font_color": "#8C1D18"})
    sheet.freeze_panes(1, len(COLUMNS))
    for n, width in enumerate(WIDTHS):
        sheet.set_column(n, n, width)
    sheet.set_column(len(COLUMNS), len(COLUMNS) + max(len(layout.judul) - 1, 0), 18)
    for n, title in enumerate([*COLUMNS, *layout.judul]):
        sheet.write_string(0, n, title, head)
    count = 0
    for count, (baris, tolak, suggestion, *cells) in enumerate(rows, start=1):
        verdicts = rejected_for(tolak)
        wrong = {layout.kolom[name] for verdict in verdicts for name in verdict.kolom if layout.has(name)}
        reasons = [f"{verdict.judul}. {verdict.tindakan}" for verdict in verdicts]
        if suggestion:
            reasons.append(f"Maksudnya {suggestion}?")
        names = ", ".join(layout.judul[n] or letters(n) for n in sorted(wrong) if n < len(layout.judul))
        sheet.write_string(count, 0, str(baris), text)
        sheet.write_string(count, 1, " ".join(reasons), text)
        sheet.write_string(count, 2, names, text)
        for n, cell in enumerate(cells):
            place = n + len(COLUMNS)
            style = fault if n in wrong else text
            if cell:
                sheet.write_string(count, place, cell, style)
            elif n in wrong:
                sheet.write_blank(count, place, None, fault)
    book.close()
    return count
