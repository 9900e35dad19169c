"""Verbs that change the land: loading wilayah and their spellings, computing boundaries."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

from django.contrib.gis.db.models import Extent
from django.db import connection, transaction

from spatial.coast import land_near
from spatial.models import Batas, VersiBatas, Wilayah
from spatial.queries import SQL

DATA = Path(__file__).resolve().parent.parent / "data"
REQUIRED = ("kode", "jenis", "nama")
OPTIONAL = (
    "kode_bps",
    "nama_bps",
    "lng",
    "lat",
    "penduduk",
    "luas_km2",
    "berlaku_sejak",
    "berlaku_sampai",
)
WITHOUT_DOTS = {"kode", "kode_bps"}
SHOWN = 20


BERKAS_EJAAN = "CREATE TEMPORARY TABLE berkas_ejaan (baris integer, kode text, tulisan text) ON COMMIT DROP"


class BerkasSalah(Exception):
    """A file that cannot be taken, with the reasons in words. Nothing was written."""


@dataclass(frozen=True)
class Muatan:
    """What a load changed."""

    dibaca: int
    baru: int
    berubah: int
    ejaan: int

    def __str__(self) -> str:
        if not (self.baru or self.berubah or self.ejaan):
            return f"{self.dibaca} wilayah dibaca, tidak ada yang berubah."
        return (
            f"{self.dibaca} wilayah dibaca: {self.baru} baru, {self.berubah} berubah; "
            f"{self.ejaan} ejaan ditulis."
        )


@transaction.atomic
def load_wilayah(path: Path, ejaan: Path | None = None) -> Muatan:
    """Load wilayah of one or more provinces, and other spellings of their names; all or nothing.

    Raises BerkasSalah with the rows at fault. Loading the same file again changes nothing.
    """
    rows = _read(path, REQUIRED, OPTIONAL)
    spellings = _read(ejaan, ("kode", "tulisan")) if ejaan else []
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE berkas_wilayah (baris integer, "
            + ", ".join(f"{name} text" for name in REQUIRED + OPTIONAL)
            + ", induk text GENERATED ALWAYS AS ("
            "nullif(left(kode, CASE length(kode) WHEN 10 THEN 6 ELSE length(kode) - 2 END), '')) STORED"
            ") ON COMMIT DROP"
        )
        cursor.execute(BERKAS_EJAAN)
        _copy(cursor, "berkas_wilayah", ("baris", *REQUIRED, *OPTIONAL), rows)
        _copy(cursor, "berkas_ejaan", ("baris", "kode", "tulisan"), spellings)
        cursor.execute("ANALYZE berkas_wilayah")
        cursor.execute((SQL / "periksa_wilayah.sql").read_text())
        _refuse(path, cursor.fetchall())
        cursor.execute((SQL / "muat_wilayah.sql").read_text())
        written = [new for (new,) in cursor.fetchall()]
        cursor.execute(
            "SELECT baris, format('kode %s tidak dikenal', kode) FROM berkas_ejaan AS b "
            "WHERE NOT EXISTS (SELECT FROM spatial_wilayah AS w WHERE w.kode = b.kode) ORDER BY baris"
        )
        _refuse(ejaan, cursor.fetchall())
        cursor.execute((SQL / "muat_ejaan.sql").read_text())
        spelled = len(cursor.fetchall())
        cursor.execute("DROP TABLE berkas_wilayah, berkas_ejaan")
    return Muatan(dibaca=len(rows), baru=sum(written), berubah=len(written) - sum(written), ejaan=spelled)


@transaction.atomic
def refresh_ejaan() -> None:
    """Let a name that was changed by hand be found at once; the former one stays as another spelling."""
    with connection.cursor() as cursor:
        cursor.execute(BERKAS_EJAAN)
        cursor.execute((SQL / "muat_ejaan.sql").read_text())
        cursor.execute("DROP TABLE berkas_ejaan")


def _read(path: Path, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> list[list[str]]:
    """Return the rows as [row number, cells in our order]; absent optional columns are empty."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BerkasSalah(f"Berkas {path} tidak ada.") from None
    except UnicodeDecodeError:
        raise BerkasSalah(f"Berkas {path.name} bukan UTF-8. Simpan sebagai CSV UTF-8.") from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    headers = [name.strip().lower() for name in reader.fieldnames or []]
    reader.fieldnames = headers
    if missing := [name for name in required if name not in headers]:
        raise BerkasSalah(
            f"Berkas {path.name} tidak punya kolom {', '.join(missing)}. "
            f"Kolom yang terbaca: {', '.join(headers) or 'tidak ada'}."
        )
    rows = []
    for row in reader:
        cells = [(row.get(name) or "").strip() for name in required + optional]
        cells = [
            cell.replace(".", "") if name in WITHOUT_DOTS else cell
            for name, cell in zip(required + optional, cells, strict=True)
        ]
        if any(cells):
            rows.append([str(reader.line_num), *cells])
    if not rows and optional:
        raise BerkasSalah(f"Berkas {path.name} tidak berisi satu baris pun.")
    return rows


def _copy(cursor, table: str, columns: tuple[str, ...], rows: list[list[str]]) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows(rows)
    buffer.seek(0)
    cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT csv)", buffer)


def _refuse(path: Path | None, faults: list[tuple[int, str]]) -> None:
    if not faults or path is None:
        return
    lines = [f"baris {baris}: {pesan}" for baris, pesan in faults[:SHOWN]]
    if len(faults) > SHOWN:
        lines.append(f"dan {len(faults) - SHOWN} baris lain")
    raise BerkasSalah(f"Berkas {path.name} tidak dimuat, {len(faults)} baris salah:\n" + "\n".join(lines))


BATAS_STEPS = ("batas_titik.sql", "batas_desa.sql", "batas_induk.sql")
UPWARDS = (
    Wilayah.Tingkat.KECAMATAN,
    Wilayah.Tingkat.KABUPATEN_KOTA,
    Wilayah.Tingkat.PROVINSI,
)


class BatasGagal(Exception):
    """Boundaries that could not be computed, with the reason in words. Nothing was written."""


@transaction.atomic
def compute_batas(coast: Path) -> tuple[VersiBatas | None, bool]:
    """Compute indicative boundaries from label points and the coast; (version, whether it is new).

    The version carries a fingerprint of all it was made from, so the same points, coast and steps are
    computed once. It is put to use unless official boundaries already are. No label points: no version.
    """
    villages = Wilayah.objects.villages().filter(titik__isnull=False)
    box = villages.aggregate(Extent("titik"))["titik__extent"]
    if box is None:
        return None, False
    if not coast.exists():
        raise BatasGagal(f"Garis pantai {coast} tidak ada. Jalankan script/bootstrap dulu.")
    sidik = _fingerprint(villages, coast)
    if versi := VersiBatas.objects.filter(sidik=sidik).first():
        return versi, False
    versi = VersiBatas.objects.create(
        nama="Batas indikatif",
        sumber="Sel Voronoi titik label, dipotong garis pantai Natural Earth 1:10 juta (world-atlas)",
        indikatif=True,
        sidik=sidik,
    )
    around = (box[0] - 1, box[1] - 1, box[2] + 1, box[3] + 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE pantai (id serial, geom geometry(Geometry, 4326)) ON COMMIT DROP"
        )
        cursor.executemany(
            "INSERT INTO pantai (geom) SELECT (ST_Dump(ST_MakeValid(%s::geometry))).geom",
            [(polygon.hexewkb.decode(),) for polygon in land_near(coast, around)],
        )
        titik, desa, induk = ((SQL / name).read_text() for name in BATAS_STEPS)
        cursor.execute(titik)
        cursor.execute(desa, {"versi": versi.pk})
        for tingkat in UPWARDS:
            cursor.execute(induk, {"versi": versi.pk, "tingkat": tingkat})
        cursor.execute("DROP TABLE pantai, batas_titik")
    drawn = Batas.objects.filter(versi=versi).values("wilayah_id")
    if lost := list(villages.exclude(kode__in=drawn).values_list("kode", flat=True)):
        raise BatasGagal(
            "Desa ini tidak mendapat batas, mungkin titik labelnya sama dengan desa lain: "
            + ", ".join(lost[:SHOWN])
        )
    if not VersiBatas.objects.filter(aktif=True, indikatif=False).exists():
        VersiBatas.objects.filter(indikatif=True).exclude(pk=versi.pk).delete()
        versi.aktif = True
        versi.save(update_fields=["aktif"])
    return versi, True


def _fingerprint(villages, coast: Path) -> str:
    digest = hashlib.sha256(coast.read_bytes())
    for name in BATAS_STEPS:
        digest.update((SQL / name).read_bytes())
    for kode, titik in villages.order_by("kode").values_list("kode", "titik"):
        digest.update(f"{kode} {titik.x!r} {titik.y!r}\n".encode())
    return digest.hexdigest()
