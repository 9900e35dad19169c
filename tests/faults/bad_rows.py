"""F13: a list of which every twentieth row is bad in one of twelve ways, always the same, and its mending."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator

import openpyxl
import xlsxwriter

from kpm.rejects import COLUMNS, MARK_SHEET
from tests.berkas import CLEAN, HEADERS

# Verdict -> the cell that earns it, and what stands there.
BADNESS = {
    "NAMA_KOSONG": ("NAMA", ""),
    "NIK_EXCEL": ("NIK", "1,90301E+15"),
    "KK_EXCEL": ("NOKK", "1.9030101E+15"),
    "ID_EXCEL": ("ID DTKS", "1.9E+17"),
    "NOMOR_SAMAR": ("NIK", "190301**********"),
    "DESA_TAK_DIKENAL": ("DESA/KELUARAHAN", "ANTAH BERANTAH"),
    "DESA_KOSONG": ("KECAMATAN", ""),
    "TANGGAL_SALAH": ("TANGGAL LAHIR", "31-02-1980"),
    "TANGGAL_DUA_ANGKA": ("TANGGAL LAHIR", "07-07-80"),
    "ISIAN_PANJANG": ("ALAMAT", "JALAN YANG PANJANG " * 20),
    "BUKAN_ORANG": ("NAMA", "NAMA"),
    "DILUAR_WILAYAH": ("DESA/KELUARAHAN", "LALANG JAYA"),
}
EVERY = 20


def clean(number: int) -> dict[str, str]:
    """An invented person, alone in a keluarga; no number occurs twice among a million."""
    day, serial = divmod(number, 9000)
    birth = f"{1 + day % 28:02d}{1 + day // 28 % 12:02d}80"
    return CLEAN | {
        "ID DTKS": f"ID-A{number:07d}X",
        "NOKK": f"1903010101{number:06d}",
        "NIK": f"190301{birth}{serial + 1:04d}",
        "TANGGAL LAHIR": f"1980-{birth[2:4]}-{birth[:2]}",
    }


def badness_of(number: int) -> str:
    """Which badness the row with that number has; empty for a good one."""
    return list(BADNESS)[number // EVERY % len(BADNESS)] if number % EVERY == 0 else ""


def row(number: int) -> dict[str, str]:
    kode = badness_of(number)
    if kode == "DILUAR_WILAYAH":
        outside = {
            "KABUPATEN/KOTA": "BELITUNG TIMUR",
            "KECAMATAN": "MANGGAR",
            "DESA/KELUARAHAN": "LALANG JAYA",
        }
        return clean(number) | outside
    return clean(number) | ({BADNESS[kode][0]: BADNESS[kode][1]} if kode else {})


def write_list(path, rows: int) -> None:
    """The list as CSV; person n stands in row n + 1."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file, delimiter="|")
        writer.writerow(HEADERS)
        writer.writerows([row(number)[name] for name in HEADERS] for number in range(1, rows + 1))


def expected(rows: int) -> dict[str, int]:
    return dict(Counter(badness_of(number) for number in range(EVERY, rows + 1, EVERY)))


def rejects(content: bytes) -> Iterator[dict[str, str]]:
    """The rows of a reject workbook by their headers."""
    lines = openpyxl.load_workbook(io.BytesIO(content), read_only=True)["Ditolak"].iter_rows(values_only=True)
    titles = next(lines)
    for line in lines:
        yield {title: cell or "" for title, cell in zip(titles, line, strict=True)}


def mended(content: bytes, mark: str) -> bytes:
    """The same workbook with every bad cell put right."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Ditolak")
        sheet.write_row(0, 0, [*COLUMNS, *HEADERS])
        for place, one in enumerate(rejects(content), 1):
            good = clean(int(one["BARIS ASAL"]) - 1)
            for column, text in enumerate(
                [*(one[name] for name in COLUMNS), *(good[name] for name in HEADERS)]
            ):
                sheet.write_string(place, column, text)
        hidden = book.add_worksheet(MARK_SHEET)
        hidden.write_row(0, 0, ["Tanda perbaikan, jangan dihapus", mark])
        hidden.hide()
    return out.getvalue()
