"""The sheet of an XLSX workbook into the table: its extent from the XML, its cells by DuckDB."""

from __future__ import annotations

import importlib
import re
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

from jobs.reader.archive import cells_of, column_letters, column_number, first_rows, open_workbook
from jobs.reader.limits import CHUNK, COLUMNS, DUCKDB_MEMORY, LONG_NUMBER, TOO_WIDE, Refused, watched_bits
from jobs.reader.table import create_table


@dataclass
class Extent:
    """How far a sheet reaches, and how many cells are long numbers."""

    rows: int = 0
    columns: int = 1
    long_numbers: int = 0


@cache
def _beyond(columns: int) -> re.Pattern[bytes]:
    """Cells that hold something and stand to the right of column number `columns`."""
    letters = column_letters(columns)
    wider = []
    for place, letter in enumerate(letters):
        if letter != "Z":
            rest = len(letters) - place - 1
            wider.append(f"{letters[:place]}[{chr(ord(letter) + 1)}-Z]" + "[A-Z]" * rest)
    wider.append(f"[A-Z]{{{len(letters) + 1},}}")
    return re.compile(rf' r="({"|".join(wider)})[0-9]+"[^>]*[^/]>'.encode())


ROW = re.compile(rb'<(?:\w+:)?row [^>]*?\br="(\d+)"')
CELL = re.compile(rb'<(?:\w+:)?c [^>]*?\br="([A-Z]+)(\d+)"([^>]*)>')
LONG = re.compile(rf"-?[0-9][0-9.Ee+]{{{LONG_NUMBER - 1},}}")
NUMBER = re.compile(rf"v>{LONG.pattern}</".encode())


def measure(path: Path, part: str, sink: IO[str], marks: dict[int, int]) -> Extent:
    """Walk through the sheet's XML once, without building it: last row, last column, long numbers.

    The <dimension> of a sheet is a hint that many programs write wrong. Long numbers go to `sink` as
    lines of "row,bit".
    """
    extent = Extent()
    tail = b""
    with zipfile.ZipFile(path) as archive, archive.open(part) as sheet:
        while chunk := sheet.read(4 * CHUNK):
            text = tail + chunk
            cut = max(text.rfind(b"<row"), text.rfind(b":row") - 8, 0)
            whole, tail = text[:cut], text[cut:]
            if len(tail) > 16 * CHUNK:
                raise Refused("Satu baris di lembar ini terlalu panjang untuk dibaca.")
            _measure(whole, extent, sink, marks)
        _measure(tail, extent, sink, marks)
    return extent


def measure_by_cells(path: Path, part: str, sink: IO[str], marks: dict[int, int]) -> Extent:
    """The same for a sheet that leaves out the places of its cells: every cell is looked at, slowly."""
    extent = Extent()
    with zipfile.ZipFile(path) as archive:
        for row, column, text, kind in cells_of(archive, part):
            extent.rows = max(extent.rows, row)
            extent.columns = max(extent.columns, column)
            mark = marks.get(column - 1)
            if mark and kind == "n" and LONG.fullmatch(str(text)):
                extent.long_numbers += 1
                sink.write(f"{row},{mark}\n")
    return extent


def _measure(text: bytes, extent: Extent, sink: IO[str], marks: dict[int, int]) -> None:
    """Add one stretch of XML to `extent`."""
    last = max(text.rfind(b"<row "), text.rfind(b":row ") - 8, 0)
    if row := ROW.search(text, last):
        extent.rows = max(extent.rows, int(row.group(1)))
    position = 0
    while extent.columns <= COLUMNS and (wide := _beyond(extent.columns).search(text, position)):
        extent.columns = max(extent.columns, column_number(wide.group(1)))
        position = wide.end()
    for number in NUMBER.finditer(text):
        start = max(text.rfind(b"<c ", 0, number.start()), text.rfind(b":c ", 0, number.start()) - 8, 0)
        cell = CELL.search(text, start, number.start())
        if cell is None or b't="s' in cell.group(0):
            continue  # text: a shared string, or the string that a formula gave
        if mark := marks.get(column_number(cell.group(1)) - 1):
            extent.long_numbers += 1
            sink.write(f"{int(cell.group(2))},{mark}\n")


def duckdb_connection(folder: Path):
    """DuckDB as a reader: little memory, no network, no extension but the two installed ones."""
    import duckdb

    connection = duckdb.connect(
        config={
            "memory_limit": DUCKDB_MEMORY,
            "threads": 2,
            "temp_directory": str(folder),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    for name in ("excel", "postgres_scanner"):
        package = importlib.import_module(f"duckdb_extension_{name}")
        found = list(Path(str(package.__file__)).parent.glob(f"extensions/*/{name}.duckdb_extension"))
        connection.execute(f"LOAD '{found[0]}'")
    return connection


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def sheet_source(path: Path, sheet: str, first: int, last: int, columns: int) -> str:
    """The table function that reads rows first..last, every cell as text."""
    area = f"A{first}:{column_letters(columns)}{last}"
    return (
        f"read_xlsx({quoted(str(path))}, sheet={quoted(sheet)}, range='{area}', header=false,"
        " all_varchar=true, stop_at_empty=false)"
    )


def stage_xlsx(path: Path, order: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Let DuckDB copy the sheet's rows below the header into the table."""
    import psycopg2

    workbook = open_workbook(path)
    sheet = next((s for s in workbook.sheets if s.name == order["sheet"]), None)
    if sheet is None:
        raise Refused("Lembar yang dipilih tidak ada di berkas ini.")
    header_row = order["header_row"]
    with zipfile.ZipFile(path) as archive:
        first = first_rows(archive, sheet.part, header_row)
    headers = first[header_row - 1] if 0 < header_row <= len(first) else []
    numbers = folder / "angka.csv"
    marks = watched_bits(order)
    with numbers.open("w") as sink:
        extent = measure(path, sheet.part, sink, marks)
    if extent.rows < len(first) or extent.columns < len(headers):
        with numbers.open("w") as sink:
            extent = measure_by_cells(path, sheet.part, sink, marks)
    last, width = extent.rows, extent.columns
    if width > COLUMNS:
        raise Refused(TOO_WIDE)
    headers += [""] * (width - len(headers))
    duck = duckdb_connection(folder)
    connection = psycopg2.connect(order["dsn"])
    with connection, connection.cursor() as cursor:
        create_table(cursor, order, width)
    rows = blank = 0
    if last > header_row:
        rows, blank = _copy_sheet(duck, path, order, extent, width, last, numbers)
    with connection, connection.cursor() as cursor:
        cursor.execute(f"SET default_statistics_target = 10; ANALYZE {order['table']}")
    connection.close()
    return {
        "headers": headers,
        "rows": rows,
        "blank": blank,
        "width": width,
        "date_1904": workbook.date_1904,
    }


def _copy_sheet(duck, path, order, extent, width, last, numbers) -> tuple[int, int]:
    columns = ", ".join(f"nullif({quoted_name(column_letters(k + 1))}, '') AS c{k}" for k in range(width))
    names = ", ".join(f"c{k}" for k in range(width))
    source = sheet_source(path, order["sheet"], order["header_row"] + 1, last, width)
    numbered = f"SELECT row_number() OVER () + {order['header_row']} AS baris, {columns} FROM {source}"
    numerik, join = "0", ""
    if extent.long_numbers:
        numerik = "coalesce(p.numerik, 0)"
        join = (
            "LEFT JOIN (SELECT baris, bit_or(bit) AS numerik FROM read_csv("
            f"{quoted(str(numbers))}, header=false, columns={{'baris': 'BIGINT', 'bit': 'BIGINT'}})"
            " GROUP BY baris) p USING (baris)"
        )
    schema, table = order["table"].split(".")
    duck.execute(f"ATTACH {quoted(order['dsn'])} AS pg (TYPE postgres)")
    (rows,) = duck.execute(
        f"INSERT INTO pg.{schema}.{table} (baris, n_kolom, lebih, numerik, {names})"
        f" SELECT baris, {width}, NULL, {numerik}, {names} FROM ({numbered}) s {join}"
        f" WHERE coalesce({names}) IS NOT NULL"
    ).fetchone()
    (highest,) = duck.execute(f"SELECT max(baris) FROM pg.{schema}.{table}").fetchone()
    return rows, (highest or order["header_row"]) - order["header_row"] - rows


def quoted_name(name: str) -> str:
    return f'"{name}"'
