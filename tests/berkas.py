"""Files of the test world: rows of layout A as CSV and XLSX, and imports of them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import xlsxwriter

from access.scope import use_territory
from kpm import actions, uploads
from kpm.models import Impor

HEADERS = [
    "ID DTKS", "PROVINSI", "KABUPATEN/KOTA", "KECAMATAN", "DESA/KELUARAHAN", "ALAMAT", "DUSUN", "RT", "RW", "NOKK",
    "NIK", "NAMA", "TANGGAL LAHIR", "TEMPAT LAHIR", "JENIS KELAMIN", "PEKERJAAN", "NAMA IBU KANDUNG", "HUB KELUARGA",
    "KETERANGAN PADAN", "BANSOS BPNT", "BANSOS PKH", "BANSOS BPNT-PPKM", "PBI JKN",
]  # fmt: skip
CLEAN = {
    "PROVINSI": "KEPULAUAN BANGKA BELITUNG",
    "KABUPATEN/KOTA": "BANGKA SELATAN",
    "KECAMATAN": "TOBOALI",
    "DESA/KELUARAHAN": "RIAS",
    "ALAMAT": "JL. MAWAR 1",
    "DUSUN": "AIR",
    "RT": "03",
    "RW": "01",
    "NAMA": "ROSIDI",
    "TANGGAL LAHIR": "07-07-1980",
    "TEMPAT LAHIR": "TOBOALI",
    "JENIS KELAMIN": "L",
    "PEKERJAAN": "PETANI",
    "NAMA IBU KANDUNG": "NURHAYATI",
    "HUB KELUARGA": "KEPALA KELUARGA",
    "KETERANGAN PADAN": "PADAN",
    "BANSOS BPNT": "YA",
    "BANSOS PKH": "TIDAK",
    "BANSOS BPNT-PPKM": "TIDAK",
    "PBI JKN": "YA",
}


def person(number: int, **cells: str) -> dict[str, str]:
    """A clean row: an invented head of a keluarga of his own. Keys in capitals are headers."""
    return (
        CLEAN
        | {
            "ID DTKS": f"ID-A{number:04d}X",
            "NOKK": f"190301010120{number:04d}",
            "NIK": f"190301070780{number:04d}",
        }
        | {key.replace("_", " "): value for key, value in cells.items()}
    )


def csv_bytes(rows: list[dict[str, str]], headers: list[str] = HEADERS, delimiter: str = "|") -> bytes:
    """Rows as a CSV file; a key "lebih" adds a cell beyond the header."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(headers)
    writer.writerows(
        [
            [row.get(name, "") for name in headers] + [row[key] for key in row if key == "lebih" and row[key]]
            for row in rows
        ]
    )
    return text.getvalue().encode()


def xlsx_bytes(rows: list[dict[str, str]], headers: list[str] = HEADERS, above: tuple = ()) -> bytes:
    """Rows as a workbook; a cell "#123" is the number 123. `above`: title rows before the header."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet("DTKS")
    lines = [*above, headers, *[[row.get(name, "") for name in headers] for row in rows]]
    for n, line in enumerate(lines):
        for k, cell in enumerate(line):
            if cell.startswith("#"):
                sheet.write_number(n, k, int(cell[1:]))
            elif cell:
                sheet.write_string(n, k, cell)
    book.close()
    return stream.getvalue()


def import_bytes(
    content: bytes,
    by,
    *,
    nama: str = "dtks.csv",
    jenis: str = "DTKS",
    periode: str = "2026-10",
    ulangi: bool = False,
) -> Impor:
    """Take in a file and carry it out as its owner, without a preview, in the caller's transaction."""
    with use_territory(by):
        impor = uploads.accept_upload(
            berkas=io.BytesIO(content), nama=nama, pemilik=by, jenis=jenis, periode=periode, ulangi=ulangi
        )
        actions.apply_directly(impor)
    return impor


def read_rows(path: Path) -> list[dict[str, str]]:
    """A fixture file as dictionaries."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))
