"""Files of boundaries, honest and hostile: what the reader takes, what it refuses, what it never opens."""

import io
import json
import math
import sqlite3
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.conf import settings

from spatial import batas_files, batas_reader
from spatial.batas_files import BatasDitolak, Masukan, read_berkas
from spatial.batas_reader import NO_CRS, Refused, read
from tests.batas_berkas import PRJ, feature, geojson, geopackage, gpkg_blob, shape_zip, square

KODE = "1903012008"

_opened: list[str] | None = None


def _watch(event: str, arguments: tuple) -> None:
    if _opened is not None and event in {"open", "socket.connect", "socket.getaddrinfo"}:
        _opened.append(str(arguments[0]))


sys.addaudithook(_watch)


@pytest.fixture
def opened(monkeypatch):
    """The names of all files opened and addresses asked for while the test runs."""
    names: list[str] = []
    monkeypatch.setattr(sys.modules[__name__], "_opened", names)
    return names


@pytest.fixture
def take(tmp_path):
    """Read bytes or a file in this process; (answer, lines of attributes and EWKB)."""

    def take(content):
        path = content
        if isinstance(content, bytes):
            path = tmp_path / "berkas"
            path.write_bytes(content)
        answer = read(path, tmp_path, tmp_path / "baris")
        lines = [line.rstrip("\n").split("\t") for line in (tmp_path / "baris").open()]
        return answer, [(json.loads(attributes), code) for attributes, code in lines]

    return take


def corners(code: str) -> list[tuple[float, float]]:
    """The vertices of the first ring of the first polygon of an EWKB."""
    raw = bytes.fromhex(code)
    (n,) = struct.unpack_from("<I", raw, 22)
    flat = struct.unpack_from(f"<{2 * n}d", raw, 26)
    return list(zip(flat[::2], flat[1::2], strict=True))


SQUARE = [tuple(point) for point in square()[0]]


def test_geojson_is_read(take):
    answer, [(attributes, code)] = take(
        geojson(feature(KODE, NAMOBJ="Rias", luas=12.5, nol=None, besar=1903.0))
    )
    assert (answer["jenis"], answer["jumlah"], answer["titik"]) == ("GeoJSON", 1, 5)
    assert attributes == {"kode": KODE, "NAMOBJ": "Rias", "luas": "12.5", "besar": "1903"}
    assert corners(code) == SQUARE


def test_a_height_is_left_out(take):
    high = [[[*point, 17.0] for point in square()[0]]]
    _, [(_, code)] = take(geojson(feature(KODE, high)))
    assert corners(code) == SQUARE


def test_shapefile_is_read(take):
    answer, [(attributes, code)] = take(shape_zip(feature(KODE)))
    assert (answer["jenis"], answer["catatan"]) == ("Shapefile", [])
    assert attributes == {"kode": KODE}
    assert sorted(set(corners(code))) == sorted(set(SQUARE))


def test_geopackage_is_read(take, tmp_path):
    answer, [(attributes, code)] = take(geopackage(tmp_path / "a.gpkg", feature(KODE)))
    assert answer["jenis"] == "GeoPackage"
    assert attributes == {"fid": "1", "kode": KODE}
    assert corners(code) == SQUARE


@pytest.mark.parametrize(
    ("kind", "size", "extra"), [(1003, 3, 0), (2003, 3, 0), (3003, 4, 0), (3 | 0x80000000, 3, 0)]
)
def test_geopackage_with_z_or_m_gives_the_plane(take, tmp_path, kind, size, extra):
    ring = [[*point, *([9.0] * (size - 2))] for point in square()[0]]
    path = geopackage(tmp_path / "a.gpkg", feature(KODE))
    with sqlite3.connect(path) as base:
        base.execute("UPDATE lapis SET geom = ?", [gpkg_blob([ring], kind=kind)])
    _, [(_, code)] = take(path)
    assert corners(code) == SQUARE


# --- GeoJSON, hostile ----------------------------------------------------------------------------

COLLECTION = {"type": "GeometryCollection", "geometries": []}
EVIL = {"type": "link", "properties": {"href": "http://127.0.0.1:9/x.vrt", "type": "proj4"}}


def with_crs_in(place: str) -> bytes:
    one = feature(KODE)
    if place == "geometry":
        one["geometry"]["crs"] = EVIL
    if place == "properties":
        one["properties"]["dalam"] = {"lagi": {"crs": EVIL}}
    if place == "feature":
        one["crs"] = EVIL
    return geojson(one, **({"crs": EVIL} if place == "top" else {}))


@pytest.mark.parametrize("place", ["top", "feature", "geometry", "properties"])
def test_a_crs_member_anywhere_is_refused_and_opens_nothing(take, opened, place):
    with pytest.raises(Refused) as refusal:
        take(with_crs_in(place))
    assert str(refusal.value) == NO_CRS
    assert [name for name in opened if "x.vrt" in name or "127.0.0.1" in name] == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "kosong"),
        (b"bukan apa-apa", "bukan GeoJSON"),
        (b"\xff\xfe\x00\x01", "bukan GeoJSON"),
        (b'{"type": "FeatureCollection", "features": [', "bukan GeoJSON"),
        (b"[1, 2, 3]", "FeatureCollection"),
        (b'{"type": "FeatureCollection"}', "FeatureCollection"),
        (b'{"type": "FeatureCollection", "features": [{"type": "Polygon"}]}', "FeatureCollection"),
        (b'{"type": "FeatureCollection", "features": []}', "tidak berisi satu poligon"),
        (b"[" * 200_000, "rusak"),
        (geojson({"type": "Feature", "properties": {}, "geometry": None}), "Tidak ada poligon"),
        (
            geojson({"type": "Feature", "properties": {}, "geometry": COLLECTION}),
            "Tidak ada poligon",
        ),
        (
            geojson(
                {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [106, -2]}}
            ),
            "Tidak ada poligon",
        ),
        (geojson(feature(KODE, [[[106, -2], [106.1, -2], [106, -2]]])), "tidak tertutup"),
        (geojson(feature(KODE, [square()[0][:-1]])), "tidak tertutup"),
        (geojson(feature(KODE, [[]])), "tidak tertutup"),
        (geojson(feature(KODE, [])), "kosong"),
        (geojson(feature(KODE, [[["106", "-2"]] * 5])), "bukan angka"),
        (geojson(feature(KODE, [[[True, False]] * 5])), "bukan angka"),
        (geojson(feature(KODE, [[[106]] * 5])), "bukan angka"),
        (geojson(feature(KODE, 17)), "bukan angka"),
        (geojson(feature(KODE, [[[math.nan, -2]] * 5])), "bukan angka"),
        (geojson(feature(KODE)).replace(b"106.1", b"1e999"), "bukan angka"),
        (geojson(feature(KODE)).replace(b"106.1", b"1" + b"0" * 400), "bukan angka"),
        (geojson(feature(KODE)).replace(b"106.1", b"1" + b"0" * 5000), "bukan GeoJSON"),
        (geojson(feature(KODE, [[[y, x] for x, y in square()[0]]])), "tertukar"),
        (geojson(feature(KODE, square(612_345.0, 9_778_000.0, 500.0))), "meter"),
    ],
)
def test_a_hostile_or_wrong_geojson_is_refused_in_one_sentence(take, content, words):
    with pytest.raises(Refused, match=words):
        take(content)


def test_a_feature_hidden_in_attributes_is_refused(take):
    one = feature(KODE)
    one["properties"]["dalam"] = feature("1903012004")
    with pytest.raises(Refused, match="FeatureCollection"):
        take(geojson(one))


def test_features_without_area_are_counted_beside_the_others(take):
    point = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [106, -2]}}
    nothing = {"type": "Feature", "properties": {"kode": "1903012004"}, "geometry": None}
    answer, rows = take(geojson(feature(KODE), point, nothing))
    assert (answer["jumlah"], answer["bukan_luas"], answer["tanpa_geometri"]) == (3, 1, 1)
    assert [bool(code) for _, code in rows] == [True, False, False]


def test_a_million_vertices_are_read(take):
    n = 1_000_000
    ring = [[106 + math.cos(k * math.tau / n) / 10, -2 + math.sin(k * math.tau / n) / 10] for k in range(n)]
    answer, [(_, code)] = take(geojson(feature(KODE, [[*ring, ring[0]]])))
    assert answer["titik"] == n + 1
    assert len(code) == 2 * (26 + 16 * (n + 1))


def test_too_many_vertices_and_too_large_a_file_are_refused(take, monkeypatch):
    monkeypatch.setattr(batas_reader, "VERTICES", 7)
    with pytest.raises(Refused, match="terlalu rinci"):
        take(geojson(feature(KODE), feature(KODE)))
    monkeypatch.setattr(batas_reader, "JSON_BYTES", 100)
    with pytest.raises(Refused, match="lebih besar"):
        take(geojson(feature(KODE)))


# --- Shapefile, hostile --------------------------------------------------------------------------

WGS84_SPELLINGS = [
    PRJ,
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],'
    'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",'
    '0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]',
    'GEOGCS["WGS 84",\n  DATUM["WGS_1984",\n    SPHEROID["WGS 84",6378137,298.257223563]],\n'
    '  PRIMEM["Greenwich",0],\n  UNIT["degree",0.0174532925199433]]\n',
]


@pytest.mark.parametrize("prj", WGS84_SPELLINGS)
def test_known_spellings_of_wgs84_are_taken(take, prj):
    answer, _ = take(shape_zip(feature(KODE), prj=prj))
    assert answer["jumlah"] == 1


@pytest.mark.parametrize(
    "prj",
    [
        "",
        "/etc/passwd",
        "http://127.0.0.1:9/canary.prj",
        "/vsicurl/http://127.0.0.1:9/canary.prj",
        "<OGRVRTDataSource><SrcDataSource>/tmp/canary</SrcDataSource></OGRVRTDataSource>",
        'PROJCS["WGS_1984_UTM_Zone_48S",' + PRJ + ',PROJECTION["Transverse_Mercator"]]',
        PRJ.replace("6378137.0", "6377397.155").replace("D_WGS_1984", "D_Batavia"),
        PRJ.replace("6378137.0", "6378137.0/vsicurl/http://127.0.0.1:9/canary"),
        PRJ + "/etc/passwd",
    ],
)
def test_any_other_prj_is_refused_and_opens_nothing(take, opened, prj):
    with pytest.raises(Refused, match=r"\(\.prj\) bukan WGS 84.*EPSG:4326"):
        take(shape_zip(feature(KODE), prj=prj))
    assert [name for name in opened if "canary" in name or "passwd" in name or "127.0.0.1" in name] == []


def test_without_prj_degrees_in_indonesia_are_taken_with_a_remark(take):
    answer, _ = take(shape_zip(feature(KODE), prj=None))
    assert "tanpa berkas .prj" in answer["catatan"][0]
    with pytest.raises(Refused, match=r"\.prj tidak ada"):
        take(shape_zip(feature(KODE, square(10.0, 50.0)), prj=None))
    with pytest.raises(Refused, match="meter"):
        take(shape_zip(feature(KODE, square(612_345.0, 9_778_000.0, 500.0)), prj=None))


@pytest.mark.parametrize("name", ["../keluar.txt", "/etc/x", "a/../../b", "..\\x", "C:/x"])
def test_a_zip_that_climbs_out_is_refused(take, tmp_path, name):
    with pytest.raises(Refused, match="nama berkas yang tidak diizinkan"):
        take(shape_zip(feature(KODE), extra=[(name, "x")]))
    assert not (tmp_path.parent / "keluar.txt").exists()


def test_a_bomb_is_refused_by_its_directory(take):
    with pytest.raises(Refused, match="mengembang tidak wajar"):
        take(shape_zip(feature(KODE), extra=[("besar.dbf", b"\0" * 20_000_000)]))


def test_a_bomb_that_lies_about_its_size_is_refused_while_reading(take):
    content = shape_zip(feature(KODE), extra=[("lain.txt", b"x")])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo("lapis.shp").file_size
    lie = content.replace(struct.pack("<I", size), struct.pack("<I", size - 50))
    assert lie != content
    with pytest.raises(Refused):
        take(lie)


def test_many_entries_passwords_and_other_zips_are_refused(take):
    with pytest.raises(Refused, match="terlalu besar"):
        take(shape_zip(feature(KODE), extra=[(f"{n}.txt", "x") for n in range(200)]))
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("catatan.txt", "bukan shapefile")
    with pytest.raises(Refused, match="tidak ada Shapefile"):
        take(other.getvalue())
    with pytest.raises(Refused, match="2 Shapefile"):
        take(shape_zip(feature(KODE), extra=[("kedua.shp", b"x")]))
    with pytest.raises(Refused, match="rusak"):
        take(b"PK\x03\x04" + b"\0" * 50)


def test_copies_that_a_mac_adds_are_passed_over(take):
    answer, _ = take(shape_zip(feature(KODE), extra=[("__MACOSX/._lapis.shp", b"x")]))
    assert answer["jumlah"] == 1


# --- GeoPackage, hostile -------------------------------------------------------------------------


@pytest.mark.parametrize("definition", ["/etc/passwd", "http://127.0.0.1:9/canary", "<VRT>/tmp/canary</VRT>"])
def test_the_definition_of_a_srs_is_never_looked_at(take, opened, tmp_path, definition):
    answer, _ = take(geopackage(tmp_path / "a.gpkg", feature(KODE), definition=definition))
    assert answer["jumlah"] == 1
    assert [name for name in opened if "canary" in name or "passwd" in name or "127.0.0.1" in name] == []


def test_another_srs_is_refused_in_the_table_and_in_the_geometry(take, tmp_path):
    with pytest.raises(Refused, match="bukan EPSG:4326"):
        take(geopackage(tmp_path / "a.gpkg", feature(KODE), srs=32748))
    path = geopackage(tmp_path / "b.gpkg", feature(KODE))
    with sqlite3.connect(path) as base:
        base.execute("UPDATE lapis SET geom = ?", [gpkg_blob(square(), srs=100_000)])
    with pytest.raises(Refused, match="bukan EPSG:4326"):
        take(path)


def test_a_view_that_computes_without_end_is_not_run(take, tmp_path):
    view = (
        "CREATE VIEW lapis AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r)"
        " SELECT n AS fid, 'x' AS kode, NULL AS geom FROM r;"
    )
    with pytest.raises(Refused, match="tidak memuat lapis"):
        take(geopackage(tmp_path / "a.gpkg", before=view))


def test_a_virtual_table_is_not_opened(take, tmp_path):
    virtual = "CREATE VIRTUAL TABLE lapis USING fts5(kode, geom);"
    with pytest.raises(Refused, match="bukan tabel biasa"):
        take(geopackage(tmp_path / "a.gpkg", before=virtual))


def test_a_generated_column_is_not_computed(take, tmp_path):
    table = (
        "CREATE TABLE lapis (fid INTEGER PRIMARY KEY, kode TEXT, geom BLOB,"
        " isi TEXT GENERATED ALWAYS AS (hex(zeroblob(100000000))) VIRTUAL);"
    )
    _, [(attributes, _)] = take(geopackage(tmp_path / "a.gpkg", feature(KODE), before=table))
    assert attributes == {"fid": "1", "kode": KODE}


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        b"GP",
        b"XX" + b"\0" * 40,
        "teks",
        17,
        gpkg_blob(square())[:60],
        b"GP\x00\x01" + struct.pack("<iBII", 4326, 1, 3, 0xFFFFFFFF),
        b"GP\x00\x01" + struct.pack("<iBIII", 4326, 1, 3, 1, 0xFFFFFFFF),
        b"GP\x00\x01" + struct.pack("<iBIIBII", 4326, 1, 6, 1, 1, 6, 1),
        gpkg_blob(square(), kind=3 | 0x20000000),
    ],
)
def test_a_damaged_geometry_is_refused(tmp_path, blob):
    path = geopackage(tmp_path / "a.gpkg", feature(KODE))
    with sqlite3.connect(path) as base:
        base.execute("UPDATE lapis SET geom = ?", [blob])
    base.close()
    with pytest.raises(BatasDitolak, match="rusak"):
        read_berkas(Masukan(path, "a.gpkg"), tmp_path, 1)


def test_another_sqlite_file_is_no_geopackage(take, tmp_path):
    with sqlite3.connect(tmp_path / "x.db") as base:
        base.execute("CREATE TABLE a (b)")
    base.close()
    with pytest.raises(Refused, match="bukan GeoPackage"):
        take(tmp_path / "x.db")


# --- the process ---------------------------------------------------------------------------------


def test_the_reader_runs_in_a_process_without_django_and_gdal(tmp_path):
    path = tmp_path / "a.geojson"
    path.write_bytes(geojson(feature(KODE)))
    bacaan = read_berkas(Masukan(path, "a.geojson"), tmp_path, 1)
    assert (bacaan.jumlah, bacaan.jenis, len(bacaan.sha256)) == (1, "GeoJSON", 64)
    [(attributes, code)] = bacaan.features()
    assert attributes == {"kode": KODE}
    assert corners(code) == SQUARE
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import spatial.batas_reader, sys; print([m for m in sys.modules if m.startswith(('django', 'osgeo'))])",
        ],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.strip() == "[]"


def test_a_file_that_eats_memory_costs_the_reader_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(batas_files, "MEMORY", 200 * 1024**2)
    path = tmp_path / "a.geojson"
    path.write_bytes(b'{"type": "FeatureCollection", "features": [' + b"[],\n" * 3_000_000 + b"[]]}")
    with pytest.raises(BatasDitolak, match=r"a\.geojson: Berkas ini .*terlalu besar"):
        read_berkas(Masukan(path, "a.geojson"), tmp_path, 1)


def test_a_file_that_takes_too_long_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(batas_files, "CPU_SECONDS", 1)
    path = tmp_path / "a.geojson"
    path.write_bytes(b'{"type": "FeatureCollection", "features": [' + b"[],\n" * 30_000_000 + b"[]]}")
    with pytest.raises(BatasDitolak, match=r"a\.geojson: Berkas ini tidak dapat dibaca"):
        read_berkas(Masukan(path, "a.geojson"), tmp_path, 1)


def test_reading_leaves_the_file_alone(tmp_path):
    path = geopackage(tmp_path / "a.gpkg", feature(KODE))
    before = path.read_bytes()
    read_berkas(Masukan(path, "a.gpkg"), tmp_path, 1)
    assert path.read_bytes() == before
    assert not Path(f"{path}-journal").exists()
