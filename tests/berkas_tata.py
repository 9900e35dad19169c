"""Files in the layouts of BDT 2015 (B), UDRT and UDART (C) and DTSEN (D), with the headers of the real ones."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import xlsxwriter

from tests.berkas_lama import zip_bytes

RIAS_BPS = "1905030001"  # as BPS codes the village, in a kabupaten whose Kemendagri code is 1903
Row = dict[str, str]

# B: 101 columns, one row per person. Only those the register reads are filled by the tests.
B_HOUSEHOLD = [
    "ruta_6", "ID rumah tangga", "Provinsi", "Kode Provinsi", "Kab/Kota", "Kode Kab/Kota", "Kecamatan",
    "Kode Kecamatan", "Desa/Kelurahan", "Kode Desa/Kelurahan", "Nama SLS", "Alamat", "Nama KRT", "Jumlah ART",
    "Jumlah Keluarga", "Status bangunan",
]  # fmt: skip
B_PERSON = [
    "Nomor urut ART", "Nama ART", "NIK", "HubKRT", "Nomor urut keluarga", "Hubungan dengan kepala keluarga",
    "Jenis kelamin", "Umur", "Status perkawinan", "Kepemilikan akta nikah", "Tercantum dalam KK", "Kartu identitas",
    "Status kehamilan", "Jenis cacat", "Penyakit kronis", "Partisipasi sekolah", "Pendidikan tertinggi",
    "Kelas tertinggi", "Ijazah tertinggi", "Status bekerja", "Jumlah jam kerja", "Lapangan usaha",
    "Status dalam pekerjaan",
]  # fmt: skip
_BETWEEN = [f"Keterangan rumah {number}" for number in range(17, 78)] + ["percentile"]
B_HEADERS = [f"{title} ({number})" for number, title in enumerate([*B_HOUSEHOLD, *_BETWEEN, *B_PERSON], 1)]
B_NUMBERS = ["KOLOM", *(str(number) for number in range(2, 102))]

UDRT = [
    "IDBDT", "RUTA6", "NoPesertaPBDT", "NoPBDTKemsos", "Vector1", "Vector2", "Vector3", "Vector4", "KDGabungan4",
    "KDPROP", "KDKAB", "KDKEC", "KDDESA", "Alamat", "AdaPKH", "AdaPBDT", "AdaKKS2016", "AdaKKS2017", "AdaPBI",
    "AdaDapodik", "AdaBPNT", "NoPesertaPKH", "NoPesertaKKS2016", "NoPesertaPBI", "PesertaKIP", "NoKartuDebit",
    "Nama_SLS", "Nama_KRT", "Jumlah_ART", "Jumlah_Keluarga", "sta_bangunan", "sta_lahan", "luas_lantai", "lantai",
    "percentile", "InitData", "LastUpdateData", "lat", "long", "status_kesejahteraan",
]  # fmt: skip
UDART = [
    "IDBDT", "IDARTBDT", "NoPesertaPBDTART", "NoArtPBDTKemsos", "RUTA6", "Nama", "JnsKel", "TmpLahir", "TglLahir",
    "HubKRT", "NIK", "NoKK", "Hub_KRT", "NUK", "Hubkel", "Umur", "Sta_kawin", "Ada_akta_nikah", "Ada_diKK",
    "Ada_kartu_identitas", "Sta_hamil", "Jenis_cacat", "Penyakit_kronis", "Ada_kks", "Ada_pbi", "Ada_kip", "Ada_pkh",
    "Ada_rastra", "Anak_diluar_rt", "namagadis_ibukandung",
]  # fmt: skip
VILLAGE_FORM = [
    "idbdt", "rw", "rt", "idartbdt", "ruta6", "nama", "jenis_kelamin", "tmp_lahir", "tgl_lahir", "hub_krt", "nik",
    "no_kk", "namagadis_ibukandung", "psnoka_bpjs",
]  # fmt: skip
D_FAMILY = [
    "id_keluarga", "no_kk", "nama_kepala_keluarga", "jumlah_anggota", "provinsi", "kabupaten", "kecamatan",
    "kelurahan", "alamat", "no_rt", "no_rw", "desil_nasional", "peringkat_nasional",
]  # fmt: skip
D_MEMBER = ["id_keluarga", "nama", "nik", "tgl_lahir", "jenis_kelamin", "hub_kepala_keluarga", "sts_kawin"]
DTSEN_LOCAL = [
    "id_keluarga", "nomor_kartu_keluarga", "nomor_induk_kependudukan", "nama_lengkap", "tanggal_lahir",
    "kabupaten", "kecamatan", "kelurahan", "desil_nasional", "status_dtsen",
]  # fmt: skip
PLACE = {"kabupaten": "BANGKA SELATAN", "kecamatan": "TOBOALI", "kelurahan": "RIAS"}


def nik(number: int, *, woman: bool = False) -> str:
    return f"190301{'47' if woman else '07'}0780{number:04d}"


def kk(number: int) -> str:
    return f"190301010120{number:04d}"


def idbdt(number: int) -> str:
    return f"{RIAS_BPS}{number:06d}"


def bdt_row(ruta: int, urut: int, nama: str, **cells: str) -> Row:
    """A person of layout B; keys are titles without their number."""
    row = {
        "ruta_6": f"AB{ruta:04d}",
        "ID rumah tangga": idbdt(ruta),
        "Provinsi": "KEPULAUAN BANGKA BELITUNG",
        "Kode Provinsi": "19",
        "Kab/Kota": "BANGKA SELATAN",
        "Kode Kab/Kota": "05",
        "Kecamatan": "TOBOALI",
        "Kode Kecamatan": "030",
        "Desa/Kelurahan": "RIAS",
        "Kode Desa/Kelurahan": "001",
        "Alamat": f"JL. MAWAR {ruta}",
        "percentile": "7",
        "Nomor urut ART": str(urut),
        "Nama ART": nama,
        "NIK": nik(ruta * 10 + urut, woman=urut == 2),
        "HubKRT": str(urut),
        "Nomor urut keluarga": "1",
        "Hubungan dengan kepala keluarga": str(urut),
        "Jenis kelamin": "2" if urut == 2 else "1",
        "Umur": "40",
    }
    return row | {key.replace("_", " ") if key != "ruta_6" else key: value for key, value in cells.items()}


def bdt_table(rows: Sequence[Row], *, numbers: bool = True) -> list[list[str]]:
    """Layout B with its row of column numbers."""
    titles = [*B_HOUSEHOLD, *_BETWEEN, *B_PERSON]
    return [
        B_HEADERS,
        *([B_NUMBERS] if numbers else []),
        *[[row.get(title, "") for title in titles] for row in rows],
    ]


def udrt(number: int, **cells: str) -> Row:
    return {
        "IDBDT": idbdt(number),
        "RUTA6": f"aB{number:04d}",
        "KDPROP": "19",
        "KDKAB": "05",
        "KDKEC": "030",
        "KDDESA": "001",
        "Alamat": f"JL. MAWAR {number}",
        "percentile": "9",
        "lat": "-3.012500",
        "long": "106.455000",
    } | cells


def udart(number: int, urut: int, nama: str, **cells: str) -> Row:
    return {
        "IDBDT": idbdt(number),
        "IDARTBDT": f"{idbdt(number)}{urut:02d}",
        "Nama": nama,
        "JnsKel": "2" if urut == 2 else "1",
        "TmpLahir": "TOBOALI",
        "TglLahir": "1980-07-07",
        "HubKRT": str(urut),
        "NIK": nik(number * 10 + urut, woman=urut == 2),
        "NoKK": kk(number),
        "Hub_KRT": str(urut),
        "NUK": "1",
        "Hubkel": str(urut),
        "namagadis_ibukandung": "NURHAYATI",
    } | cells


def family(number: int, **cells: str) -> Row:
    return {
        "id_keluarga": f"DTSEN-{number:06d}",
        "no_kk": kk(number),
        "nama_kepala_keluarga": "ROSIDI",
        "jumlah_anggota": "2",
        "alamat": f"JL. MAWAR {number}",
        "no_rt": "3",
        "no_rw": "1",
        "desil_nasional": "3",
        "peringkat_nasional": f"{1000 + number}",
        **PLACE,
    } | cells


def member(number: int, urut: int, nama: str, **cells: str) -> Row:
    return {
        "id_keluarga": f"DTSEN-{number:06d}",
        "nama": nama,
        "nik": nik(number * 10 + urut, woman=urut == 2),
        "tgl_lahir": "07-07-1980",
        "jenis_kelamin": "P" if urut == 2 else "L",
        "hub_kepala_keluarga": "Kepala Keluarga" if urut == 1 else "Istri/suami",
        "sts_kawin": "2",
    } | cells


def table(headers: Sequence[str], rows: Sequence[Row]) -> list[list[str]]:
    return [list(headers), *[[row.get(name, "") for name in headers] for row in rows]]


def csv_of(lines: Sequence[Sequence[str]], delimiter: str = ";") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(lines)
    return text.getvalue().encode()


def xlsx_of(
    sheets: dict[str, Sequence[Sequence[str]]], *, hide: Sequence[str] = (), columns: str = ""
) -> bytes:
    """A workbook of several sheets; "#12" is the number 12. hide: sheets, columns: those of the last one."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    for name, lines in sheets.items():
        sheet = book.add_worksheet(name)
        for n, line in enumerate(lines):
            for k, cell in enumerate(line):
                if cell.startswith("#"):
                    sheet.write_number(n, k, float(cell[1:]))
                elif cell:
                    sheet.write_string(n, k, cell)
        if name in hide:
            sheet.hide()
    sheet.activate()
    sheet.set_first_sheet()
    if columns:
        sheet.set_column(columns, None, None, {"hidden": True})
    book.close()
    return stream.getvalue()


def pair(first: Sequence[Sequence[str]], second: Sequence[Sequence[str]], way: str) -> bytes:
    """Two linked tables as two sheets of a workbook, or as two files in a ZIP."""
    if way == "lembar":
        return xlsx_of({"RT": first, "ART": second})
    if way == "csv":
        return zip_bytes({"UDRT.csv": csv_of(first), "UDART.csv": csv_of(second)})
    return zip_bytes({"keluarga.xlsx": xlsx_of({"Data": first}), "anggota.xlsx": xlsx_of({"Data": second})})
