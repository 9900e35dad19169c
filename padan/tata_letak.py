"""Layouts of extracts: the headers of the civil registry, and what an extract must hold.

Recognised by content: the list that SIAK prints (37 columns), the names of its database, and the content of its
web service. Any other goes to the page on which its sender names the columns. What is not listed here is not
read: an agreement covers what matching needs, and nothing of belief, blood group or marriage.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from jobs.staging import Peek
from kpm.imports import Layout, Vocabulary, find_layout, headers_of, normal_header, refuse_second_list
from kpm.profil import layout_by_profil
from kpm.verdicts import FileRefused

FIELDS: dict[str, tuple[str, ...]] = {
    "nik": ("NIK", "NOMORNIK", "NONIK", "NOMORINDUKKEPENDUDUKAN"),
    "no_kk": ("NOKK", "NOMORKK", "NOKARTUKELUARGA", "NOMORKARTUKELUARGA", "KK"),
    "nama": ("NAMALGKP", "NAMAPENDUDUK", "NAMALENGKAP", "NAMA", "NAMALGKPPENDUDUK"),
    "tempat_lahir": ("TMPTLHR", "TEMPATLAHIR", "TMPLAHIR", "TMPTLAHIR", "TEMPATLHR"),
    "tanggal_lahir": ("TGLLHR", "TANGGALLAHIR", "TGLLAHIR", "TANGGALLHR"),
    "jenis_kelamin": ("JENISKLMIN", "JENISKELAMIN", "KELAMIN", "JK", "JNSKLMIN", "KLMIN"),
    "nama_ibu": ("NAMALGKPIBU", "IBU", "NAMAIBU", "NAMAIBUKANDUNG", "IBUKANDUNG"),
    "nik_ibu": ("NIKIBU",),
    "hubungan": ("STATHBKEL", "SHDK", "HUBKEL", "HUBUNGANKELUARGA", "STATUSHUBUNGANDALAMKELUARGA", "HUBUNGAN"),
    "status": ("STATUS", "STATHIDUP", "STATUSHIDUP", "STATUSPENDUDUK"),
    "flag": ("FLAGSTATUS",),
    "respon": ("RESPON", "RESPONSE", "RESPONCONTENT"),
    "kabupaten": ("KABUPATENKOTA", "KABKOTA", "KABUPATEN", "KAB", "KABNAME", "NAMAKAB", "NAMAKABUPATEN"),
    "kecamatan": ("KECAMATAN", "KEC", "KECNAME", "NAMAKEC", "NAMAKECAMATAN"),
    "desa": ("DESAKEL", "DESAKELURAHAN", "KELURAHANDESA", "DESA", "KELURAHAN", "KELNAME", "NAMAKEL", "NAMADESA",
             "NAMAKELURAHAN", "NAMADESAKELURAHAN"),
    "kode_prov": ("NOPROP", "KODEPROP", "KODEPROVINSI", "KDPROP", "KODEPROV"),
    "kode_kab": ("NOKAB", "KODEKAB", "KODEKABUPATEN", "KDKAB", "KODEKABKOTA"),
    "kode_kec": ("NOKEC", "KODEKEC", "KODEKECAMATAN", "KDKEC"),
    "kode_desa": ("NOKEL", "KODEKEL", "KODEKELURAHAN", "KODEDESA", "KDKEL", "KODEWILAYAH", "KODEKEMENDAGRI"),
    "alamat": ("ALAMAT", "ALAMATLENGKAP"),
    "rt": ("NORT", "RT"),
    "rw": ("NORW", "RW"),
}  # fmt: skip
LABELS = {
    "nik": "NIK",
    "no_kk": "No. KK",
    "nama": "Nama",
    "tempat_lahir": "Tempat Lahir",
    "tanggal_lahir": "Tanggal Lahir",
    "jenis_kelamin": "Jenis Kelamin",
    "nama_ibu": "Nama Ibu",
    "nik_ibu": "NIK Ibu",
    "hubungan": "Hubungan Keluarga",
    "status": "Status (hidup, meninggal, tidak valid)",
    "flag": "Flag Status",
    "respon": "Respon layanan",
    "kabupaten": "Kabupaten/Kota",
    "kecamatan": "Kecamatan",
    "desa": "Desa/Kelurahan",
    "kode_prov": "Kode Provinsi",
    "kode_kab": "Kode Kabupaten/Kota",
    "kode_kec": "Kode Kecamatan",
    "kode_desa": "Kode Desa",
    "alamat": "Alamat",
    "rt": "RT",
    "rw": "RW",
}
REQUIRED = ("nik", "nama", "tanggal_lahir")
CODE_PARTS = ("kode_prov", "kode_kab", "kode_kec", "kode_desa")
# By one of these it is known that an extract is of the place it is said to be of.
PLACES = ("kode_desa", "desa", "no_kk")
SIAK, BASIS_DATA, LAYANAN = "SIAK", "basis data", "layanan web"


def gaps_of(fields: Collection[str], *, village_in_id: bool = False) -> str:
    """What is still needed, in words; empty when nothing is."""
    missing = [LABELS[name] for name in REQUIRED if name not in fields]
    if not any(name in fields for name in PLACES):
        missing.append("Desa/Kelurahan (atau Kode Desa, atau No. KK)")
    return " dan ".join(filter(None, [", ".join(missing[:-1]), *missing[-1:]]))


def _name_of(kolom: Mapping[str, int], titles: Sequence[str]) -> str:
    known = {normal_header(title) for title in titles}
    if "NAMALGKP" in known:
        return LAYANAN if known & {"RESPON", "KELNAME", "EKTPSTATUS"} else BASIS_DATA
    return SIAK if {"NAMAPENDUDUK", "SHDK"} <= known else "lain"


EKSTRAK = Vocabulary(
    fields=FIELDS,
    labels=LABELS,
    gaps=gaps_of,
    layout=_name_of,
    like="keluaran SIAK",
    example="NIK, NAMA_LGKP, TGL_LHR, NO_KK, NO_PROP, NO_KAB, NO_KEC, NO_KEL",
    kind="padan",
)


def layout_of(peek: Peek) -> Layout:
    """The layout of an extract, by its headers or as somebody once named them. Raises FileRefused."""
    try:
        _refuse_several(peek)
        return find_layout(peek, EKSTRAK)
    except FileRefused as refusal:
        if refusal.verdict.kode == "LEMBAR_BANYAK" or (known := layout_by_profil(peek, EKSTRAK)) is None:
            raise
        return known


def _refuse_several(peek: Peek) -> None:
    """Several lists of persons in one file: nobody is chosen."""
    row_of = {
        (one.berkas, one.sheet): one.header_row for one in headers_of(peek, EKSTRAK) if "nama" in one.kolom
    }
    refuse_second_list(
        [
            (sheet, row_of[sheet.file, sheet.name])
            for sheet in peek.sheets
            if (sheet.file, sheet.name) in row_of
        ]
    )
