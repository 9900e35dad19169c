"""How the columns of a DTKS file are recognised: field names, their aliases, header rows, layouts.

Headers are matched by content, never by position. What happens to the rows is actions.py's and sql/'s
business, what is said about them stands in verdicts.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from jobs.staging import Peek, PeekSheet
from kpm import indikator
from kpm.verdicts import FileRefused

HEADER_WITHIN = 15  # rows

# Field -> the headers seen in the field, without signs and blanks. Spelling drifts, so does wording.
FIELDS: dict[str, tuple[str, ...]] = {
    "id_dtks": ("IDDTKS", "IDDTKSART", "IDARTDTKS", "NOIDDTKS", "NOMORIDDTKS", "IDDTSEN"),
    "provinsi": ("PROVINSI", "PROPINSI", "PROV", "NAMAPROVINSI", "NAMAPROP", "NMPROV"),
    "kabupaten": ("KABUPATENKOTA", "KABKOTA", "KABUPATEN", "KAB", "KOTAKABUPATEN", "KOTAKAB", "NAMAKABUPATEN",
                  "NAMAKABKOTA", "NAMAKABUPATENKOTA", "NMKAB"),
    "kecamatan": ("KECAMATAN", "KEC", "NAMAKECAMATAN", "NAMAKEC", "NMKEC"),
    "desa": ("DESAKELUARAHAN", "DESAKELURAHAN", "KELURAHANDESA", "DESA", "KELURAHAN", "DESAKEL", "KELDESA",
             "NAMADESA", "NAMAKELURAHAN", "NAMADESAKELURAHAN", "NAMAKELURAHANDESA", "NAMADESAKEL", "NMDESA"),
    "kode_desa": ("KODEDESA", "KODEDESAKELURAHAN", "KODEKELURAHAN", "KODEDESAKEL", "KODEWILAYAH", "KODEKEMENDAGRI",
                  "KDDESA", "KODEKELDESA"),
    "alamat": ("ALAMAT", "ALAMATLENGKAP", "ALAMATRUMAH", "ALAMATTINGGAL"),
    "dusun": ("DUSUN", "LINGKUNGAN", "DUSUNLINGKUNGAN", "NAMADUSUN"),
    "rt": ("RT", "NORT", "NOMORRT"),
    "rw": ("RW", "NORW", "NOMORRW"),
    "no_kk": ("NOKK", "NOMORKK", "NOKARTUKELUARGA", "NOMORKARTUKELUARGA", "NOMERKK", "KK"),
    "nik": ("NIK", "NOMORNIK", "NONIK", "NOMORINDUKKEPENDUDUKAN", "NOKTP", "NIKKTP"),
    "nama": ("NAMA", "NAMALENGKAP", "NAMAART", "NAMAANGGOTA", "NAMAANGGOTAKELUARGA", "NAMAORANG"),
    "tanggal_lahir": ("TANGGALLAHIR", "TGLLAHIR", "TGLLHR", "TANGGALLHR"),
    "tempat_lahir": ("TEMPATLAHIR", "TMPLAHIR", "TMPTLAHIR", "TMPTLHR", "TEMPATLHR"),
    "jenis_kelamin": ("JENISKELAMIN", "JK", "KELAMIN", "JNSKEL", "JNSKELAMIN", "LP", "JENISKLMIN"),
    "pekerjaan": ("PEKERJAAN", "JENISPEKERJAAN", "JNSPKRJN"),
    "nama_ibu": ("NAMAIBUKANDUNG", "NAMAIBU", "IBUKANDUNG", "NAMAGADISIBUKANDUNG", "IBU"),
    "hubungan": ("HUBKELUARGA", "HUBUNGANKELUARGA", "HUBUNGAN", "SHDK", "HUBKEL", "STATHBKEL", "HUBUNGANDALAMKELUARGA",
                 "STATUSHUBUNGANKELUARGA", "STATUSHUBUNGANDALAMKELUARGA"),
    "keterangan_padan": ("KETERANGANPADAN", "KETPADAN", "STATUSPADAN", "KETERANGANPADANAN"),
    "SEMBAKO": ("BANSOSBPNT", "BPNT", "BANSOSSEMBAKO", "SEMBAKO", "BANSOSBPNTSEMBAKO", "BANSOSSEMBAKOBPNT"),
    "PKH": ("BANSOSPKH", "PKH"),
    "BPNT_PPKM": ("BANSOSBPNTPPKM", "BANSOSBNPNTPPKM", "BPNTPPKM", "BANSOSPPKM"),
    "PBI_JK": ("PBIJKN", "PBIJNI", "PBIJK", "PBI", "BANSOSPBIJKN", "BANSOSPBIJK", "BANSOSPBI"),
    "desil": ("DESIL", "DESILNASIONAL", "DESILKESEJAHTERAAN"),
    "persentil": ("PERSENTIL", "PERCENTILE", "PERSENTILE"),
}  # fmt: skip
PROGRAM = ("SEMBAKO", "PKH", "BPNT_PPKM", "PBI_JK")  # kode of kpm.Program; the place is its bit
OPTIONAL = {"kode_desa", "desil", "persentil", "provinsi"}

# What a column is called when it is missing.
LABELS = {
    "id_dtks": "ID DTKS",
    "provinsi": "Provinsi",
    "kabupaten": "Kabupaten/Kota",
    "kecamatan": "Kecamatan",
    "desa": "Desa/Kelurahan",
    "kode_desa": "Kode Desa",
    "alamat": "Alamat",
    "dusun": "Dusun",
    "rt": "RT",
    "rw": "RW",
    "no_kk": "No. KK",
    "nik": "NIK",
    "nama": "Nama",
    "tanggal_lahir": "Tanggal Lahir",
    "tempat_lahir": "Tempat Lahir",
    "jenis_kelamin": "Jenis Kelamin",
    "pekerjaan": "Pekerjaan",
    "nama_ibu": "Nama Ibu Kandung",
    "hubungan": "Hubungan Keluarga",
    "keterangan_padan": "Keterangan Padan",
    "SEMBAKO": "Bansos BPNT",
    "PKH": "Bansos PKH",
    "BPNT_PPKM": "Bansos BPNT-PPKM",
    "PBI_JK": "PBI JKN",
    "desil": "Desil",
    "persentil": "Persentil",
}
REQUIRED = ("no_kk", "nik", "nama", "tanggal_lahir")
ADDRESS = ("kabupaten", "kecamatan", "desa")
PERSON_17 = [name for name in FIELDS if name not in {*OPTIONAL, *PROGRAM, "keterangan_padan", "provinsi"}]

_FIELD_OF = {alias: name for name, aliases in FIELDS.items() for alias in aliases}
_COLUMN_NUMBER = re.compile(r"^\(?-?\d{1,3}\)?$|^KOLOM$", re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """Where a file keeps what. Column places count from 0, rows from 1.

    judul: every column's header as written.  header_row: the last row above the data.
    title_rows: the rows up to it that are neither header nor data.
    indikator: INSTRUMEN:kode -> place of the columns that answer a questionnaire.
    """

    tata_letak: str
    sheet: str
    header_row: int
    title_rows: int
    judul: list[str]
    kolom: dict[str, int]
    diabaikan: list[str] = field(default_factory=list)
    indikator: dict[str, int] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return name in self.kolom


def normal_header(text: str) -> str:
    """A header without case, signs, blanks, and the column number some files append: "NIK (81)" -> NIK."""
    return re.sub(r"[^A-Z0-9]", "", re.sub(r"\(\d+\)\s*$", "", text).upper())


def find_layout(peek: Peek) -> Layout:
    """Find the sheet and header of a peeked file. Raises FileRefused with one sentence."""
    sheets = [sheet for sheet in peek.sheets if not sheet.hidden] or peek.sheets
    found = [_best_header(sheet) for sheet in sheets]
    best = max((header for header in found if header), key=lambda header: len(header.kolom), default=None)
    if best is None:
        raise FileRefused(
            "KOLOM_HILANG",
            f"Judul kolom tidak ditemukan dalam {HEADER_WITHIN} baris pertama. Beri judul kolom seperti"
            " keluaran SIKS-NG: ID DTKS, NOKK, NIK, NAMA dan seterusnya.",
        )
    _refuse_gaps(best)
    return with_indikator(best)


def with_indikator(layout: Layout) -> Layout:
    """The layout with the columns of a questionnaire among those that hold nothing else."""
    known = [n for n, title in enumerate(layout.judul) if normal_header(title) in _FIELD_OF]
    found = indikator.columns_of(layout.judul, {*known, *layout.kolom.values()}, normal_header)
    if not found:
        return layout
    taken = {layout.judul[place] for place in found.values()}
    ignored = [title for title in layout.diabaikan if title not in taken]
    return replace(layout, indikator=found, diabaikan=ignored)


@dataclass(frozen=True)
class _Header:
    last: int
    height: int
    titles: list[str]


def _best_header(sheet: PeekSheet) -> Layout | None:
    rows = sheet.rows[: HEADER_WITHIN + 1]
    best: Layout | None = None
    for place in range(min(len(rows), HEADER_WITHIN)):
        candidates = [_Header(place, 1, [cell.strip() for cell in rows[place]])]
        if place:
            candidates.append(_Header(place, 2, _joined(rows[place - 1], rows[place])))
        for header in candidates:
            kolom = columns_of(header.titles)
            if len(kolom) >= 4 and (best is None or len(kolom) > len(best.kolom)):
                last = header.last
                if last + 1 < len(sheet.rows) and _is_number_row(sheet.rows[last + 1]):
                    last += 1
                best = Layout(
                    tata_letak=_name_of(kolom),
                    sheet=sheet.name,
                    header_row=last + 1,
                    title_rows=header.last + 1 - header.height,
                    judul=header.titles,
                    kolom=kolom,
                    diabaikan=[
                        title
                        for n, title in enumerate(header.titles)
                        if title and n not in kolom.values() and normal_header(title) not in _FIELD_OF
                    ],
                )
    return best


def _joined(upper: list[str], lower: list[str]) -> list[str]:
    """One row of titles from a merged header of two: "BANSOS" above "PKH" reads "BANSOS PKH"."""
    titles, group = [], ""
    for n in range(max(len(upper), len(lower))):
        above = upper[n].strip() if n < len(upper) else ""
        below = lower[n].strip() if n < len(lower) else ""
        group = above or group
        if not below:
            titles.append(above)
        elif normal_header(below) in _FIELD_OF or not group:
            titles.append(below)
        else:
            titles.append(f"{group} {below}")
    return titles


def columns_of(titles: list[str]) -> dict[str, int]:
    """Field -> first column of that meaning."""
    kolom: dict[str, int] = {}
    for n, title in enumerate(titles):
        name = _FIELD_OF.get(normal_header(title))
        if name and name not in kolom:
            kolom[name] = n
    return kolom


def _is_number_row(row: list[str]) -> bool:
    """A row of column numbers, "(1)", "2", "-3", perhaps led by the word KOLOM."""
    filled = [cell.strip() for cell in row if cell.strip()]
    return len(filled) >= 3 and all(_COLUMN_NUMBER.match(cell) for cell in filled)


def _name_of(kolom: dict[str, int]) -> str:
    if all(name in kolom for name in [*PERSON_17, *PROGRAM]):
        return "A23"
    return "A17" if all(name in kolom for name in PERSON_17) else "A"


def _refuse_gaps(layout: Layout) -> None:
    """Two columns of one meaning, or a required one missing: one sentence, and the file is refused."""
    seen: dict[str, int] = {}
    for n, title in enumerate(layout.judul):
        name = _FIELD_OF.get(normal_header(title))
        if name and name in seen:
            raise FileRefused(
                "KOLOM_GANDA",
                f"Dua kolom berisi {LABELS[name]}: kolom {letters(seen[name])} dan kolom {letters(n)}."
                " Hapus salah satu, lalu unggah lagi.",
            )
        if name:
            seen[name] = n
    if missing := gaps_of(layout.kolom):
        raise FileRefused(
            "KOLOM_HILANG",
            f"Kolom {missing} tidak ditemukan. Beri judul kolomnya seperti keluaran SIKS-NG, lalu unggah lagi.",
        )


def gaps_of(kolom: Mapping[str, int]) -> str:
    """What is still needed, in words ("NIK dan Nama"); empty when nothing is."""
    missing = [name for name in REQUIRED if name not in kolom]
    if "kode_desa" not in kolom:
        missing += [name for name in ADDRESS if name not in kolom]
    labels = [LABELS[name] for name in missing]
    return " dan ".join(filter(None, [", ".join(labels[:-1]), *labels[-1:]]))


def letters(place: int) -> str:
    """The name a spreadsheet gives to a column counted from 0: A, B ... Z, AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name
