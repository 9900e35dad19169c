"""Files as they come: headers moved, respelled, doubled or missing; separators, encodings, damage."""

from __future__ import annotations

import io
import zipfile

import pytest

from jobs.actions import JobFailed
from jobs.staging import Peek, PeekSheet, StagingError
from kpm import uploads
from kpm.imports import find_layout, letters
from kpm.models import Anggota, Impor
from kpm.verdicts import FileRefused
from tests.berkas import HEADERS, csv_bytes, import_bytes, person, xlsx_bytes

RESPELLED = [
    "Id_DTKS",
    "Provinsi",
    "Kabupaten_Kota",
    "Kecamatan",
    "Desa_Kelurahan",
    "Alamat",
    "Dusun",
    "RT",
    "RW",
    "Nokk",
    "Nik",
    "Nama",
    "Tanggal_Lahir",
    "Tempat_Lahir",
    "Jenis_Kelamin",
    "Pekerjaan",
    "Nama_Ibu_Kandung",
    "Hub_Keluarga",
    "Keterangan_padan",
    "Bansos_Bpnt",
    "Bansos_Pkh",
    "Bansos_Bnpnt_Ppkm",
    "Pbi_Jni",
]
OLDER = [*HEADERS[:9], "NOMOR KK", "NOMOR NIK", *HEADERS[11:17], "HUBUNGAN KELUARGA"]


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def layout_of(*rows: list[str]):
    return find_layout(Peek("csv", [PeekSheet("", list(rows), hidden=False)]))


@pytest.mark.parametrize(
    ("titles", "name"), [(HEADERS, "A23"), (RESPELLED, "A23"), (OLDER, "A17"), (HEADERS[1:], "A")]
)
def test_layouts_are_known_by_their_headers(titles, name):
    layout = layout_of(titles)
    assert (layout.tata_letak, layout.header_row, layout.diabaikan) == (name, 1, [])
    assert layout.kolom["no_kk"] == titles.index(next(t for t in titles if t.upper() in {"NOKK", "NOMOR KK"}))


def test_the_two_spellings_mean_the_same_columns():
    assert layout_of(HEADERS).kolom == layout_of(RESPELLED).kolom


def test_titles_above_and_column_numbers_below_are_not_data():
    numbers = [f"({n})" for n in range(1, len(HEADERS) + 1)]
    layout = layout_of(["DAFTAR DTKS"], [], HEADERS, numbers, ["x"] * 23)
    assert (layout.header_row, layout.title_rows) == (4, 2)


def test_a_merged_header_of_two_rows_is_read_together():
    upper = [*HEADERS[:19], "BANSOS", "", "", "PBI JKN"]
    lower = [""] * 19 + ["BPNT", "PKH", "BPNT-PPKM", ""]
    layout = layout_of(upper, lower, ["x"] * 23)
    assert {name: layout.kolom[name] for name in ("SEMBAKO", "PKH", "BPNT_PPKM", "PBI_JK")} == {
        "SEMBAKO": 19, "PKH": 20, "BPNT_PPKM": 21, "PBI_JK": 22,
    }  # fmt: skip
    assert layout.header_row == 2


def test_columns_in_any_order_and_unknown_ones_are_listed():
    layout = layout_of(["CATATAN", *reversed(HEADERS), "WARNA"])
    assert layout.diabaikan == ["CATATAN", "WARNA"]
    assert layout.kolom["id_dtks"] == 23


@pytest.mark.parametrize(
    ("titles", "sentence"),
    [
        ([t for t in HEADERS if t != "NOKK"], "Kolom No. KK tidak ditemukan."),
        ([t for t in HEADERS if t not in {"NIK", "NAMA"}], "Kolom NIK dan Nama tidak ditemukan."),
        ([t for t in HEADERS if t != "KECAMATAN"], "Kolom Kecamatan tidak ditemukan."),
        ([*HEADERS, "NO. KK"], "Dua kolom berisi No. KK: kolom J dan kolom X."),
        (["satu", "dua"], "Judul kolom tidak ditemukan"),
    ],
)
def test_a_wrong_header_is_refused_with_one_sentence(titles, sentence):
    with pytest.raises(FileRefused, match=sentence):
        layout_of(titles)


def test_the_sheet_with_the_header_is_chosen():
    sheets = [
        PeekSheet("Petunjuk", [["Isi lembar kedua"]], False),
        PeekSheet("Data", [HEADERS, ["x"] * 23], False),
    ]
    assert find_layout(Peek("xlsx", sheets)).sheet == "Data"


def test_a_code_of_the_village_will_do(bu_rina, all_rows):
    titles = [
        "KODE DESA" if t == "DESA/KELUARAHAN" else t
        for t in HEADERS
        if t not in {"KECAMATAN", "KABUPATEN/KOTA"}
    ]
    impor = import_bytes(csv_bytes([person(1, KODE_DESA="19.03.01.2008")], titles), bu_rina)
    assert impor.job.laporan["diterapkan"] == 1
    assert Anggota.objects.get().wilayah_id == "1903012008"


def test_letters_of_columns():
    assert [letters(n) for n in (0, 25, 26, 51, 702)] == ["A", "Z", "AA", "AZ", "AAA"]


@pytest.mark.parametrize("delimiter", ["|", ",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_every_separator_and_encoding_gives_the_same_person(bu_rina, all_rows, delimiter, encoding):
    content = csv_bytes([person(1, NAMA="RÉNÉ"), person(2)], delimiter=delimiter).decode().encode(encoding)
    assert import_bytes(content, bu_rina).job.laporan["diterapkan"] == 2
    assert Anggota.objects.get(id_dtks="ID-A0001X").nama == "RÉNÉ"


def test_a_workbook_with_titles_gives_its_own_row_numbers(bu_rina, all_rows):
    content = xlsx_bytes([person(1), person(2, NAMA="")], above=(["DAFTAR DTKS"], [""]))
    laporan = import_bytes(content, bu_rina, nama="dtks.xlsx").job.laporan
    assert (laporan["dibaca"], laporan["diterapkan"], laporan["baris_judul"]) == (2, 1, 2)
    assert laporan["vonis_ditolak"] == [{"kode": "NAMA_KOSONG", "baris": 1, "contoh": [5]}]


def encrypted() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>" + b" " * 30 * 1024**2)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "kosong"),
        (encrypted(), "bersandi"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "format lama"),
        (b"PK\x03\x04rusak", "rusak"),
        (bomb(), "mengembang tidak wajar"),
        (b"%PDF-1.7", "bukan lembar kerja"),
        (b"halo\ndunia\n", "Judul kolom tidak ditemukan"),
    ],
)
def test_a_file_that_is_no_list_is_refused_and_not_kept(bu_rina, content, sentence):
    with pytest.raises((FileRefused, StagingError), match=sentence):
        import_bytes(content, bu_rina)
    assert not Impor.objects.exists()
    assert list(uploads.folder().iterdir()) == []


def test_a_file_over_the_limit_is_refused(bu_rina, settings):
    settings.MAX_UPLOAD_BYTES = 1024
    with pytest.raises(FileRefused, match="lebih besar dari"):
        import_bytes(csv_bytes([person(n) for n in range(20)]), bu_rina)
    assert list(uploads.folder().iterdir()) == []


def test_a_file_without_rows_fails_in_words(bu_rina):
    with pytest.raises(JobFailed, match="Tidak ada baris di bawah judul kolom"):
        import_bytes(csv_bytes([]), bu_rina)
