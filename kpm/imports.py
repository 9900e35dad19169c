"""How the columns of a list of people are recognised: field names, their aliases, header rows, layouts.

Headers are matched by content, never by position. A list may come as two tables, the households and their
members; which two belong together is linked.py's finding. What happens to the rows is run.py's and sql/'s
business, what is said about them stands in verdicts.py. Layouts and their ids: decision 0021.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from jobs.staging import Peek, PeekSheet
from kpm import indikator
from kpm.verdicts import FileRefused

HEADER_WITHIN = 15  # rows
BESIDE = 1_000  # places of columns from here on are those of the table of households, beside the persons

# Field -> the headers seen in the field, without signs and blanks. Spelling drifts, so does wording.
FIELDS: dict[str, tuple[str, ...]] = {
    "id_dtks": ("IDDTKS", "IDDTKSART", "IDARTDTKS", "NOIDDTKS", "NOMORIDDTKS", "IDDTSEN", "IDARTBDT", "IDART",
                "IDARTDTSEN", "IDANGGOTA"),
    "id_keluarga": ("IDKELUARGA", "IDBDT", "IDRUMAHTANGGA", "IDRUTA", "IDKELUARGADTSEN", "IDRT2015"),
    "no_urut": ("NOMORURUTART", "NOURUTART", "NOART", "NOMORART", "NOMORURUTANGGOTA"),
    "provinsi": ("PROVINSI", "PROPINSI", "PROV", "NAMAPROVINSI", "NAMAPROP", "NMPROV"),
    "kabupaten": ("KABUPATENKOTA", "KABKOTA", "KABUPATEN", "KAB", "KOTAKABUPATEN", "KOTAKAB", "NAMAKABUPATEN",
                  "NAMAKABKOTA", "NAMAKABUPATENKOTA", "NMKAB"),
    "kecamatan": ("KECAMATAN", "KEC", "NAMAKECAMATAN", "NAMAKEC", "NMKEC"),
    "desa": ("DESAKELUARAHAN", "DESAKELURAHAN", "KELURAHANDESA", "DESA", "KELURAHAN", "DESAKEL", "KELDESA",
             "NAMADESA", "NAMAKELURAHAN", "NAMADESAKELURAHAN", "NAMAKELURAHANDESA", "NAMADESAKEL", "NMDESA"),
    "kode_prov": ("KODEPROVINSI", "KODEPROPINSI", "KODEPROV", "KDPROP", "KDPROV", "NOPROP"),
    "kode_kab": ("KODEKABKOTA", "KODEKABUPATENKOTA", "KODEKABUPATEN", "KODEKAB", "KDKAB", "NOKAB"),
    "kode_kec": ("KODEKECAMATAN", "KODEKEC", "KDKEC", "NOKEC"),
    "kode_desa": ("KODEDESA", "KODEDESAKELURAHAN", "KODEKELURAHAN", "KODEDESAKEL", "KODEWILAYAH", "KODEKEMENDAGRI",
                  "KDDESA", "KODEKELDESA", "KDKEL", "NOKEL"),
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
                 "STATUSHUBUNGANKELUARGA", "STATUSHUBUNGANDALAMKELUARGA", "HUBKEPALAKELUARGA",
                 "HUBUNGANKEPALAKELUARGA", "HUBUNGANDENGANKEPALAKELUARGA"),
    "hubungan_krt": ("HUBKRT", "HUBUNGANKRT", "HUBUNGANDENGANKRT", "HUBUNGANDENGANKEPALARUMAHTANGGA"),
    "keterangan_padan": ("KETERANGANPADAN", "KETPADAN", "STATUSPADAN", "KETERANGANPADANAN"),
    "SEMBAKO": ("BANSOSBPNT", "BPNT", "BANSOSSEMBAKO", "SEMBAKO", "BANSOSBPNTSEMBAKO", "BANSOSSEMBAKOBPNT"),
    "PKH": ("BANSOSPKH", "PKH"),
    "BPNT_PPKM": ("BANSOSBPNTPPKM", "BANSOSBNPNTPPKM", "BPNTPPKM", "BANSOSPPKM"),
    "PBI_JK": ("PBIJKN", "PBIJNI", "PBIJK", "PBI", "BANSOSPBIJKN", "BANSOSPBIJK", "BANSOSPBI"),
    "desil": ("DESIL", "DESILNASIONAL", "DESILKESEJAHTERAAN"),
    "persentil": ("PERSENTIL", "PERCENTILE", "PERSENTILE"),
    "peringkat": ("PERINGKATNASIONAL", "PERINGKAT", "PERINGKATKESEJAHTERAAN"),
    "status_dtsen": ("STATUSDTSEN",),
    "lat": ("LAT", "LATITUDE", "LINTANG", "KOORDINATLINTANG"),
    "long": ("LONG", "LONGITUDE", "LON", "LNG", "BUJUR", "KOORDINATBUJUR"),
}  # fmt: skip
PROGRAM = ("SEMBAKO", "PKH", "BPNT_PPKM", "PBI_JK")  # kode of kpm.Program; the place is its bit
# Not in the list of persons that SIKS-NG gives out.
OPTIONAL = {
    *("id_keluarga", "no_urut", "hubungan_krt", "provinsi", "kode_prov", "kode_kab", "kode_kec", "kode_desa"),
    *("desil", "persentil", "peringkat", "status_dtsen", "lat", "long"),
}
# Long numbers that a spreadsheet may have damaged: a bit of the staged column `numerik` each.
WATCHED = ("nik", "no_kk", "id_dtks", "id_keluarga")
# Ids whose first ten digits are the BPS code of the village (DOMAIN: 16 digits, village and serial).
BDT_IDS = {"IDBDT", "IDRUMAHTANGGA", "IDRUTA", "IDRT2015"}

# What a column is called when it is missing.
LABELS = {
    "id_dtks": "ID DTKS",
    "id_keluarga": "ID Keluarga atau Rumah Tangga",
    "no_urut": "Nomor Urut Anggota",
    "provinsi": "Provinsi",
    "kabupaten": "Kabupaten/Kota",
    "kecamatan": "Kecamatan",
    "desa": "Desa/Kelurahan",
    "kode_prov": "Kode Provinsi",
    "kode_kab": "Kode Kabupaten/Kota",
    "kode_kec": "Kode Kecamatan",
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
    "hubungan_krt": "Hubungan dengan Kepala Rumah Tangga",
    "keterangan_padan": "Keterangan Padan",
    "SEMBAKO": "Bansos BPNT",
    "PKH": "Bansos PKH",
    "BPNT_PPKM": "Bansos BPNT-PPKM",
    "PBI_JK": "PBI JKN",
    "desil": "Desil",
    "persentil": "Persentil",
    "peringkat": "Peringkat Nasional",
    "status_dtsen": "Status DTSEN",
    "lat": "Lintang",
    "long": "Bujur",
}
REQUIRED = ("no_kk", "nik", "nama", "tanggal_lahir")
ADDRESS = ("kabupaten", "kecamatan", "desa")
PERSON_17 = [name for name in FIELDS if name not in {*OPTIONAL, *PROGRAM, "keterangan_padan", "provinsi"}]

_COLUMN_NUMBER = re.compile(r"^\(?-?\d{1,3}\)?$|^KOLOM$", re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """Where a file keeps what. Column places count from 0, rows from 1.

    judul: every column's header as written.  header_row: the last row above the data, 0 when there is none.
    title_rows: the rows up to it that are neither header nor data.
    indikator: INSTRUMEN:kode -> place of the columns that answer a questionnaire (titles, column_at).
    berkas: the file in a ZIP of several.  tersembunyi: headers of columns that the sheet hides.
    lembar: further sheets with the same columns, read as one list with this one: {"berkas", "sheet", "header_row"}.
    pasangan: the table of households beside that of the persons: where it is (berkas, sheet, header_row), its
    judul and kolom, and kunci, the field by which both are joined.
    lembar_lain: the sheets that are not read.  profil: the Profil by which the columns were named, its nama and oleh.
    """

    tata_letak: str
    sheet: str
    header_row: int
    title_rows: int
    judul: list[str]
    kolom: dict[str, int]
    diabaikan: list[str] = field(default_factory=list)
    indikator: dict[str, int] = field(default_factory=dict)
    berkas: str = ""
    tersembunyi: list[str] = field(default_factory=list)
    pasangan: dict[str, Any] | None = None
    lembar: list[dict[str, Any]] = field(default_factory=list)
    lembar_lain: list[str] = field(default_factory=list)
    profil: dict[str, str] = field(default_factory=dict)

    @property
    def sheets(self) -> list[str]:
        """What people call the sheets that are read as one list, in their order; empty for a list in one sheet."""
        if not self.lembar:
            return []
        own = {"berkas": self.berkas, "sheet": self.sheet}
        return [sheet_name(one["sheet"], one["berkas"]) for one in [own, *self.lembar]]

    def has(self, name: str) -> bool:
        return name in self.kolom or self.of_household(name)

    def of_household(self, name: str) -> bool:
        """True for a field that only the table of households holds."""
        return self.pasangan is not None and name in self.pasangan["kolom"] and name not in self.kolom

    @property
    def fields(self) -> list[str]:
        """Every field the file holds, those of the persons first."""
        beside = [name for name in (self.pasangan or {}).get("kolom", {}) if self.of_household(name)]
        return [*self.kolom, *beside]

    def column(self, name: str) -> str:
        """The column of the raw table that holds a field: c3, or r3 of the households beside the persons."""
        if self.pasangan and self.of_household(name):
            return column_at(BESIDE + self.pasangan["kolom"][name])
        return column_at(self.kolom[name])

    @property
    def titles(self) -> list[str]:
        """Every header at its place; those of the households beside the persons from BESIDE on."""
        if self.pasangan is None:
            return self.judul
        return [*self.judul, *[""] * (BESIDE - len(self.judul)), *self.pasangan["judul"]]

    @property
    def bdt_id(self) -> bool:
        """True when a household's id begins with the BPS code of its village."""
        place = self.kolom.get("id_keluarga")
        return place is not None and place < len(self.judul) and normal_header(self.judul[place]) in BDT_IDS


def column_at(place: int) -> str:
    """The column of the raw table at a place: c3, or r3 for the fourth of the households (BESIDE + 3)."""
    return f"c{place}" if place < BESIDE else f"r{place - BESIDE}"


def normal_header(text: str) -> str:
    """A header without case, signs, blanks, and the column number some files append: "NIK (81)" -> NIK."""
    return re.sub(r"[^A-Z0-9]", "", re.sub(r"\(\d+\)\s*$", "", text).upper())


def _name_of(kolom: Mapping[str, int], titles: Sequence[str]) -> str:
    id_title = normal_header(titles[kolom["id_keluarga"]]) if "id_keluarga" in kolom else ""
    if id_title in BDT_IDS:
        return "B" if "no_kk" not in kolom and "id_dtks" not in kolom else "C"
    if id_title:
        return "D"
    if all(name in kolom for name in [*PERSON_17, *PROGRAM]):
        return "A23"
    return "A17" if all(name in kolom for name in PERSON_17) else "A"


def _one_head(kolom: dict[str, int]) -> dict[str, int]:
    """Of the two relations in BDT files the one to the head of what becomes a keluarga here.

    Without a No. KK that is the household, with it the family on the card.
    """
    of_household = kolom.pop("hubungan_krt", None)
    if of_household is not None and ("no_kk" not in kolom or "hubungan" not in kolom):
        kolom["hubungan"] = of_household
    return kolom


def gaps_of(fields: Collection[str], *, village_in_id: bool = False) -> str:
    """What is still needed, in words ("NIK dan Nama"); empty when nothing is.

    An id of the household does instead of a No. KK, and beside an id of the person nobody needs a date of
    birth to be known again: BDT 2015 has none.
    """
    missing = [name for name in REQUIRED if name not in fields]
    if "id_keluarga" in fields:
        missing = [name for name in missing if name != "no_kk"]
        if "id_dtks" in fields or "no_urut" in fields:
            missing = [name for name in missing if name != "tanggal_lahir"]
    if "kode_desa" not in fields and not village_in_id:
        missing += [name for name in ADDRESS if name not in fields]
    labels = [LABELS[name] for name in missing]
    return " dan ".join(filter(None, [", ".join(labels[:-1]), *labels[-1:]]))


@dataclass(frozen=True)
class Vocabulary:
    """The words of one kind of list: what its columns are called, and what it must hold.

    fields: field -> headers seen, without signs and blanks.  labels: field -> what a missing column is called.
    gaps: what is still needed, in words.  layout: the id of a layout, from its kolom and titles.
    settle: kolom where two columns are of one kind; `twice`: the fields of which two columns may stand in a file.
    questions: a column that holds nothing else may answer a questionnaire.  like: whose headers are an example.
    example: some of them.  kind: keeps the Profil of one kind of list apart from others; "" for the registers.
    """

    fields: Mapping[str, tuple[str, ...]]
    labels: Mapping[str, str]
    gaps: Callable[..., str]
    layout: Callable[[Mapping[str, int], Sequence[str]], str]
    like: str
    example: str
    settle: Callable[[dict[str, int]], dict[str, int]] = dict
    twice: frozenset[str] = frozenset()
    questions: bool = False
    kind: str = ""

    @cached_property
    def field_of(self) -> dict[str, str]:
        """Header, without signs and blanks -> field."""
        return {alias: name for name, aliases in self.fields.items() for alias in aliases}

    def knows(self, title: str) -> str | None:
        """The field of a header as written."""
        return self.field_of.get(normal_header(title))


REGISTER = Vocabulary(
    fields=FIELDS,
    labels=LABELS,
    gaps=gaps_of,
    layout=_name_of,
    like="keluaran SIKS-NG",
    example="ID DTKS, NOKK, NIK, NAMA",
    settle=_one_head,
    twice=frozenset({"hubungan_krt"}),
    questions=True,
)


def find_layout(peek: Peek, words: Vocabulary = REGISTER) -> Layout:
    """Find the sheet and header of a peeked file. Raises FileRefused with one sentence."""
    found = headers_of(peek, words)
    best = max(found, key=lambda header: ("nama" in header.kolom, len(header.kolom)), default=None)
    if best is None:
        raise FileRefused(
            "KOLOM_HILANG",
            f"Judul kolom tidak ditemukan dalam {HEADER_WITHIN} baris pertama. Beri judul kolom seperti {words.like}:"
            f" {words.example} dan seterusnya.",
        )
    refuse_gaps(best, words)
    return with_indikator(best) if words.questions else best


def with_indikator(layout: Layout) -> Layout:
    """The layout with the columns of a questionnaire among those that hold nothing else."""
    titles = layout.titles
    known = [n for n, title in enumerate(titles) if REGISTER.knows(title)]
    found = indikator.columns_of(titles, {*known, *layout.kolom.values()}, normal_header)
    if not found:
        return layout
    taken = {titles[place] for place in found.values()}
    ignored = [title for title in layout.diabaikan if title not in taken]
    return replace(layout, indikator=found, diabaikan=ignored)


def headers_of(peek: Peek, words: Vocabulary = REGISTER) -> list[Layout]:
    """The best header of each sheet in sight; hidden sheets count when nothing else is there."""
    sheets = [sheet for sheet in peek.sheets if not sheet.hidden] or peek.sheets
    return [header for sheet in sheets if (header := _best_header(sheet, words))]


@dataclass(frozen=True)
class _Header:
    last: int
    height: int
    titles: list[str]


def _best_header(sheet: PeekSheet, words: Vocabulary) -> Layout | None:
    rows = sheet.rows[: HEADER_WITHIN + 1]
    best: Layout | None = None
    for place in range(min(len(rows), HEADER_WITHIN)):
        candidates = [_Header(place, 1, [cell.strip() for cell in rows[place]])]
        if place:
            candidates.append(_Header(place, 2, _joined(rows[place - 1], rows[place], words)))
        for header in candidates:
            kolom = columns_of(header.titles, words)
            if len(kolom) >= 4 and (best is None or len(kolom) > len(best.kolom)):
                last = header.last
                if last + 1 < len(sheet.rows) and is_number_row(sheet.rows[last + 1]):
                    last += 1
                best = Layout(
                    tata_letak=words.layout(kolom, header.titles),
                    sheet=sheet.name,
                    header_row=last + 1,
                    title_rows=header.last + 1 - header.height,
                    judul=header.titles,
                    kolom=kolom,
                    diabaikan=[
                        title
                        for n, title in enumerate(header.titles)
                        if title and n not in kolom.values() and not words.knows(title)
                    ],
                    berkas=sheet.file,
                    tersembunyi=hidden_titles(sheet, header.titles),
                )
    return best


def with_sheets_left(layout: Layout, peek: Peek) -> Layout:
    """The layout with the names of the sheets that hold something and are not read."""
    read = {(layout.berkas, layout.sheet), *((one["berkas"], one["sheet"]) for one in layout.lembar)}
    if layout.pasangan:
        read.add((layout.pasangan["berkas"], layout.pasangan["sheet"]))
    left = [
        sheet_name(sheet.name, sheet.file) + (" (tersembunyi)" if sheet.hidden else "")
        for sheet in peek.sheets
        if (sheet.file, sheet.name) not in read and any(cell.strip() for row in sheet.rows for cell in row)
    ]
    return replace(layout, lembar_lain=left)


def sheet_name(sheet: str, file: str) -> str:
    """What people are told of a sheet; in a ZIP of several with its file in front."""
    return " ".join(filter(None, [file, sheet]))


def refuse_second_list(lists: Sequence[tuple[PeekSheet, int]]) -> None:
    """Several sheets in sight that are lists of persons: nobody is chosen. lists: sheets and their header rows."""
    filled = [
        sheet
        for sheet, header_row in lists
        if not sheet.hidden and any(any(cell.strip() for cell in row) for row in sheet.rows[header_row:])
    ]
    if len(filled) > 1:
        names = [sheet_name(sheet.name, sheet.file)[:40] for sheet in filled]
        named = [*names[:2], names[2] if len(names) == 3 else f"{len(names) - 2} lainnya"][: len(names)]
        raise FileRefused(
            "LEMBAR_BANYAK",
            f"Berkas ini berisi {len(names)} daftar orang: lembar {', '.join(named[:-1])} dan {named[-1]}. Hanya satu"
            " yang dimuat: pilih lembarnya, atau gabungkan lembar yang judul kolomnya sama.",
        )


def hidden_titles(sheet: PeekSheet, titles: Sequence[str]) -> list[str]:
    """The headers of the columns that a sheet hides: they are read like any other, and that is said."""
    return [titles[n] or letters(n) for n in sheet.hidden_columns if n < len(titles)]


def _joined(upper: list[str], lower: list[str], words: Vocabulary) -> list[str]:
    """One row of titles from a merged header of two: "BANSOS" above "PKH" reads "BANSOS PKH"."""
    titles, group = [], ""
    for n in range(max(len(upper), len(lower))):
        above = upper[n].strip() if n < len(upper) else ""
        below = lower[n].strip() if n < len(lower) else ""
        group = above or group
        if not below:
            titles.append(above)
        elif words.knows(below) or not group:
            titles.append(below)
        else:
            titles.append(f"{group} {below}")
    return titles


def columns_of(titles: list[str], words: Vocabulary = REGISTER) -> dict[str, int]:
    """Field -> first column of that meaning."""
    kolom: dict[str, int] = {}
    for n, title in enumerate(titles):
        name = words.knows(title)
        if name and name not in kolom:
            kolom[name] = n
    return words.settle(kolom)


def is_number_row(row: list[str]) -> bool:
    """A row of column numbers, "(1)", "2", "-3", perhaps led by the word KOLOM."""
    filled = [cell.strip() for cell in row if cell.strip()]
    return len(filled) >= 3 and all(_COLUMN_NUMBER.match(cell) for cell in filled)


def refuse_gaps(layout: Layout, words: Vocabulary = REGISTER) -> None:
    """Two columns of one meaning, or a required one missing: one sentence, and the file is refused."""
    refuse_doubles(layout.judul, words)
    if missing := words.gaps(layout.fields, village_in_id=layout.bdt_id):
        raise FileRefused(
            "KOLOM_HILANG",
            f"Kolom {missing} tidak ditemukan. Beri judul kolomnya seperti {words.like}, lalu unggah lagi.",
        )


def refuse_doubles(titles: Sequence[str], words: Vocabulary = REGISTER) -> None:
    """Two columns of one meaning: nobody is chosen. Real UDART files have the relation to the KRT twice."""
    seen: dict[str, int] = {}
    for n, title in enumerate(titles):
        name = words.knows(title)
        if name and name in seen and name not in words.twice:
            raise FileRefused(
                "KOLOM_GANDA",
                f"Dua kolom berisi {words.labels[name]}: kolom {letters(seen[name])} dan kolom {letters(n)}."
                " Hapus salah satu, lalu unggah lagi.",
            )
        if name:
            seen[name] = n


def letters(place: int) -> str:
    """The name a spreadsheet gives to a column counted from 0: A, B ... Z, AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name
