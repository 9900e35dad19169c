"""Verbs that change the land: loading wilayah and their spellings, computing boundaries."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction

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
            'nullif(left(kode, CASE length(kode) WHEN 10 THEN 6 ELSE length(kode) - 2 END), \'\')) STORED'
            ") ON COMMIT DROP"
        )
        cursor.execute(
            "CREATE TEMPORARY TABLE berkas_ejaan (baris integer, kode text, tulisan text) ON COMMIT DROP"
        )
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
    return Muatan(
        dibaca=len(rows), baru=sum(written), berubah=len(written) - sum(written), ejaan=spelled
    )


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
    raise BerkasSalah(
        f"Berkas {path.name} tidak dimuat, {len(faults)} baris salah:\n" + "\n".join(lines)
    )
