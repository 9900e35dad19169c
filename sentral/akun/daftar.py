"""Reading a list of accounts: which column is what, and what a cell means. Judging is periksa.py's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from access.models import Peran
from jobs import staging
from jobs.staging import PeekSheet
from kpm.imports import letters, normal_header

MAX_BYTES = 5 * 1024**2
MAX_ROWS = 2_000
HEADER_WITHIN = 15  # rows
PEEKED = 20_000  # rows of the sheet, blank ones too
LONGEST_CELL = 200

# Field -> headers as people write them, without signs and blanks.
FIELDS: dict[str, tuple[str, ...]] = {
    "nama": ("NAMA", "NAMALENGKAP", "NAMAPETUGAS", "NAMAPSM", "NAMATKSK", "NAMAOPERATOR"),
    "telepon": ("TELEPON", "NOTELEPON", "NOMORTELEPON", "TELP", "NOTELP", "HP", "NOHP", "NOMORHP", "NOMERHP", "WA",
                "NOWA", "NOMORWA", "WHATSAPP", "NOWHATSAPP", "HPWA", "NOHPWA", "TELEPONWA", "PONSEL", "NOPONSEL"),
    "peran": ("PERAN", "JABATAN", "TUGAS", "SEBAGAI", "PETUGAS", "JENISPETUGAS"),
    "wilayah": ("WILAYAH", "DESA", "DESAKELURAHAN", "KELURAHAN", "DESAKEL", "KELURAHANDESA", "NAMADESA",
                "KODEWILAYAH", "KODEDESA", "KODE", "WILAYAHTUGAS", "WILAYAHKERJA"),
    "kecamatan": ("KECAMATAN", "KEC", "NAMAKECAMATAN"),
    "kabupaten": ("KABUPATEN", "KABUPATENKOTA", "KABKOTA", "KAB", "NAMAKABUPATEN"),
    "mulai": ("MULAI", "TANGGALMULAI", "TGLMULAI", "TMT", "MULAITUGAS", "BERLAKUMULAI"),
    "selesai": ("SELESAI", "TANGGALSELESAI", "TGLSELESAI", "SAMPAI", "BERLAKUSAMPAI", "BERAKHIR", "SAMPAITANGGAL"),
}  # fmt: skip
LABELS = {
    "nama": "Nama",
    "telepon": "Telepon",
    "peran": "Peran",
    "wilayah": "Wilayah",
    "kecamatan": "Kecamatan",
    "kabupaten": "Kabupaten/Kota",
    "mulai": "Mulai",
    "selesai": "Selesai",
}
REQUIRED = ("nama", "telepon", "peran")
_FIELD_OF = {alias: name for name, aliases in FIELDS.items() for alias in aliases}

_PERAN_WORDS = {
    Peran.PSM: ("PSM", "PEKERJASOSIALMASYARAKAT"),
    Peran.OPERATOR_DESA: ("OPERATORDESA", "OPERATOR", "OPERATORKELURAHAN", "OPERATORDESAKELURAHAN", "OPERATORSIKSNG"),
    Peran.TKSK: ("TKSK", "TENAGAKESEJAHTERAANSOSIALKECAMATAN"),
    Peran.DINSOS_KAB: ("DINSOSKAB", "DINSOSKABUPATENKOTA", "DINSOSKABUPATEN", "DINSOSKOTA", "DINSOSKABKOTA"),
    Peran.DINSOS_PROV: ("DINSOSPROV", "DINSOSPROVINSI"),
    Peran.ADMIN: ("ADMIN", "ADMINISTRATOR"),
    Peran.DUKCAPIL: ("DUKCAPIL", "OPERATORDUKCAPIL"),
    Peran.PIMPINAN: ("PIMPINAN", "BAPPEDA", "PIMPINANBAPPEDA"),
    Peran.AUDITOR: ("AUDITOR",),
}  # fmt: skip
_PERAN_OF = {word: peran for peran, words in _PERAN_WORDS.items() for word in words}

MONTHS = ("jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
_IN_WORDS = re.compile(r"(\d{1,2})[-\s]+([a-z]{3,9})[-\s]+(\d{4})")
_SERIAL = re.compile(r"(\d{5})(?:\.0+)?")
YEARS = range(2000, 2101)


class ListRefused(Exception):
    """The list cannot be taken in; the sentence says why and what to do."""


@dataclass(frozen=True)
class ListRow:
    """A row of a list as written. `nomor` is its number in the file, from 1."""

    nomor: int
    isi: dict[str, str]

    def of(self, name: str) -> str:
        return self.isi.get(name, "")


def read_list(path: Path | str) -> list[ListRow]:
    """The rows of an uploaded list, cells as text; wholly blank rows are left out.

    Dates of a workbook come back written out (12-11-2026). Raises ListRefused or staging.StagingError.
    """
    size = Path(path).stat().st_size
    if size > MAX_BYTES:
        raise ListRefused(
            "Berkas ini lebih besar dari 5 MB. Salin daftarnya saja ke lembar baru, lalu unggah lagi."
        )
    peeked = staging.peek(path, rows=PEEKED)
    sheets = [sheet for sheet in peeked.sheets if not sheet.hidden] or peeked.sheets
    sheet, header, columns = _find_header(sheets)
    rows = []
    for place, cells in enumerate(sheet.rows[header + 1 :], start=header + 2):
        isi = {name: _tidy(cells[n]) for name, n in columns.items() if n < len(cells) and _tidy(cells[n])}
        if not isi:
            continue
        for name in ("mulai", "selesai"):
            if peeked.kind == "xlsx" and name in isi:
                isi[name] = _written_out(isi[name], date_1904=peeked.date_1904)
        rows.append(ListRow(place, isi))
    if not rows:
        raise ListRefused("Tidak ada baris di bawah judul kolom. Isi daftarnya, lalu unggah lagi.")
    # what is as long as was asked for may go on, blank rows or not
    if len(rows) > MAX_ROWS or len(sheet.rows) >= PEEKED:
        raise ListRefused("Daftar ini lebih dari 2.000 baris. Bagi menjadi beberapa berkas.")
    return rows


def _find_header(sheets: list[PeekSheet]) -> tuple[PeekSheet, int, dict[str, int]]:
    """The sheet, the place of its header row and the column of each field."""
    best: tuple[PeekSheet, int, dict[str, int]] | None = None
    for sheet in sheets:
        for place, cells in enumerate(sheet.rows[:HEADER_WITHIN]):
            columns = _columns(cells)
            if len(columns) >= 2 and (best is None or len(columns) > len(best[2])):
                best = (sheet, place, columns)
    if best is None:
        raise ListRefused(
            "Judul kolom tidak ditemukan. Pakai berkas contoh: Nama, Telepon, Peran, Wilayah, Kecamatan,"
            " Kabupaten/Kota, Mulai, Selesai."
        )
    _refuse_twin_columns(best[0].rows[best[1]])
    missing = [LABELS[name] for name in REQUIRED if name not in best[2]]
    if not {"wilayah", "kecamatan", "kabupaten"} & set(best[2]):
        missing.append(LABELS["wilayah"])
    if missing:
        names = " dan ".join(filter(None, [", ".join(missing[:-1]), missing[-1]]))
        raise ListRefused(
            f"Kolom {names} tidak ditemukan. Beri judul seperti berkas contoh, lalu unggah lagi."
        )
    return best


def _columns(cells: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for n, cell in enumerate(cells):
        name = _FIELD_OF.get(normal_header(cell))
        if name:
            found.setdefault(name, n)
    return found


def _refuse_twin_columns(cells: list[str]) -> None:
    seen: dict[str, int] = {}
    for n, cell in enumerate(cells):
        name = _FIELD_OF.get(normal_header(cell))
        if name and name in seen:
            raise ListRefused(
                f"Dua kolom berisi {LABELS[name]}: kolom {letters(seen[name])} dan kolom {letters(n)}."
                " Hapus salah satu, lalu unggah lagi."
            )
        if name:
            seen[name] = n


def _tidy(cell: str) -> str:
    """One line, single blanks, nothing that cannot be printed, not longer than a name could be."""
    printable = "".join(c if c.isprintable() else " " for c in cell)
    return " ".join(printable.split())[:LONGEST_CELL]


def _written_out(cell: str, *, date_1904: bool) -> str:
    serial = _SERIAL.fullmatch(cell)
    if not serial:
        return cell
    start = date(1904, 1, 1) if date_1904 else date(1899, 12, 30)
    return f"{start + timedelta(days=int(serial[1])):%d-%m-%Y}"


def read_date(text: str) -> date | None:
    """12-11-2026, 12/11/2026, 2026-11-12, 12 Nov 2026, 12 November 2026; None for anything else."""
    text = text.strip().lower()
    if match := _DAY_FIRST.fullmatch(text):
        day, month, year = map(int, match.groups())
    elif match := _YEAR_FIRST.fullmatch(text):
        year, month, day = map(int, match.groups())
    elif (match := _IN_WORDS.fullmatch(text)) and match[2][:3] in MONTHS:
        day, month, year = int(match[1]), MONTHS.index(match[2][:3]) + 1, int(match[3])
    else:
        return None
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if found.year in YEARS else None


def read_phone(text: str) -> str | None:
    """A telephone number as 08…: blanks, dots, +62 and the zero that Excel drops are put right."""
    digits = re.sub(r"[\s().\-/]", "", text.removeprefix("'"))
    digits = re.sub(r"^(\+62|0062|62(?=\d{8}))", "0", digits)
    if re.match(r"8\d", digits):
        digits = "0" + digits
    return digits if re.fullmatch(r"0\d{8,13}", digits, re.ASCII) else None


def read_peran(text: str) -> Peran | None:
    """A peran by its name or its code."""
    return _PERAN_OF.get(normal_header(text)) or next(
        (p for p in Peran if text.strip().lower() == p.value), None
    )
