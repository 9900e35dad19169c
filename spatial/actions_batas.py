"""Verbs on versions of boundaries: load from files, put to use, delete. Computing them is actions.py."""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from django.contrib.gis.db.models import Extent
from django.db import DataError, InternalError, OperationalError, connection, transaction
from psycopg2.errors import QueryCanceled

from spatial.batas_files import Bacaan, BatasDitolak, Kolom, Masukan, find_kolom, names_of, read_berkas
from spatial.batas_report import (
    LEVEL_NAMES,
    SQL,
    Temuan,
    as_json,
    checks,
    levels,
    merged_temuan,
    rows_of,
    temuan,
)
from spatial.models import VersiBatas, Wilayah
from spatial.queries import active_versi, resolve_sql

BOX_MARGIN = 1.0  # degrees around the label points of the province
MOST_OUTSIDE = 0.5
# Vertices of the borders of one level, each border counted once; a file of 60,000 is about 0.3 MB compressed.
SHOWN_VERTICES = 60_000
TOLERANCES = (0, 0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002)
STATEMENT_SECONDS = 600
HEADS = 20  # columns named in a refusal
SUGGESTED = 5_000  # features whose names are looked up when their code says nothing
UPWARDS = (Wilayah.Tingkat.KECAMATAN, Wilayah.Tingkat.KABUPATEN_KOTA, Wilayah.Tingkat.PROVINSI)
UNWORKABLE = (
    "Bentuk sebagian poligon tidak dapat dihitung. Periksa dan perbaiki geometrinya di QGIS"
    " (Vector, Geometry Tools, Fix Geometries), lalu unggah lagi."
)
TOO_LONG = "Pemeriksaan batas terlalu lama. Sederhanakan garisnya di QGIS, lalu unggah lagi."
Kabar = Callable[[str], None]
Named = tuple[int, str, str, str]  # number of a feature; kabupaten, kecamatan and desa beside it

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Keterangan:
    """What a person says about the files: shown with the version, never interpreted."""

    nama: str
    sumber: str
    lisensi: str = ""
    tanggal: date | None = None
    oleh: str = ""


class VersiBerubah(Exception):
    """Meanwhile somebody else switched; the sentence says so. Nothing was changed."""


@contextmanager
def read_batas(masukan_list: list[Masukan], started=None) -> Iterator[list[Bacaan]]:
    """Read the files of a load; what was read is there until the block ends. Raises BatasDitolak."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="batas-", dir=settings.DATA_DIR) as folder:
        yield [
            read_berkas(masukan, Path(folder), number, started)
            for number, masukan in enumerate(masukan_list, start=1)
        ]


def load_batas(
    *, bacaan_list: list[Bacaan], keterangan: Keterangan, kabar: Kabar = lambda fase: None
) -> tuple[VersiBatas, bool]:
    """Store files that were read as a version that is not in use; (version, whether it is new).

    The same files again give the version they gave before. Raises BatasDitolak; then nothing is kept.
    kabar is told "periksa", "gabung", "tampil" and "banding" as the work goes on.
    """
    try:
        return _load(bacaan_list, keterangan, kabar)
    except QueryCanceled:  # COPY runs past Django, which would have wrapped it
        raise BatasDitolak(TOO_LONG) from None
    except (DataError, InternalError, psycopg2.DataError, psycopg2.InternalError) as error:
        # what PostGIS says of shapes it cannot work with; its message quotes them
        logger.warning("boundaries refused by PostGIS: %s", type(error).__name__)
        raise BatasDitolak(UNWORKABLE) from None
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise BatasDitolak(TOO_LONG) from None
        raise


@transaction.atomic
def _load(bacaan_list: list[Bacaan], keterangan: Keterangan, kabar: Kabar) -> tuple[VersiBatas, bool]:
    sidik = _fingerprint(bacaan_list)
    with connection.cursor() as cursor:
        # of two who load the same files at once the second waits, and finds the version there
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [sidik])
    if versi := VersiBatas.objects.filter(sidik=sidik).first():
        return versi, False
    kabar("periksa")
    kolom_list = [_kolom(bacaan) for bacaan in bacaan_list]
    versi = VersiBatas.objects.create(
        nama=keterangan.nama,
        sumber=keterangan.sumber,
        lisensi=keterangan.lisensi,
        tanggal=keterangan.tanggal,
        oleh=keterangan.oleh,
        sidik=sidik,
        berkas=[_about(bacaan, kolom) for bacaan, kolom in zip(bacaan_list, kolom_list, strict=True)],
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{STATEMENT_SECONDS}s"])
        found = _take(cursor, bacaan_list, kolom_list)
        cursor.execute((SQL / "impor_batas_gabung.sql").read_text())
        found += merged_temuan()
        found.append(_in_the_box())
        cursor.execute(
            "INSERT INTO spatial_batas (versi_id, wilayah_id, geom) "
            "SELECT %s, kode, geom FROM batas_satu WHERE NOT ST_IsEmpty(geom) RETURNING wilayah_id",
            [versi.pk],
        )
        from_files = {kode for (kode,) in cursor.fetchall()}
        kabar("gabung")
        induk = (SQL / "impor_batas_induk.sql").read_text()
        for tingkat in UPWARDS:
            cursor.execute(induk, {"versi": versi.pk, "tingkat": tingkat})
        kabar("tampil")
        shown = _simplify(cursor, versi, from_files)
        cursor.execute("DROP TABLE batas_baca, batas_satu")
    kabar("banding")
    lama = active_versi()
    tingkat_list = levels(versi, from_files)
    versi.laporan = {
        "tingkat": tingkat_list,
        "temuan": as_json(found + checks(versi, tingkat_list, lama)),
        "dibanding": lama.pk if lama else None,
        "tampil": shown,
    }
    versi.save(update_fields=["laporan"])
    return versi, True


def _fingerprint(bacaan_list: list[Bacaan]) -> str:
    """The same bytes read in the same way, in any order, are the same load."""
    told = sorted(f"{b.sha256} {b.masukan.tingkat} {b.masukan.kolom}" for b in bacaan_list)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _about(bacaan: Bacaan, kolom: Kolom) -> dict[str, Any]:
    return {
        "nama": bacaan.masukan.nama,
        "ukuran": bacaan.ukuran,
        "sha256": bacaan.sha256,
        "jenis": bacaan.jenis,
        "jumlah": bacaan.jumlah,
        "titik": bacaan.titik,
        "tingkat": kolom.tingkat,
        "kolom": kolom.nama,
        "sistem": kolom.sistem,
    }


def _kolom(bacaan: Bacaan) -> Kolom:
    """The column of the code, or a refusal that says what the file does hold."""
    if kolom := find_kolom(bacaan):
        return kolom
    wanted, has_wanted = bacaan.masukan.kolom.lower(), False
    heads: dict[str, None] = {}
    named: list[Named] = []
    for number, (attributes, _) in enumerate(bacaan.features(), start=1):
        has_wanted = has_wanted or wanted in map(str.lower, attributes)
        heads.update(dict.fromkeys(islice(attributes, HEADS - len(heads))))
        _keep_names(named, number, attributes)
    nama = bacaan.masukan.nama
    if wanted and not has_wanted:
        raise BatasDitolak(
            f"{nama}: kolom {bacaan.masukan.kolom} tidak ada. Kolom yang terbaca: {', '.join(heads)}."
        )
    level = f" {LEVEL_NAMES[bacaan.masukan.tingkat]}" if bacaan.masukan.tingkat else ""
    sentence = f"{nama}: tidak ada satu kode{level} pun yang cocok dengan wilayah yang tercatat."
    if hints := _suggest(named):
        raise BatasDitolak(
            f"{sentence} Dari namanya {len(hints)} dari {bacaan.jumlah} poligon dikenali, tetapi nama saja"
            " tidak cukup. Tambahkan kolom berisi kode Kemendagri, lalu unggah lagi."
        )
    raise BatasDitolak(
        f"{sentence} Mungkin berkas provinsi lain, atau kolom kodenya tidak ada."
        f" Kolom yang terbaca: {', '.join(heads) or 'tidak ada'}."
    )


def _keep_names(named: list[Named], number: int, attributes: dict[str, str]) -> None:
    """Keep of a feature only what _suggest asks for: all attributes of a large file are gigabytes."""
    if len(named) < SUGGESTED and (names := names_of(attributes))[2]:
        named.append((number, *names))


def _suggest(named: list[Named]) -> dict[int, str]:
    """Which village the names beside a polygon mean, by the resolver of the imports: number -> kode."""
    if not named:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE batas_nama (no integer, kabupaten text, kecamatan text, desa text)"
            " ON COMMIT DROP"
        )
        cursor.executemany("INSERT INTO batas_nama VALUES (%s, %s, %s, %s)", named)
        cursor.execute(resolve_sql("batas_nama"))
        meant = {row[:3]: row[3] or row[6] for row in cursor.fetchall()}
        cursor.execute("DROP TABLE batas_nama")
    return {n: kode for n, *names in named if (kode := meant.get(tuple(names)))}


# --- from rows to boundaries ---------------------------------------------------------------------


def _take(cursor, bacaan_list: list[Bacaan], kolom_list: list[Kolom]) -> list[Temuan]:
    """Copy the polygons into batas_baca; return what was said about features that did not come in."""
    cursor.execute(
        "CREATE TEMPORARY TABLE batas_baca (berkas integer, no integer, kode text,"
        " geom geometry(MultiPolygon, 4326)) ON COMMIT DROP"
    )
    provinces = set(Wilayah.objects.filter(tingkat="provinsi").values_list("kode", flat=True))
    unknown: list[str] = []
    named: list[Named] = []
    empty: list[tuple[list[str], str]] = []
    elsewhere: list[tuple[list[str], str]] = []
    remarks: list[tuple[list[str], str]] = []
    for place, (bacaan, kolom) in enumerate(zip(bacaan_list, kolom_list, strict=True), start=1):
        with tempfile.TemporaryFile("w+", encoding="ascii") as rows:
            for number, (attributes, code) in enumerate(bacaan.features(), start=1):
                kode = kolom.kode_of(attributes)
                written = attributes.get(kolom.nama, "")
                where = f"{bacaan.masukan.nama}, poligon ke-{number}"
                if kode is None and written[:1].isdigit() and written[:2] not in provinces:
                    elsewhere.append(([], f"{where}: kode {written}"))
                elif kode is None:
                    _keep_names(named, len(unknown), attributes)
                    unknown.append(f"{where}: kode {written or 'kosong'}")
                elif not code:
                    empty.append(([kode], f"{where}: tanpa poligon"))
                else:
                    rows.write(f"{place}\t{number}\t{kode}\t{code}\n")
            rows.seek(0)
            cursor.copy_expert("COPY batas_baca FROM STDIN", rows)
        remarks += [([], f"{bacaan.masukan.nama}: {remark}") for remark in bacaan.catatan]
    cursor.execute("SELECT count(*) FROM batas_baca")
    if not cursor.fetchone()[0]:
        raise BatasDitolak("Tidak ada poligon yang kodenya dikenal di berkas ini.")
    hints = _suggest(named)
    return [
        temuan(
            "tanpa_kode",
            "awas",
            "poligon yang kodenya tidak dikenal, tidak dimuat",
            "Kode semua poligon dikenal",
            [
                ([], f"{words}{f', mungkin {hints[n]}' if n in hints else ''}")
                for n, words in enumerate(unknown)
            ],
            "Saran diambil dari nama dan tidak dipakai sendiri. Tulis kodenya di berkas, lalu muat lagi."
            if hints
            else "",
        ),
        temuan(
            "provinsi_lain",
            "kabar",
            "poligon provinsi lain, dilewati",
            "Tidak ada poligon provinsi lain",
            elsewhere,
        ),
        temuan("tanpa_poligon", "awas", "baris tanpa poligon", "Semua baris punya poligon", empty),
        temuan("berkas", "kabar", "catatan tentang berkas", "Sistem koordinat WGS 84", remarks),
    ]


def province_box() -> tuple[float, float, float, float] | None:
    """West, south, east, north of the label points with a margin; None without any."""
    box = Wilayah.objects.filter(titik__isnull=False).aggregate(Extent("titik"))["titik__extent"]
    if box is None:
        return None
    return box[0] - BOX_MARGIN, box[1] - BOX_MARGIN, box[2] + BOX_MARGIN, box[3] + BOX_MARGIN


def _in_the_box() -> Temuan:
    """Refuse a load most of which lies elsewhere; name the few that do."""
    box = province_box()
    rows = []
    if box is not None:
        rows = rows_of(
            "periksa_batas_kotak.sql", **dict(zip(("barat", "selatan", "timur", "utara"), box, strict=True))
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM batas_satu")
        (whole,) = cursor.fetchone()
    if len(rows) > MOST_OUTSIDE * whole:
        raise BatasDitolak(
            f"{len(rows)} dari {whole} poligon terletak di luar provinsi, padahal kodenya dikenal."
            " Periksa sistem koordinatnya: simpan ulang dalam WGS 84 (EPSG:4326), lalu unggah lagi."
        )
    return temuan(
        "kotak",
        "buruk",
        "wilayah terletak jauh di luar provinsi",
        "Semua wilayah terletak di provinsi ini",
        [((kode,), "di luar kotak provinsi") for (kode,) in rows],
    )


def _simplify(cursor, versi: VersiBatas, from_files: set[str]) -> dict[str, Any]:
    """Draw the lines for the browser, lowest level first; levels above are made from it where they can."""
    garis, tampil, atas = (
        (SQL / name).read_text()
        for name in ("impor_batas_garis.sql", "impor_batas_tampil.sql", "impor_batas_tampil_induk.sql")
    )
    told = {}
    tingkat_of = dict(Wilayah.objects.filter(kode__in=from_files).values_list("kode", "tingkat"))
    for tingkat in reversed(Wilayah.Tingkat.values):
        here = {"versi": versi.pk, "tingkat": tingkat, "dari_berkas": list(from_files)}
        if tingkat in tingkat_of.values():
            cursor.execute(garis, here)
            toleransi = _tolerance(cursor)
            cursor.execute(tampil, here | {"toleransi": toleransi})
            cursor.execute("DROP TABLE batas_garis")
            told[tingkat] = toleransi
        cursor.execute(atas, here)
    return told


def _tolerance(cursor) -> float:
    """The finest tolerance with which the borders are light enough."""
    for toleransi in TOLERANCES:
        cursor.execute(
            "SELECT ST_NPoints(CASE WHEN %(t)s > 0 THEN ST_SimplifyPreserveTopology(geom, %(t)s) ELSE geom END)"
            " FROM batas_garis",
            {"t": toleransi},
        )
        if (cursor.fetchone()[0] or 0) <= SHOWN_VERTICES:
            break
    return toleransi


# --- which version is in use ---------------------------------------------------------------------


def _one_at_a_time() -> None:
    """Until the transaction ends, nobody else switches or deletes a version."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('spatial versi batas', 0))")


@transaction.atomic
def use_versi(*, versi: VersiBatas, instead_of: int | None) -> VersiBatas:
    """Put a version to use, new or earlier, in place of the one the person saw in use.

    Raises VersiBerubah when another one is in use by now, or the version is gone.
    """
    _one_at_a_time()
    now = active_versi()
    if (now.pk if now else None) != instead_of:
        raise VersiBerubah("Sementara itu versi lain sudah dipakai. Periksa daftarnya, lalu pilih lagi.")
    VersiBatas.objects.filter(aktif=True).update(aktif=False)
    if not VersiBatas.objects.filter(pk=versi.pk).update(aktif=True):
        raise VersiBerubah("Versi ini sudah dihapus. Versi yang dipakai tidak berubah.")
    versi.refresh_from_db()
    return versi


@transaction.atomic
def delete_versi(*, versi: VersiBatas) -> None:
    """Delete a version with its boundaries. Raises VersiBerubah for the one in use."""
    _one_at_a_time()
    if VersiBatas.objects.filter(pk=versi.pk, aktif=True).exists():
        raise VersiBerubah("Versi ini sedang dipakai. Pakai versi lain dahulu, baru hapus yang ini.")
    VersiBatas.objects.filter(pk=versi.pk).delete()
