"""The first rows of a list and as many picked blindly from the rest, into a small table of the same shape.

Every row that holds something has the same chance, wherever it stands: one pass keeps a reservoir, so that
nothing need be known of the file beforehand and nothing of it stays in memory. Row numbers are the file's
own. A million rows of CSV take two seconds; of XLSX a few more, since its rows are unpacked and counted,
but only those picked are read as XML.
"""

from __future__ import annotations

import csv
import io
import math
import random
import re
import zipfile
from pathlib import Path
from typing import Any

from jobs.reader.archive import Envelope, cells_in, first_rows, open_workbook, strings_at
from jobs.reader.kinds import OLD, kind_of
from jobs.reader.limits import COLUMNS, TOO_WIDE, Refused, watched_bits
from jobs.reader.old import list_of, marks_of, text_of
from jobs.reader.sheets import LONG
from jobs.reader.table import create_table
from jobs.reader.text import csv_rows, dialect_of, open_csv

HOLDS = (b"v>", b"t>")  # a closing tag of a value or of a text
NUMBERED = re.compile(rb'<[^>]*?\sr="(\d+)"')


def sample(path: Path, order: dict[str, Any]) -> dict[str, Any]:
    """Write the sample into the order's table and say what it is a sample of.

    rows: how many were written.  first_to: the number of the last of the first rows; those picked blindly
    stand below it.  total: how many rows of the whole list hold something.
    """
    kind = kind_of(path)
    ways = {"csv": _sample_csv, "xlsx": _sample_xlsx} | dict.fromkeys(OLD, _sample_old)
    return ways[kind](path, order) | {"kind": kind}


class Reservoir:
    """Which rows to keep of a list whose end is not known: the first ones, then some by chance.

    Once full it draws how many rows to pass over before the next one that counts (Li's algorithm L).
    """

    def __init__(self, order: dict[str, Any]):
        self.chance = random.Random(order["seed"])  # noqa: S311  (a sample, no secret)
        self.first, self.size = order["first"], order["random"]
        self.seen = 0
        self.head: list[Any] = []
        self.kept: list[Any] = []
        self._weight = 1.0
        self._next = 0

    @property
    def wants(self) -> bool:
        """True when the row that comes next is one to keep; then `keep` it, else add one to `seen`."""
        return self.seen < self.first + self.size or self.seen == self._next

    def keep(self, row: Any) -> None:
        if self.seen < self.first:
            self.head.append(row)
        elif len(self.kept) < self.size:
            self.kept.append(row)
        else:
            self.kept[self.chance.randrange(self.size)] = row
        self.seen += 1
        if len(self.kept) == self.size:
            self._weight *= math.exp(math.log(1.0 - self.chance.random()) / self.size)
            passed = math.floor(math.log(1.0 - self.chance.random()) / math.log1p(-self._weight))
            self._next = self.seen + passed


def _sample_csv(path: Path, order: dict[str, Any]) -> dict[str, Any]:
    dialect = dialect_of(path)
    picked = Reservoir(order)
    with open_csv(path, dialect) as file:
        rows = csv_rows(file, dialect.delimiter)
        header: list[str] = []
        for _ in range(order["header_row"]):
            header = next(rows, [])
        for number, cells in enumerate(rows, order["header_row"] + 1):
            if any(cells):
                if picked.wants:
                    picked.keep((number, cells, 0))
                else:
                    picked.seen += 1
    header += [""] * (order.get("width", 1) - len(header))
    told = {"delimiter": dialect.delimiter, "encoding": dialect.encoding}
    return _write(order, header or [""], picked, delimiter=dialect.delimiter) | told


def _sample_old(path: Path, order: dict[str, Any]) -> dict[str, Any]:
    bits = watched_bits(order)
    header, rows, date_1904 = list_of(path, order)
    picked = Reservoir(order)
    for number, cells in enumerate(rows, order["header_row"] + 1):
        if any(cell != "" for cell in cells):
            if picked.wants:
                picked.keep((number, [text_of(cell) for cell in cells], marks_of(cells, bits)))
            else:
                picked.seen += 1
    return _write(order, header, picked) | {"date_1904": date_1904}


def _sample_xlsx(path: Path, order: dict[str, Any]) -> dict[str, Any]:
    workbook = open_workbook(path)
    part = next((sheet.part for sheet in workbook.sheets if sheet.name == order["sheet"]), None)
    if part is None:
        raise Refused("Lembar yang dipilih tidak ada di berkas ini.")
    header_row = order["header_row"]
    picked = Reservoir(order)
    with zipfile.ZipFile(path) as archive:
        above = first_rows(archive, part, header_row)
        header = above[header_row - 1] if 0 < header_row <= len(above) else []
        with archive.open(part) as stream:
            sheet = Envelope.around(stream, b"worksheet")
            for place, row in enumerate(sheet.elements(b"row"), 1):
                if not any(mark in row for mark in HOLDS):
                    continue
                if place <= header_row and _number(row, place) <= header_row:
                    continue
                if picked.wants:
                    picked.keep((_number(row, place), _cells(sheet.alone(row)), 0))
                else:
                    picked.seen += 1
        wanted = {
            text
            for _, cells, _ in picked.head + picked.kept
            for text, _ in cells.values()
            if isinstance(text, int)
        }
        strings = strings_at(archive, wanted)
    bits = watched_bits(order)
    picked.head = [_spread(number, cells, strings, bits) for number, cells, _ in picked.head]
    picked.kept = [_spread(number, cells, strings, bits) for number, cells, _ in picked.kept]
    width = max(len(header), 1, *(len(cells) for _, cells, _ in picked.head + picked.kept), 1)
    header += [""] * (width - len(header))
    return _write(order, header, picked) | {"date_1904": workbook.date_1904}


def _number(row: bytes, place: int) -> int:
    """The row's own number; rows that leave it out follow one another."""
    found = NUMBERED.match(row)
    return int(found.group(1)) if found else place


def _cells(xml: bytes) -> dict[int, tuple[str | int, str]]:
    """Text and type per column, counted from 1."""
    cells = {}
    for _, column, text, kind in cells_in(io.BytesIO(xml)):
        if column > COLUMNS:
            raise Refused(TOO_WIDE)
        cells[column] = (text, kind)
    return cells


def _spread(
    number: int, cells: dict[int, tuple[str | int, str]], strings: dict[int, str], bits: dict[int, int]
) -> tuple[int, list[str], int]:
    """The cells side by side, and the bits of those that are long numbers."""
    texts = [""] * max(cells, default=0)
    marks = 0
    for column, (text, kind) in cells.items():
        texts[column - 1] = strings.get(text, "") if isinstance(text, int) else text
        if kind == "n" and LONG.fullmatch(str(text)):
            marks |= bits.get(column - 1, 0)
    return number, texts, marks


def _write(
    order: dict[str, Any], header: list[str], picked: Reservoir, *, delimiter: str | None = None
) -> dict[str, Any]:
    """Make the table and fill it. With a delimiter the rows may be ragged, as those of a CSV are."""
    import psycopg2

    header += [""] * (order["columns"] - len(header) if delimiter is None else 0)
    width = len(header)
    if width > COLUMNS:
        raise Refused(TOO_WIDE)
    rows = [row for row in picked.head + picked.kept if any(row[1])]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for number, cells, marks in sorted(rows, key=lambda row: row[0]):
        beyond = None if delimiter is None or len(cells) <= width else delimiter.join(cells[width:])
        full = [*cells[:width], *[None] * (width - len(cells))]
        writer.writerow([number, width if delimiter is None else len(cells), beyond, marks, *full])
    text.seek(0)
    connection = psycopg2.connect(order["dsn"])
    with connection, connection.cursor() as cursor:
        create_table(cursor, order, width)
        cursor.copy_expert(f"COPY {order['table']} FROM STDIN (FORMAT csv)", text)
        cursor.execute(f"SET default_statistics_target = 10; ANALYZE {order['table']}")
    connection.close()
    return {
        "headers": header,
        "rows": len(rows),
        "first_to": max((number for number, _, _ in picked.head), default=order["header_row"]),
        "total": picked.seen,
        "width": width,
        "date_1904": False,
        "delimiter": "",
        "encoding": "",
    }
