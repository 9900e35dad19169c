"""Workbooks of accounts: the empty list, the rejected rows, who has access. Every cell is text."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

import xlsxwriter

from sentral.akun.daftar import LABELS
from sentral.akun.periksa import Verdict

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Nothing typed into a cell may become a formula, a number or a link.
INERT = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
EXPLAINED = [
    ("Nama", "Nama lengkap. Gelar boleh, tidak dipakai untuk nama pengguna."),
    ("Telepon", "Nomor ponsel orang itu. Dengan nomor dan nama, orang yang sama dikenali lagi."),
    ("Peran", "PSM, Operator desa, TKSK. Dinsos provinsi juga boleh menulis Dinsos kabupaten/kota."),
    ("Wilayah", "Nama desa atau kelurahan, atau kodenya. Untuk TKSK: nama kecamatan."),
    ("Kecamatan", "Wajib bila Wilayah berisi nama desa."),
    ("Kabupaten/Kota", "Boleh kosong bila Anda bekerja di satu kabupaten."),
    ("Mulai", "Tanggal mulai bertugas, seperti 01-01-2027. Kosong berarti hari ini."),
    ("Selesai", "Tanggal terakhir bertugas. Kosong berarti belum ditentukan."),
]


def template_book() -> bytes:
    """The empty list to fill in, with a second sheet that explains each column."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, INERT)
    text = book.add_format({"num_format": "@"})
    _sheet(
        book, "Daftar akun", list(LABELS.values()), [], widths=[28, 18, 16, 24, 20, 22, 14, 14], style=text
    )
    _sheet(book, "Petunjuk", ["Kolom", "Isi"], EXPLAINED, widths=[18, 90])
    book.close()
    return stream.getvalue()


def rejects_book(verdicts: Iterable[Verdict]) -> bytes:
    """The refused rows as they stood in the file, with the reason in front; mended, it can be uploaded as it is."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, INERT)
    head = ["BARIS ASAL", "SEBAB", "KOLOM YANG PERLU DIPERBAIKI"]
    rows = [
        [
            str(v.row.nomor),
            v.alasan,
            ", ".join(LABELS[name] for name in v.kolom),
            *(v.row.of(name) for name in LABELS),
        ]
        for v in verdicts
    ]
    widths = [11, 70, 26, 28, 18, 16, 24, 20, 22, 14, 14]
    text = book.add_format({"num_format": "@"})
    _sheet(book, "Ditolak", [*head, *LABELS.values()], rows, widths=widths, style=text)
    book.close()
    return stream.getvalue()


def table_book(name: str, head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> bytes:
    """One sheet of text."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, INERT)
    _sheet(book, name, head, rows, widths=widths)
    book.close()
    return stream.getvalue()


def _sheet(book, name: str, head: Sequence[str], rows, *, widths: Sequence[int], style=None) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "bottom": 1, "num_format": "@"})
    text = book.add_format({"num_format": "@"})
    sheet.freeze_panes(1, 0)
    for n, width in enumerate(widths):
        sheet.set_column(n, n, width, style)
    for n, title in enumerate(head):
        sheet.write_string(0, n, title, bold)
    for line, cells in enumerate(rows, start=1):
        for n, cell in enumerate(cells):
            if cell:
                sheet.write_string(line, n, cell, text)
