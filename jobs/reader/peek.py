"""The first rows of a file, in a second, whatever its size."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from jobs.reader.archive import first_rows, hidden_columns, open_workbook
from jobs.reader.kinds import OLD, kind_of
from jobs.reader.limits import Refused
from jobs.reader.old import peek_old
from jobs.reader.text import csv_rows, dialect_of, open_csv

ANSWER = 8 * 1024**2  # characters; whoever asked keeps the answer in memory


def peek(path: Path, rows: int) -> dict[str, Any]:
    """The first rows of every sheet, as text."""
    kind = kind_of(path)
    if kind in OLD:
        old = peek_old(path, kind, rows)
        return old | {"sheets": short_enough(old["sheets"])}
    if kind == "csv":
        dialect = dialect_of(path)
        first = []
        with open_csv(path, dialect) as file:
            for row in csv_rows(file, dialect.delimiter):
                first.append(row)
                if len(first) >= rows:
                    break
        return {
            "kind": "csv",
            "sheets": short_enough([{"name": "", "hidden": False, "rows": first}]),
            "delimiter": dialect.delimiter,
            "encoding": dialect.encoding,
        }
    workbook = open_workbook(path)
    with zipfile.ZipFile(path) as archive:
        sheets = [
            {
                "name": sheet.name,
                "hidden": sheet.hidden,
                "rows": first_rows(archive, sheet.part, rows),
                "hidden_columns": hidden_columns(archive, sheet.part),
            }
            for sheet in workbook.sheets
        ]
    return {"kind": "xlsx", "sheets": short_enough(sheets), "date_1904": workbook.date_1904}


def short_enough(sheets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same sheets, or a refusal: cells may be long, but not all of them."""
    if sum(len(cell) for sheet in sheets for row in sheet["rows"] for cell in row) > ANSWER:
        raise Refused(
            "Isi sel berkas ini terlalu panjang. Salin datanya ke lembar baru, simpan, lalu unggah lagi."
        )
    return sheets
