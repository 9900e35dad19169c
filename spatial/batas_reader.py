"""Reads a file of boundaries in a process of its own: GeoJSON, Shapefile (zip), GeoPackage.

Started by spatial.batas_files as `python -m spatial.batas_reader`, without Django, database or secrets.
GDAL takes no part: it opens files and addresses that are named inside a file (CVE-2026-114582,
CVE-2026-111362). JSON is read as JSON, a Shapefile by pyshp, a GeoPackage by sqlite3; words about a
coordinate system are compared as text or refused, never parsed.

The order comes as JSON on standard input, the answer as JSON on standard output. The features go to the
file `keluaran`, one line each: their attributes as JSON, a tab, the geometry as hexadecimal EWKB
(MULTIPOLYGON, SRID 4326, two dimensions), empty where there is none. What the coordinates mean is decided
later, by PostGIS; here they are numbers that lie on the globe.
"""

from __future__ import annotations

import ctypes
import json
import math
import re
import resource
import signal
import sqlite3
import struct
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Any

FEATURES = 100_000
VERTICES = 5_000_000
JSON_BYTES = 256 * 1024**2
ENTRIES = 100
UNCOMPRESSED = 1024**3
RATIO = 200
RATIO_FROM = 5 * 1024**2
CHUNK = 1024 * 1024
ATTRIBUTES = 80
ATTRIBUTE_LENGTH = 200
SAVE_AGAIN = "Simpan ulang dalam WGS 84 (EPSG:4326), lalu unggah lagi."
DAMAGED = "Berkas ini rusak atau terpotong. Buka di QGIS, simpan lagi, lalu unggah ulang."
NO_CRS = (
    "Berkas ini memuat keterangan sistem koordinat (crs), yang tidak diterima."
    " Di QGIS simpan ulang sebagai GeoJSON dengan pilihan RFC7946 = YES."
)

Ring = list[tuple[float, float]]
Polygon = list[Ring]


class Refused(Exception):
    """The file cannot be taken; the sentence says why and what to do."""


class Collector:
    """Checks each feature and writes its line. Counts what the report needs."""

    def __init__(self, sink: IO[str]):
        self.sink = sink
        self.features = 0
        self.vertices = 0
        self.no_geometry = 0
        self.not_area = 0
        self.box = [math.inf, math.inf, -math.inf, -math.inf]

    def add(self, attributes: dict[str, Any], polygons: list[Polygon] | None, *, kind: str = "") -> None:
        """Take one feature. `polygons` None: no geometry, or one of another `kind` that is no area."""
        self.features += 1
        if self.features > FEATURES:
            raise Refused(f"Berkas ini berisi lebih dari {FEATURES} poligon. Bagi menjadi beberapa berkas.")
        code = ""
        if polygons:
            code = self._encode(polygons)
        elif kind:
            self.not_area += 1
        else:
            self.no_geometry += 1
        self.sink.write(f"{json.dumps(tidy(attributes))}\t{code}\n")

    def _encode(self, polygons: list[Polygon]) -> str:
        parts = [struct.pack("<BIII", 1, 6 | 0x20000000, 4326, len(polygons))]
        for polygon in polygons:
            if not polygon:
                raise Refused(
                    f"Poligon ke-{self.features} kosong. Hapus atau gambar ulang, lalu unggah lagi."
                )
            parts.append(struct.pack("<BII", 1, 3, len(polygon)))
            for ring in polygon:
                parts.append(self._ring(ring))
        return b"".join(parts).hex()

    def _ring(self, ring: Ring) -> bytes:
        self.vertices += len(ring)
        if self.vertices > VERTICES:
            raise Refused(
                "Berkas ini terlalu rinci. Sederhanakan garisnya atau bagi menjadi beberapa berkas."
            )
        flat = [value for point in ring for value in point]
        if not all(map(math.isfinite, flat)):
            raise Refused(f"Koordinat poligon ke-{self.features} bukan angka. Perbaiki, lalu unggah lagi.")
        if len(ring) < 4 or ring[0] != ring[-1]:
            raise Refused(f"Garis poligon ke-{self.features} tidak tertutup. Perbaiki, lalu unggah lagi.")
        xs, ys = flat[::2], flat[1::2]
        self.box = [
            min(self.box[0], min(xs)),
            min(self.box[1], min(ys)),
            max(self.box[2], max(xs)),
            max(self.box[3], max(ys)),
        ]
        return struct.pack(f"<I{len(flat)}d", len(ring), *flat)

    def answer(self, kind: str, remarks: list[str]) -> dict[str, Any]:
        """Judge the file as a whole. Raises Refused for what is on no map of degrees."""
        if not self.features:
            raise Refused("Berkas ini tidak berisi satu poligon pun. Periksa isinya, lalu unggah lagi.")
        if not self.vertices:
            raise Refused("Tidak ada poligon di berkas ini, hanya titik, garis atau baris tanpa bentuk.")
        west, south, east, north = self.box
        if west >= -15 and east <= 15 and south >= 90 and north <= 145:
            raise Refused(
                "Bujur dan lintang tampaknya tertukar: bujur Indonesia 95 sampai 141, lintangnya -11 sampai 6."
                " Tukar urutannya, lalu unggah lagi."
            )
        if west < -180 or east > 180 or south < -90 or north > 90:
            raise Refused(f"Koordinat berkas ini bukan derajat, mungkin meter (UTM). {SAVE_AGAIN}")
        return {
            "jenis": kind,
            "jumlah": self.features,
            "titik": self.vertices,
            "tanpa_geometri": self.no_geometry,
            "bukan_luas": self.not_area,
            "kotak": self.box,
            "catatan": remarks,
        }


def tidy(attributes: dict[str, Any]) -> dict[str, str]:
    """The attributes as text: a code that was stored as a number comes without ".0"."""
    kept = {}
    for name, value in list(attributes.items())[:ATTRIBUTES]:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            continue
        if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
            value = int(value)
        text = str(value).replace("\x00", "").strip()
        if text:
            kept[str(name)[:64]] = text[:ATTRIBUTE_LENGTH]
    return kept


# --- GeoJSON -------------------------------------------------------------------------------------

AREAS = {"Polygon", "MultiPolygon"}


class _Taken:
    """Stands where a feature stood, so that its coordinates may be forgotten at once."""


def read_geojson(path: Path, out: Collector) -> list[str]:
    """Read a FeatureCollection; each feature is taken when its closing bracket is met."""
    if path.stat().st_size > JSON_BYTES:
        raise Refused(
            f"Berkas GeoJSON ini lebih besar dari {JSON_BYTES // 1024**2} MB. Simpan sebagai GeoPackage."
        )

    def member(pairs: list[tuple[str, Any]]) -> Any:
        found = dict(pairs)
        if "crs" in found:
            raise Refused(NO_CRS)
        if found.get("type") != "Feature":
            return found
        attributes, geometry = found.get("properties"), found.get("geometry")
        polygons, kind = _areas(geometry, out.features + 1)
        out.add(attributes if isinstance(attributes, dict) else {}, polygons, kind=kind)
        return _Taken()

    def not_a_number(word: str) -> float:
        raise Refused(f"Berkas ini memuat koordinat {word}, yang bukan angka. Perbaiki, lalu unggah lagi.")

    try:
        text = path.read_text(encoding="utf-8-sig")
        top = json.loads(text, object_pairs_hook=member, parse_constant=not_a_number)
    except RecursionError:
        raise Refused(DAMAGED) from None
    except ValueError:  # neither UTF-8 nor JSON
        raise Refused(
            "Berkas ini bukan GeoJSON, Shapefile (zip) atau GeoPackage yang utuh. Pilih berkas lain."
        ) from None
    features = top.get("features") if isinstance(top, dict) else [top]
    taken = isinstance(features, list) and all(isinstance(one, _Taken) for one in features)
    if not isinstance(features, list) or not taken or len(features) != out.features:
        raise Refused("Berkas ini JSON, tetapi bukan kumpulan poligon GeoJSON (FeatureCollection).")
    return []


def _areas(geometry: Any, number: int) -> tuple[list[Polygon] | None, str]:
    """The polygons of a GeoJSON geometry; None with its kind when it is something else."""
    if geometry is None:
        return None, ""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in AREAS:
        return None, str(kind)
    coordinates = geometry.get("coordinates")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    try:
        return [[[_place(p) for p in ring] for ring in polygon] for polygon in polygons], ""
    except (TypeError, ValueError, IndexError, OverflowError):
        raise Refused(f"Koordinat poligon ke-{number} bukan angka. Perbaiki, lalu unggah lagi.") from None


def _place(position: Any) -> tuple[float, float]:
    """Longitude and latitude; a height is left out."""
    x, y = position[0], position[1]
    if type(x) not in (int, float) or type(y) not in (int, float):
        raise TypeError
    return float(x), float(y)


# --- Shapefile -----------------------------------------------------------------------------------

_AUTHORITY = r'(,AUTHORITY\["EPSG","\d+"\])?'
WGS84 = re.compile(
    r'GEOGCS\["(GCS_WGS_?(19)?84|WGS_?(19)?84)",'
    r'DATUM\["(D_)?WGS_?(19)?84",SPHEROID\["WGS_?(19)?84",6378137(\.0*)?,298\.2572\d*' + _AUTHORITY + r"\]"
    r"(,TOWGS84\[0(,0){2,6}\])?" + _AUTHORITY + r"\],"
    r'PRIMEM\["GREENWICH",0(\.0*)?' + _AUTHORITY + r'\],UNIT\["DEGREE",0\.01745329\d*' + _AUTHORITY + r"\]"
    r'(,AXIS\["\w+",\w+\]){0,2}' + _AUTHORITY + r"\]"
)
ENCODINGS = {"UTF-8": "utf-8", "UTF8": "utf-8", "65001": "utf-8", "1252": "cp1252", "ISO-8859-1": "latin-1"}
SHAPE_AREAS = {5, 15, 25}
NO_PRJ = "tanpa berkas .prj; dibaca sebagai WGS 84 karena koordinatnya derajat di Indonesia"


def read_shapefile(path: Path, out: Collector, folder: Path) -> list[str]:
    """Read the one Shapefile of a zip. Entries are unpacked under names of our own."""
    import shapefile

    try:
        with zipfile.ZipFile(path) as archive:
            names = check_archive(archive)
            parts = {
                ending: _unpack(archive, names[ending], folder / f"lapis{ending}")
                for ending in (".shp", ".dbf", ".shx", ".prj", ".cpg")
                if ending in names
            }
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise Refused(DAMAGED) from error
    remarks = check_prj(parts.get(".prj"))
    encoding = "utf-8"
    if ".cpg" in parts:
        word = parts[".cpg"].read_bytes()[:40].decode("ascii", "replace").strip().upper()
        encoding = ENCODINGS.get(word, "utf-8")
    with parts[".shp"].open("rb") as shp, parts[".dbf"].open("rb") as dbf:
        reader = shapefile.Reader(shp=shp, dbf=dbf, encoding=encoding, encodingErrors="replace")
        for one in reader.iterShapeRecords():
            polygons, kind = _shape(one.shape, out.features + 1)
            out.add(one.record.as_dict(), polygons, kind=kind)
    if remarks:
        west, south, east, north = out.box
        if not (west >= 90 and east <= 145 and south >= -15 and north <= 15) and -180 <= west <= east <= 180:
            raise Refused(f"Berkas .prj tidak ada dan koordinatnya bukan di Indonesia. {SAVE_AGAIN}")
    return remarks


def check_archive(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The parts of the one Shapefile inside, by ending. Refuses bombs, passwords and names that climb."""
    entries = archive.infolist()
    if len(entries) > ENTRIES or sum(entry.file_size for entry in entries) > UNCOMPRESSED:
        raise Refused("Isi zip ini terlalu besar untuk dibuka. Masukkan satu Shapefile saja.")
    shapes = [entry for entry in entries if entry.filename.lower().endswith(".shp") and _own(entry)]
    for entry in entries:
        pieces = entry.filename.split("/")
        if entry.filename.startswith("/") or ".." in pieces or "\\" in entry.filename or ":" in pieces[0]:
            raise Refused("Zip ini memuat nama berkas yang tidak diizinkan dan tidak dibuka.")
        if entry.flag_bits & 1:
            raise Refused("Zip ini bersandi. Buat zip tanpa sandi, lalu unggah lagi.")
        if entry.file_size > RATIO_FROM and entry.file_size > RATIO * max(entry.compress_size, 1):
            raise Refused("Zip ini mengembang tidak wajar saat dibuka. Buat zip baru dari berkas aslinya.")
    if not shapes:
        raise Refused("Di dalam zip ini tidak ada Shapefile (.shp). Masukkan .shp, .shx, .dbf dan .prj.")
    if len(shapes) > 1:
        names = ", ".join(sorted(Path(entry.filename).name for entry in shapes)[:5])
        raise Refused(f"Zip ini memuat {len(shapes)} Shapefile ({names}). Buat satu zip untuk masing-masing.")
    stem = shapes[0].filename[:-4]
    found = {entry.filename[-4:].lower(): entry for entry in entries if entry.filename[:-4] == stem}
    if ".dbf" not in found:
        raise Refused("Shapefile ini tanpa berkas .dbf, jadi kodenya tidak ada. Masukkan .dbf ke dalam zip.")
    return found


def _own(entry: zipfile.ZipInfo) -> bool:
    """False for the shadow copies that macOS puts into a zip."""
    return not entry.filename.startswith("__MACOSX/") and not Path(entry.filename).name.startswith("._")


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> Path:
    """Copy one entry, counting: the directory of a zip may lie about sizes."""
    left = entry.file_size
    with archive.open(entry) as source, target.open("wb") as copy:
        while chunk := source.read(CHUNK):
            left -= len(chunk)
            if left < 0:
                raise Refused(
                    "Zip ini mengembang tidak wajar saat dibuka. Buat zip baru dari berkas aslinya."
                )
            copy.write(chunk)
    return target


def check_prj(path: Path | None) -> list[str]:
    """Compare the text of a .prj with the known spellings of WGS 84. It is never parsed."""
    if path is None:
        return [NO_PRJ]
    text = re.sub(r"\s+", "", path.read_bytes()[:8192].decode("utf-8-sig", "replace")).upper()
    if not WGS84.fullmatch(text):
        raise Refused(f"Sistem koordinat Shapefile ini (.prj) bukan WGS 84 geografis. {SAVE_AGAIN}")
    return []


def _shape(shape: Any, number: int) -> tuple[list[Polygon] | None, str]:
    if shape.shapeType == 0 or not shape.points:
        return None, ""
    if shape.shapeType not in SHAPE_AREAS:
        return None, str(shape.shapeTypeName)
    return _areas(dict(shape.__geo_interface__), number)


# --- GeoPackage ----------------------------------------------------------------------------------

ENVELOPES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}


def read_geopackage(path: Path, out: Collector) -> list[str]:
    """Read the one feature table. The database is opened read-only and its schema is not trusted."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as base:
            base.execute("PRAGMA trusted_schema=OFF")
            base.execute("PRAGMA cell_size_check=ON")
            columns = _stored_columns(base)
            base.text_factory = lambda raw: raw.decode("utf-8", "replace")
            base.set_authorizer(
                lambda action, *rest: sqlite3.SQLITE_OK if action in ALLOWED else sqlite3.SQLITE_DENY
            )
            for attributes, blob in _features(base, columns):
                polygons, kind = _gpkg_geometry(blob)
                out.add(attributes, polygons, kind=kind)
    except (sqlite3.Error, OverflowError) as error:
        raise Refused(DAMAGED) from error
    return []


def _stored_columns(base: sqlite3.Connection) -> dict[str, list[str]]:
    """Per table the columns that hold what was written; a generated one would be computed by the file."""
    return {
        name: [row[1] for row in base.execute(f"PRAGMA table_xinfo({_quoted(name)})") if row[6] == 0]
        for name, sql in _schema(base)
        if not _is_virtual(sql)
    }


def _is_virtual(sql: str | None) -> bool:
    return (sql or "").lstrip()[:14].upper() == "CREATE VIRTUAL"


def _features(
    base: sqlite3.Connection, columns: dict[str, list[str]]
) -> Iterator[tuple[dict[str, Any], Any]]:
    tables = {name: sql or "" for name, sql in _schema(base)}
    if not {"gpkg_contents", "gpkg_geometry_columns"} <= set(tables):
        raise Refused("Berkas ini bukan GeoPackage. Unggah GeoJSON, Shapefile (zip) atau GeoPackage.")
    layers = base.execute("SELECT table_name, column_name, srs_id FROM gpkg_geometry_columns").fetchall()
    layers = [layer for layer in layers if layer[0] in tables]
    if not layers:
        raise Refused("GeoPackage ini tidak memuat lapis poligon. Periksa isinya, lalu unggah lagi.")
    if len(layers) > 1:
        names = ", ".join(str(layer[0]) for layer in layers[:5])
        raise Refused(f"GeoPackage ini memuat beberapa lapis ({names}). Simpan satu lapis per berkas.")
    table, column, srs = layers[0]
    if srs != 4326:
        raise Refused(f"Sistem koordinat GeoPackage ini bukan EPSG:4326. {SAVE_AGAIN}")
    if _is_virtual(tables[table]):
        raise Refused("Lapis GeoPackage ini bukan tabel biasa dan tidak dibuka. Simpan ulang dari QGIS.")
    heads = columns[table]
    if column not in heads:
        raise Refused(DAMAGED)
    place = heads.index(column)
    for row in base.execute(f"SELECT {', '.join(map(_quoted, heads))} FROM {_quoted(table)}"):
        yield (
            {name: value for k, (name, value) in enumerate(zip(heads, row, strict=True)) if k != place},
            row[place],
        )


def _schema(base: sqlite3.Connection) -> list[tuple[str, str]]:
    """Ordinary tables: a view could compute without end."""
    return base.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()


def _quoted(name: str) -> str:
    return '"' + str(name).replace('"', '""') + '"'


def _gpkg_geometry(blob: Any) -> tuple[list[Polygon] | None, str]:
    """The polygons of a GeoPackage geometry: header of OGC 12-128r18 section 2.1.3, then WKB."""
    if blob is None:
        return None, ""
    if not isinstance(blob, bytes) or len(blob) < 8 or blob[:2] != b"GP":
        raise Refused(DAMAGED)
    flags = blob[3]
    envelope = ENVELOPES.get((flags >> 1) & 7)
    (srs,) = struct.unpack_from("<i" if flags & 1 else ">i", blob, 4)
    if envelope is None or flags & 0x20:
        return None, "geometri khusus"
    if srs != 4326:
        raise Refused(f"Sistem koordinat sebuah poligon di GeoPackage ini bukan EPSG:4326. {SAVE_AGAIN}")
    if flags & 0x10:
        return None, ""
    return _Wkb(blob, 8 + envelope).areas()


class _Wkb:
    """Well-known binary: Polygon and MultiPolygon, with or without Z and M."""

    def __init__(self, data: bytes, start: int):
        self.data = data
        self.at = start

    def areas(self) -> tuple[list[Polygon] | None, str]:
        order, kind, size = self._head()
        if kind == 3:
            return [self._polygon(order, size)], ""
        if kind != 6:
            return None, f"WKB {kind}"
        polygons = []
        for _ in range(self._count(order, 9)):
            order, kind, size = self._head()
            if kind != 3:
                raise Refused(DAMAGED)
            polygons.append(self._polygon(order, size))
        return polygons or None, ""

    def _head(self) -> tuple[str, int, int]:
        order = "<" if self._take("B")[0] == 1 else ">"
        (code,) = self._take(f"{order}I")
        flags, code = code & 0xF0000000, code & 0x0FFFFFFF
        size = 2 + (code // 1000 in (1, 3)) + (code // 1000 in (2, 3))
        size += bool(flags & 0x80000000) + bool(flags & 0x40000000)
        if flags & 0x20000000:
            raise Refused(DAMAGED)  # a SRID of its own has no place in a GeoPackage
        return order, code % 1000, size

    def _polygon(self, order: str, size: int) -> Polygon:
        polygon = []
        for _ in range(self._count(order, 4)):
            n = self._count(order, 8 * size)
            flat = self._take(f"{order}{n * size}d")
            polygon.append(list(zip(flat[::size], flat[1::size], strict=True)))
        return polygon

    def _count(self, order: str, least: int) -> int:
        """A number of parts, each at least so many bytes long: more than there are bytes is a lie."""
        (n,) = self._take(f"{order}I")
        if n * least > len(self.data) - self.at:
            raise Refused(DAMAGED)
        return n

    def _take(self, form: str) -> tuple:
        values = struct.unpack_from(form, self.data, self.at)
        self.at += struct.calcsize(form)
        return values


# --- the process ---------------------------------------------------------------------------------


def read(path: Path, folder: Path, target: Path) -> dict[str, Any]:
    """Read one file, by what it holds and not by its name. Raises Refused."""
    with path.open("rb") as file:
        head = file.read(16)
    if not head:
        raise Refused("Berkas ini kosong. Pilih berkas lain.")
    with target.open("w", encoding="utf-8") as sink:
        out = Collector(sink)
        if head.startswith(b"PK"):
            kind, remarks = "Shapefile", read_shapefile(path, out, folder)
        elif head == b"SQLite format 3\x00":
            kind, remarks = "GeoPackage", read_geopackage(path, out)
        else:
            kind, remarks = "GeoJSON", read_geojson(path, out)
    return out.answer(kind, remarks)


def confine(seconds: int, memory: int) -> None:
    """Die with the parent, and never take more than a file of boundaries may cost."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (UNCOMPRESSED, UNCOMPRESSED))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Carry out one order."""
    order = json.loads(sys.stdin.readline())
    confine(order["seconds"], order["memory"])
    answer: dict[str, Any]
    try:
        answer = {"answer": read(Path(order["path"]), Path(order["folder"]), Path(order["keluaran"]))}
    except Refused as refusal:
        answer = {"refused": str(refusal)}
    except MemoryError:
        answer = {"refused": "Berkas ini terlalu besar untuk dibaca. Bagi menjadi beberapa berkas."}
    except Exception:  # pyshp and struct meet a damaged file with errors of many kinds
        answer = {"refused": DAMAGED}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
