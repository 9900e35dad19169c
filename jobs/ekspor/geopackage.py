"""Points as a GeoPackage: what QGIS opens by a double click. Written by sqlite3, without GDAL (decision 0026).

The tables are those of OGC 12-128r18 (GeoPackage 1.3): the reference systems, the list of contents, one table
of features, and one of attributes, "keterangan", that says for whom the file was made. There is no spatial
index: its triggers would need functions that only a GIS has, and QGIS makes one by a click.
"""

from __future__ import annotations

import math
import sqlite3
import struct
from collections.abc import Sequence
from pathlib import Path

from django.utils import timezone

from jobs.cells import clean
from jobs.ekspor.files import MARK, Batch, Cover, ExportFile, Tabel

SQL = Path(__file__).parent / "sql" / "geopackage.sql"
SRID = 4326
# "GP", version 0, little-endian without an envelope; then a WKB point, little-endian as well.
POINT = struct.Struct("<2sBBiBIdd")


def encode_point(longitude: float, latitude: float) -> bytes:
    """A point as a GeoPackage keeps it."""
    return POINT.pack(b"GP", 0, 1, SRID, 1, 1, longitude, latitude)


class GeoPackage(ExportFile):
    """One layer of points. The first two cells of a row are longitude and latitude in degrees."""

    suffix = "gpkg"
    most = None

    def __init__(self, path: Path, folder: Path, tables: Sequence[Tabel], cover: Cover):
        (self.table,) = tables
        self.cover = cover
        path.touch(mode=0o600)
        self.base = sqlite3.connect(path, isolation_level=None)
        # a file nobody else reads until it is whole: a crash leaves one that the next attempt removes
        self.base.execute("PRAGMA journal_mode = OFF")
        self.base.execute("PRAGMA synchronous = OFF")
        self.base.executescript(SQL.read_text())
        self.base.execute("BEGIN")
        names = [_quoted(kolom.judul.lower()) for kolom in self.table.kolom[2:]] + [_quoted(MARK.lower())]
        kinds = ["INTEGER" if kolom.angka else "TEXT" for kolom in self.table.kolom[2:]] + ["TEXT"]
        columns = ", ".join(f"{name} {kind}" for name, kind in zip(names, kinds, strict=True))
        layer = _quoted(self.table.nama)
        self.base.execute(
            f"CREATE TABLE {layer} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POINT NOT NULL, {columns})"
        )
        self.insert = f"INSERT INTO {layer} (geom, {', '.join(names)}) VALUES (?{', ?' * len(names)})"
        self.box = [math.inf, math.inf, -math.inf, -math.inf]

    def write(self, batch: Batch) -> None:
        """Add points."""
        self.base.executemany(self.insert, (self._row(cells) for cells in batch.rows))

    def _row(self, cells: Sequence[str]) -> list[bytes | str | None]:
        x, y = float(cells[0]), float(cells[1])
        west, south, east, north = self.box
        self.box = [min(west, x), min(south, y), max(east, x), max(north, y)]
        rest = [clean(cell) or None for cell in cells[2:]]
        return [encode_point(x, y), *rest, self.cover.tanda]

    def close(self) -> None:
        """Write what is in it and for whom, and end the file."""
        layer, now = self.table.nama, f"{timezone.now():%Y-%m-%dT%H:%M:%S.000Z}"
        box = self.box if math.isfinite(self.box[0]) else [None] * 4
        entry = "INSERT INTO gpkg_contents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        self.base.execute(entry, [layer, "features", layer, clean(self.cover.tanda), now, *box, SRID])
        self.base.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'POINT', ?, 0, 0)", [layer, SRID]
        )
        said = [("Judul", self.cover.judul), ("Tanda", self.cover.tanda), *self.cover.lines]
        self.base.executemany(
            "INSERT INTO keterangan (perihal, isi) VALUES (?, ?)",
            [(name, clean(words)) for name, words in said],
        )
        self.base.execute(
            entry, ["keterangan", "attributes", "keterangan", clean(self.cover.tanda), now, *[None] * 5]
        )
        self.base.execute("COMMIT")
        self.base.close()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
