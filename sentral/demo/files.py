"""Writing the invented rows to a file: pipe-separated CSV, or XLSX made from it by DuckDB.

DuckDB writes half a million rows of 25 columns in under ten seconds, six times faster than a writer
in Python, and both keep only a few rows in memory. Every cell is text, as in the real export.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb
import duckdb_extension_excel

from sentral.demo.families import HEADERS

EXTENSION = next(Path(duckdb_extension_excel.__file__).parent.rglob("excel.duckdb_extension"))


def write_file(
    path: Path,
    rows: Iterable[list[str]],
    *,
    headers: list[str] = HEADERS,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Write `rows` under the header of layout A, or another, to `path` (.csv or .xlsx); return how many."""
    if path.suffix == ".csv":
        return _write_csv(path, rows, headers, progress)
    csv = path.with_suffix(".csv.tmp")
    try:
        count = _write_csv(csv, rows, headers, progress)
        _write_xlsx(path, csv, headers)
    finally:
        csv.unlink(missing_ok=True)
    return count


def _write_csv(
    path: Path, rows: Iterable[list[str]], headers: list[str], progress: Callable[[int], None] | None
) -> int:
    count = 0
    # The rows are people, invented ones, but a file like this is private from its first byte.
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write("|".join(headers) + "\n")
        for count, row in enumerate(rows, 1):
            out.write("|".join(row) + "\n")
            if progress and count % 20_000 == 0:
                progress(count)
    return count


def _write_xlsx(path: Path, csv: Path, headers: list[str]) -> None:
    path.unlink(missing_ok=True)
    with duckdb.connect(config={"threads": "1", "memory_limit": "256MB"}) as db:
        db.execute(f"LOAD '{EXTENSION}'")
        columns = dict.fromkeys(headers, "VARCHAR")
        read = db.read_csv(
            str(csv),
            columns=columns,
            delimiter="|",
            header=True,
            quotechar="",
            escapechar="",
            all_varchar=True,
        )
        read.to_view("rows")
        target = str(path).replace("'", "''")
        db.execute(f"COPY rows TO '{target}' (FORMAT xlsx, HEADER true, SHEET 'DATA')")
    path.chmod(0o600)
