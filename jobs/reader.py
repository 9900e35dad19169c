"""Reads an uploaded spreadsheet in a process of its own and writes its rows to PostgreSQL.

Started by jobs.staging as `python -m jobs.reader`, without Django and without secrets in its
environment: the order comes as JSON on standard input, news as JSON lines on standard output. A
hostile file costs this process its life at worst (memory, CPU, descriptors are limited), not the worker.

What arrives in the table, per row of data that is not wholly blank:

    baris     the row's own number in the sheet or file, from 1, title rows and blank rows counted
    n_kolom   how many cells the row had (CSV); in a sheet the width of the table
    lebih     cells beyond the table's width, joined by the delimiter (CSV)
    numerik   bits: 1 << k when cell k was a number of 15 digits or more (XLSX), else 0
    c0 ... cN the cells exactly as read, empty ones as NULL

Nothing is rounded on the way. DuckDB's excel extension hands over the text of <v> as the file has it:
dates as serial numbers ("29222"), 0.25 for 25 %, "1" for TRUE, the last value of a formula. A NIK that
Excel kept as a number therefore arrives with its damage ("1901010101010000" or "1.90101010101E+15"),
looking like text; `numerik` tells it from a cell that was text all along.
"""

from __future__ import annotations

import codecs
import csv
import ctypes
import importlib
import io
import json
import os
import re
import resource
import signal
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

MEMORY = 2 * 1024**3
DUCKDB_MEMORY = "256MB"
UNCOMPRESSED = 4 * 1024**3
RATIO = 200
RATIO_FROM = 5 * 1024**2
ENTRIES = 2_000
COLUMNS = 250
SHEET_ROWS = 1_048_576
LONG_NUMBER = 15
DELIMITERS = "|;\t,"
CHUNK = 1024 * 1024
DAMAGED = "Berkas Excel ini rusak atau terpotong. Buka di Excel, simpan lagi, lalu unggah ulang."
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TIDINGS_SECONDS = 0.5


class Refused(Exception):
    """The file cannot be read; the sentence says why and what to do."""


def tell(**news: Any) -> None:
    """One line to the process that asked."""
    sys.stdout.write(json.dumps(news) + "\n")
    sys.stdout.flush()


# --- what kind of file ---------------------------------------------------------------------------


def kind_of(path: Path) -> str:
    """'xlsx' or 'csv', by content; the name proves nothing."""
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise Refused("Berkas ini kosong. Pilih berkas lain.")
    if head == OLE:
        if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
            raise Refused("Berkas ini bersandi. Buka di Excel, simpan tanpa sandi, lalu unggah lagi.")
        raise Refused(
            "Berkas ini berformat Excel lama (.xls). Buka di Excel, simpan sebagai .xlsx, lalu unggah lagi."
        )
    if head.startswith(b"PK"):
        return "xlsx"
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")):
        raise Refused("Berkas ini bukan lembar kerja. Unggah berkas .xlsx atau .csv.")
    return "csv"


# --- XLSX ----------------------------------------------------------------------------------------


@dataclass
class Sheet:
    name: str
    part: str
    hidden: bool = False


@dataclass
class Workbook:
    sheets: list[Sheet]
    date_1904: bool = False


def open_workbook(path: Path) -> Workbook:
    """Check the archive before anything is unpacked, then list its sheets."""
    try:
        with zipfile.ZipFile(path) as archive:
            check_archive(archive)
            return _workbook(archive)
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        raise Refused(DAMAGED) from error


def check_archive(archive: zipfile.ZipFile) -> None:
    """Refuse zip bombs by the central directory, encrypted entries, and what is no workbook."""
    entries = archive.infolist()
    if len(entries) > ENTRIES or sum(entry.file_size for entry in entries) > UNCOMPRESSED:
        raise Refused("Isi berkas ini terlalu besar untuk dibuka. Bagi menjadi beberapa berkas.")
    for entry in entries:
        if entry.flag_bits & 1:
            raise Refused("Berkas ini bersandi. Buka di Excel, simpan tanpa sandi, lalu unggah lagi.")
        if entry.file_size > RATIO_FROM and entry.file_size > RATIO * max(entry.compress_size, 1):
            raise Refused(
                "Berkas ini mengembang tidak wajar saat dibuka. Salin datanya ke lembar baru, simpan, lalu"
                " unggah lagi."
            )
    names = set(archive.namelist())
    if "xl/workbook.xml" not in names:
        other = "xl/workbook.bin" in names or "mimetype" in names
        raise Refused(
            "Berkas ini berformat .xlsb atau .ods. Simpan sebagai .xlsx, lalu unggah lagi."
            if other
            else "Berkas ini bukan lembar kerja Excel. Unggah berkas .xlsx atau .csv."
        )
    for name in names:
        if name.startswith("xl/") and name.endswith(".xml"):
            with archive.open(name) as part:
                if b"<!DOCTYPE" in part.read(64 * 1024):
                    raise Refused("Berkas Excel ini memuat bagian yang tidak diizinkan dan tidak dibuka.")


MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


def _workbook(archive: zipfile.ZipFile) -> Workbook:
    from defusedxml.ElementTree import fromstring

    targets = {
        relation.get("Id"): relation.get("Target", "")
        for relation in fromstring(archive.read("xl/_rels/workbook.xml.rels")).iter(RELATION)
    }
    root = fromstring(archive.read("xl/workbook.xml"))
    main = STRICT if root.tag.startswith(STRICT) else MAIN
    sheets = []
    for element in root.iter(f"{main}sheet"):
        relation = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
        target = targets.get(relation, "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if "worksheets/" in part:
            hidden = element.get("state", "visible") != "visible"
            sheets.append(Sheet(element.get("name", ""), part, hidden))
    properties = root.find(f"{main}workbookPr")
    date_1904 = properties is not None and properties.get("date1904", "0") in {"1", "true"}
    return Workbook(sheets, date_1904)


@dataclass
class Extent:
    """How far a sheet reaches, and how many cells are long numbers."""

    rows: int = 0
    columns: int = 1
    long_numbers: int = 0


def column_number(letters: bytes) -> int:
    """A is 1, XFD is 16384."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def column_letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


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


def measure(path: Path, part: str, sink: IO[str]) -> Extent:
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
            _measure(whole, extent, sink)
        _measure(tail, extent, sink)
    return extent


def measure_by_cells(path: Path, part: str, sink: IO[str]) -> Extent:
    """The same for a sheet that leaves out the places of its cells: every cell is looked at, slowly."""
    extent = Extent()
    with zipfile.ZipFile(path) as archive:
        for row, column, text, kind in cells_of(archive, part):
            extent.rows = max(extent.rows, row)
            extent.columns = max(extent.columns, column)
            if kind == "n" and LONG.fullmatch(str(text)) and column < 64:
                extent.long_numbers += 1
                sink.write(f"{row},{1 << (column - 1)}\n")
    return extent


def _measure(text: bytes, extent: Extent, sink: IO[str]) -> None:
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
        bit = column_number(cell.group(1)) - 1
        if bit < 63:
            extent.long_numbers += 1
            sink.write(f"{int(cell.group(2))},{1 << bit}\n")


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


# --- CSV -----------------------------------------------------------------------------------------


@dataclass
class Dialect:
    encoding: str
    delimiter: str
    newline: str


def dialect_of(path: Path) -> Dialect:
    """Encoding of the whole file; delimiter and line end from its first lines."""
    encoding = _encoding(path)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        head = file.read(256 * 1024)
    newline = "\n" if "\n" in head else "\r"
    lines = [line for line in head.split(newline)[:200] if line.strip()][:60]
    return Dialect(encoding, _delimiter(lines), newline)


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(4)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"


def _delimiter(lines: list[str]) -> str:
    """The one that cuts most lines into the same number of cells, and into more than one."""
    best, score = ",", (0, 0)
    for delimiter in DELIMITERS:
        counts = Counter(len(_cells(line, delimiter)) for line in lines)
        width, often = max(counts.items(), key=lambda item: (item[0] > 1, item[1], item[0]), default=(1, 0))
        if width > 1 and (often, width) > score:
            best, score = delimiter, (often, width)
    return best


def _cells(line: str, delimiter: str) -> list[str]:
    """One line by itself: quoted as CSV says if that works out, else cut at every delimiter."""
    try:
        rows = list(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        return line.split(delimiter)
    return rows[0] if rows else []


class Lines:
    """The lines of a file with a uniform end, remembering those of the record being read."""

    def __init__(self, file: IO[str]):
        self.file = file
        self.pending: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self.file).rstrip("\r\n").replace("\0", "\ufffd")
        self.pending.append(line)
        return line + "\n"


def csv_rows(file: IO[str], delimiter: str) -> Iterator[list[str]]:
    """Every record of a CSV file, blank ones as []. No line is ever swallowed.

    A quote that is opened and never closed would make one cell of all that follows. So reading is
    strict, and where it fails the lines of that record are cut one by one as they stand.
    """
    lines = Lines(file)
    while True:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            for row in reader:
                lines.pending.clear()
                yield row
            return
        except csv.Error:
            broken = list(lines.pending)
            lines.pending.clear()
            for line in broken:
                yield _cells(line, delimiter)


def open_csv(path: Path, dialect: Dialect) -> IO[str]:
    return path.open(encoding=dialect.encoding, errors="replace", newline=dialect.newline)


# --- peek ----------------------------------------------------------------------------------------


def peek(path: Path, rows: int) -> dict[str, Any]:
    """The first rows of every sheet, as text."""
    if kind_of(path) == "csv":
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


def first_rows(archive: zipfile.ZipFile, part: str, rows: int) -> list[list[str]]:
    """A sheet's rows 1..rows as lists of text, without unpacking the rest of it.

    Cells are the same text that DuckDB gives; trailing empty cells and rows are left out.
    """
    found = {
        (row, column): text for row, column, text, _ in cells_of(archive, part, rows) if column <= COLUMNS
    }
    strings = _shared_strings(archive, {text for text in found.values() if isinstance(text, int)})
    cells: list[list[str]] = [[] for _ in range(max((place[0] for place in found), default=0))]
    for (row, column), text in sorted(found.items()):
        line = cells[row - 1]
        line.extend([""] * (column - len(line)))
        line[column - 1] = strings.get(text, "") if isinstance(text, int) else text
    return [_trimmed(line) for line in cells]


def cells_of(
    archive: zipfile.ZipFile, part: str, last_row: int = SHEET_ROWS
) -> Iterator[tuple[int, int, str | int, str]]:
    """Row, column, text and type of each cell that holds something, as far as `last_row`.

    Places may be left out of a sheet; then each row and cell follows the one before. An int for text
    is the number of a shared string.
    """
    row = column = 0
    rows_above = None
    for event, element in _parse(archive, part, ("start", "end")):
        tag = element.tag.rpartition("}")[2]
        if event == "start" and tag == "sheetData":
            rows_above = element
        elif event == "start" and tag == "row":
            row, column = int(element.get("r", row + 1)), 0
            if row > last_row:
                return
        elif event == "start" and tag == "c":
            match = re.match(r"[A-Z]+", element.get("r", ""))
            column = column_number(match.group().encode()) if match else column + 1
        elif event == "end" and tag == "c":
            text = _cell_text(element)
            if text is not None:
                yield row, column, text, element.get("t", "n")
        elif event == "end" and tag == "row" and rows_above is not None:
            rows_above.clear()


def _parse(archive: zipfile.ZipFile, part: str, events: tuple[str, ...]):
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, iterparse

    try:
        with archive.open(part) as stream:
            yield from iterparse(stream, events)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Refused(DAMAGED) from error


def _cell_text(cell) -> str | int | None:
    """The text of a cell; an int is the number of a shared string."""
    children = {child.tag.rpartition("}")[2]: child for child in cell}
    if "is" in children:
        return "".join(_texts(children["is"]))
    value = children["v"].text if "v" in children else None
    if value is not None and cell.get("t") == "s":
        return int(value)
    return value


def _texts(element) -> Iterator[str]:
    """The pieces of a rich text, without the phonetic readings beside it."""
    for child in element:
        tag = child.tag.rpartition("}")[2]
        if tag == "t":
            yield child.text or ""
        elif tag == "r":
            yield from _texts(child)


def _shared_strings(archive: zipfile.ZipFile, wanted: set[int]) -> dict[int, str]:
    """Those of the workbook's strings that are wanted, reading no further than the last of them."""
    strings: dict[int, str] = {}
    part = next((name for name in archive.namelist() if name.lower() == "xl/sharedstrings.xml"), None)
    if part is None or not wanted:
        return strings
    number, last = 0, max(wanted)
    for _, element in _parse(archive, part, ("end",)):
        if element.tag.rpartition("}")[2] == "si":
            if number in wanted:
                strings[number] = "".join(_texts(element))
            number += 1
            element.clear()
            if number > last:
                break
    return strings


def _trimmed(cells: list[str]) -> list[str]:
    while cells and cells[-1] == "":
        cells.pop()
    return cells


# --- stage ---------------------------------------------------------------------------------------


def stage_csv(path: Path, order: dict[str, Any]) -> dict[str, Any]:
    """Copy the rows below the header into the table, counting every one."""
    import psycopg2

    dialect = dialect_of(path)
    with open_csv(path, dialect) as file:
        rows = csv_rows(file, dialect.delimiter)
        header: list[str] = []
        for _ in range(order["header_row"]):
            header = next(rows, [])
        width = max(len(header), 1)
        if width > COLUMNS:
            raise Refused(f"Berkas ini berisi lebih dari {COLUMNS} kolom. Hapus kolom yang tidak perlu.")
        stream = CopyStream(rows, width, order["header_row"], dialect.delimiter, path, file)
        connection = psycopg2.connect(order["dsn"])
        with connection, connection.cursor() as cursor:
            create_table(cursor, order, width)
            cursor.copy_expert(f"COPY {order['table']} FROM STDIN (FORMAT csv)", stream, size=128 * 1024)
            cursor.execute(f"SET default_statistics_target = 10; ANALYZE {order['table']}")
        connection.close()
    return {"headers": header, "rows": stream.rows, "blank": stream.blank, "width": width, "date_1904": False}


class CopyStream:
    """What COPY reads: the file's rows as CSV with their row numbers in front."""

    def __init__(self, rows, width: int, header_row: int, delimiter: str, path: Path, file: IO[str]):
        self.source = rows
        self.width = width
        self.number = header_row
        self.delimiter = delimiter
        self.size = path.stat().st_size
        self.file = file
        self.rows = 0
        self.blank = 0
        self.buffer = io.StringIO()
        self.writer = csv.writer(self.buffer, lineterminator="\n")
        self.told = time.monotonic()

    def read(self, size: int) -> str:
        """Some text, not necessarily `size`; '' at the end."""
        text = self.buffer.read(size)
        if text:
            return text
        self.buffer.seek(0)
        self.buffer.truncate()
        self._fill()
        self.buffer.seek(0)
        if time.monotonic() - self.told > TIDINGS_SECONDS:
            self.told = time.monotonic()
            share = os.lseek(self.file.fileno(), 0, os.SEEK_CUR) / max(self.size, 1)
            tell(done=self.rows, share=min(share, 1.0))
        return self.buffer.read(size)

    def _fill(self) -> None:
        width = self.width
        batch = []
        for row in self.source:
            self.number += 1
            n = len(row)
            if not any(row):
                self.blank += 1
                continue
            if n == width:
                batch.append([self.number, n, None, 0, *row])
            elif n < width:
                batch.append([self.number, n, None, 0, *row, *[None] * (width - n)])
            else:
                rest = self.delimiter.join(row[width:])
                batch.append([self.number, n, rest, 0, *row[:width]])
            if len(batch) == 1000:
                break
        self.rows += len(batch)
        self.writer.writerows(batch)


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
    headers = first[header_row - 1] if len(first) >= header_row else []
    numbers = folder / "angka.csv"
    with numbers.open("w") as sink:
        extent = measure(path, sheet.part, sink)
    if extent.rows < len(first) or extent.columns < len(headers):
        with numbers.open("w") as sink:
            extent = measure_by_cells(path, sheet.part, sink)
    last, width = extent.rows, extent.columns
    if width > COLUMNS:
        raise Refused(
            f"Lembar ini berisi lebih dari {COLUMNS} kolom. Hapus kolom yang tidak perlu, lalu unggah lagi."
        )
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


def create_table(cursor, order: dict[str, Any], width: int) -> None:
    """The job's own table: no WAL, seen by its owner and by those who see everything."""
    table = order["table"]
    columns = ", ".join(f"c{k} text" for k in range(width))
    cursor.execute(f"DROP TABLE IF EXISTS {table}")
    cursor.execute(
        f"CREATE UNLOGGED TABLE {table} (baris bigint NOT NULL, n_kolom integer NOT NULL, lebih text,"
        f" numerik bigint NOT NULL, {columns})"
    )
    # Enabled, not forced: COPY is forbidden where a policy applies, and the loader owns the table.
    cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    cursor.execute(
        f"""
        CREATE POLICY pemilik ON {table} FOR SELECT USING (
            (select current_setting('sentral.semua', true) = '1')
            OR (select current_setting('sentral.pengguna', true) = '{int(order["owner"])}'))
        """
    )
    cursor.execute(f"GRANT SELECT ON {table} TO sentral_app")


# --- the process ---------------------------------------------------------------------------------


def confine(seconds: int) -> None:
    """Die with the parent, and never take more than a spreadsheet may cost."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Carry out one order."""
    order = json.loads(sys.stdin.readline())
    confine(order["seconds"])
    path, folder = Path(order["path"]), Path(order["folder"])
    try:
        if order["do"] == "peek":
            answer = peek(path, order["rows"])
        elif kind_of(path) == "csv":
            answer = stage_csv(path, order)
        else:
            answer = stage_xlsx(path, order, folder)
    except Refused as refusal:
        tell(refused=str(refusal))
        return
    tell(answer=answer)


if __name__ == "__main__":
    main()
