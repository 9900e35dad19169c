"""The first rows of a file, in a second, whatever its size."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from jobs.reader.archive import first_rows, open_workbook
from jobs.reader.kinds import OLD, kind_of
from jobs.reader.old import peek_old
from jobs.reader.text import csv_rows, dialect_of, open_csv


def peek(path: Path, rows: int) -> dict[str, Any]:
    """The first rows of every sheet, as text."""
    kind = kind_of(path)
    if kind in OLD:
        return peek_old(path, kind, rows)
    if kind == "csv":
        dialect = dialect_of(path)
        first = []
        with open_csv(path, dialect) as file:
            for row in csv_rows(file, dialect.delimiter):
                first.append(row)
                if len(first) >= rows:
                    break
        sheet = {"name": "", "hidden": False, "rows": first}
        return {
            "kind": "csv",
            "sheets": [sheet],
            "delimiter": dialect.delimiter,
            "encoding": dialect.encoding,
        }
    workbook = open_workbook(path)
    with zipfile.ZipFile(path) as archive:
        sheets = [
            {"name": sheet.name, "hidden": sheet.hidden, "rows": first_rows(archive, sheet.part, rows)}
            for sheet in workbook.sheets
        ]
    return {"kind": "xlsx", "sheets": sheets, "date_1904": workbook.date_1904}
