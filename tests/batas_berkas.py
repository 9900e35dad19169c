"""Files of boundaries for tests, all invented: squares, and the computed boundaries moved a little."""

from __future__ import annotations

import io
import json
import sqlite3
import struct
import zipfile
from pathlib import Path

import shapefile
from django.db import connection

PRJ = (
    'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)


def square(x: float = 106.0, y: float = -2.0, side: float = 0.1) -> list[list[list[float]]]:
    """The rings of a square with its lower left corner at x, y."""
    return [[[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]]


def feature(kode: str, rings=None, **attributes) -> dict:
    geometry = {"type": "Polygon", "coordinates": rings if rings is not None else square()}
    return {"type": "Feature", "properties": {"kode": kode, **attributes}, "geometry": geometry}


def geojson(*features: dict, **members) -> bytes:
    return json.dumps({"type": "FeatureCollection", **members, "features": list(features)}).encode()


def drawn(
    below: str, *, shift: float = 0.0, column: str = "kode", tingkat: str = "desa_kelurahan"
) -> list[dict]:
    """The computed boundaries of a level below `below` as features, all moved east by `shift` degrees."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wilayah_id, w.nama, ST_AsGeoJSON(ST_Translate(geom, %s, 0), 15) FROM spatial_batas AS b "
            "JOIN spatial_versibatas AS v ON v.id = b.versi_id "
            "JOIN spatial_wilayah AS w ON w.kode = b.wilayah_id "
            "WHERE v.indikatif AND w.tingkat = %s AND starts_with(w.kode, %s) ORDER BY w.kode",
            [shift, tingkat, below],
        )
        return [
            {"type": "Feature", "properties": {column: kode, "NAMOBJ": nama}, "geometry": json.loads(text)}
            for kode, nama, text in cursor.fetchall()
        ]


def shape_zip(*features: dict, prj: str | None = PRJ, name: str = "lapis", extra=()) -> bytes:
    """A zipped Shapefile of polygons with the column kode."""
    parts = {ending: io.BytesIO() for ending in ("shp", "shx", "dbf")}
    with shapefile.Writer(**parts, shapeType=shapefile.POLYGON) as writer:
        writer.field("kode", "C", 20)
        for one in features:
            # a Shapefile turns its outer rings clockwise
            writer.poly([ring[::-1] for ring in one["geometry"]["coordinates"]])
            writer.record(one["properties"]["kode"])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for ending, part in parts.items():
            archive.writestr(f"{name}.{ending}", part.getvalue())
        if prj is not None:
            archive.writestr(f"{name}.prj", prj)
        for path, content in extra:
            archive.writestr(path, content)
    return out.getvalue()


def gpkg_blob(rings, *, srs: int = 4326, flags: int = 1, kind: int = 3) -> bytes:
    """A GeoPackage geometry: header, then little-endian WKB of a polygon."""
    body = struct.pack("<BII", 1, kind, len(rings))
    for ring in rings:
        flat = [value for point in ring for value in point]
        body += struct.pack(f"<I{len(flat)}d", len(ring), *flat)
    return b"GP" + struct.pack("<BBi", 0, flags, srs) + body


def geopackage(
    path: Path, *features: dict, srs: int = 4326, definition: str = "GEOGCS", before: str = ""
) -> Path:
    """Write a GeoPackage with one layer `lapis`. `before`: SQL that takes the place of its table."""
    base = sqlite3.connect(path)
    base.executescript(
        "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT,"
        " organization_coordsys_id INTEGER, definition TEXT, description TEXT);"
        "CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT, srs_id INTEGER);"
        "CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT,"
        " srs_id INTEGER, z TINYINT, m TINYINT);"
        + (before or "CREATE TABLE lapis (fid INTEGER PRIMARY KEY, kode TEXT, geom BLOB);")
    )
    base.execute("INSERT INTO gpkg_spatial_ref_sys VALUES ('x', ?, 'EPSG', ?, ?, '')", [srs, srs, definition])
    base.execute("INSERT INTO gpkg_contents VALUES ('lapis', 'features', ?)", [srs])
    base.execute("INSERT INTO gpkg_geometry_columns VALUES ('lapis', 'geom', 'POLYGON', ?, 0, 0)", [srs])
    for one in features:
        base.execute(
            "INSERT INTO lapis (kode, geom) VALUES (?, ?)",
            [one["properties"]["kode"], gpkg_blob(one["geometry"]["coordinates"], srs=srs)],
        )
    base.commit()
    base.close()
    return path
