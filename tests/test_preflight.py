"""The first look at a file: what is expected is what will be said, and nothing about dates is guessed."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta

import pytest
import xlsxwriter

from access.models import Jejak
from access.scope import use_territory
from jobs.actions import claim_here
from kpm import actions, pratinjau, uploads
from kpm.models import Anggota, Impor
from kpm.preflight import grade
from tests.berkas import HEADERS, csv_bytes, person, xlsx_bytes
from tests.conftest import everything
from tests.test_impor_verdicts import WITH_DESIL, rows_of

OF_THE_REGISTERS = {
    "KK_BEDA_DESA", "SUDAH_DI_LUAR", "AMBIGU", "PERIODE_LAMA", "PERINGKAT_BEDA", "ALAMAT_BEDA", "KEPALA_GANDA",
    "TANPA_KEPALA", "PINDAH_DESA", "PINDAH_KK", "ID_BERUBAH", "KELUAR_TERCATAT",
}  # fmt: skip


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path, swept):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def look(bu_rina):
    """Upload a file as Bu Rina and carry out its preview."""

    def upload(content: bytes, nama: str = "dtks.csv") -> Impor:
        with use_territory(bu_rina):
            impor = uploads.accept_upload(
                berkas=io.BytesIO(content), nama=nama, pemilik=bu_rina, jenis="DTKS", periode="2026-10"
            )
            review(impor)
        return impor

    return upload


def review(impor: Impor) -> None:
    step = impor.langkah_list.select_related("job__pemilik").latest("pk")
    with use_territory(step.job.pemilik):
        pratinjau.review_import(claim_here(step.job))
    impor.refresh_from_db()


def born(*written: str, **cells: str) -> list[dict[str, str]]:
    """A person for each birth date, whose NIK says nothing of it."""
    return [
        person(n, TANGGAL_LAHIR=text, NIK=f"19030117017{n % 7}{n:04d}", **cells)
        for n, text in enumerate(written, 1)
    ]


# --- what is expected ----------------------------------------------------------------------------


@pytest.mark.parametrize("berkas", ["csv", "xlsx"])
def test_expected_verdicts_are_the_verdicts(look, berkas):
    """A short file is seen whole: code by code and row by row the first look says what the import says."""
    rows = rows_of(berkas)
    make = {"csv": csv_bytes, "xlsx": xlsx_bytes}[berkas]
    impor = look(make(rows, WITH_DESIL), nama=f"dtks.{berkas}")
    awal = impor.awal
    if impor.keadaan == Impor.Keadaan.BERTANYA:
        impor.aturan = {"tanggal": {"tanggal_lahir": "dmy"}}
    with use_territory(impor.pemilik):
        actions.apply_directly(impor)
    laporan = impor.job.laporan
    assert (awal["utuh"], awal["contoh"], awal["seluruh"]) == (True, len(rows), len(rows))
    for kind in ("vonis_ditolak", "vonis_catatan", "vonis_dirapikan"):
        said = {line["kode"]: line["baris"] for line in laporan[kind] if line["kode"] not in OF_THE_REGISTERS}
        expected = {line["kode"]: line["baris"] for line in awal[kind]}
        assert expected.keys() == said.keys()
    assert awal["ditolak"] > 5 or berkas == "xlsx"


def test_of_a_long_list_a_share_is_expected_and_no_duplicate(look):
    rows = [person(n, NAMA="" if n % 20 == 0 else "ROSIDI") for n in range(1, 3001)]
    awal = look(csv_bytes([*rows, rows[0]])).awal
    low, high = awal["ditolak_persen"]
    assert (awal["utuh"], awal["contoh"], awal["seluruh"]) == (False, 400, 3001)
    assert low <= 5 <= high <= 15
    assert [line["kode"] for line in awal["vonis_ditolak"]] == ["NAMA_KOSONG"]


def test_the_first_look_holds_nothing_personal(look):
    rows = [person(n, NAMA=f"ORANG RAHASIA {n}", DESA_KELUARAHAN="X") for n in range(1, 4)]
    rows = [row | {"DESA/KELUARAHAN": "1903010707800001"} for row in rows]
    text = json.dumps(look(csv_bytes(rows)).awal)
    assert "RAHASIA" not in text
    assert "19030107" not in text


def test_unknown_places_come_with_a_suggestion(look):
    rows = [person(n) | {"DESA/KELUARAHAN": "RIYAS" if n < 3 else "RIAS"} for n in range(1, 6)]
    awal = look(csv_bytes(rows)).awal
    assert awal["wilayah"] == [{"tulisan": "RIYAS, TOBOALI", "usulan": "Rias", "baris": 2}]
    assert awal["isi"]["wilayah_tak_dikenal"] == 2


def test_numbers_that_excel_damaged_are_counted(look):
    awal = look(csv_bytes([person(1, NIK="1,90301E+15"), person(2, NOKK="1.9E+15"), person(3)])).awal
    assert (awal["isi"]["nik_rusak"], awal["isi"]["no_kk_rusak"], awal["isi"]["baris"]) == (1, 1, 3)


def test_what_kind_of_file_it_is(look):
    awal = look(csv_bytes([person(1, NAMA="RENÉ")], delimiter=";").decode().encode("cp1252")).awal
    assert (awal["jenis"], awal["pemisah"], awal["pengodean"]) == ("csv", ";", "cp1252")
    assert (awal["tata_letak"], awal["baris_judul"], awal["kolom_dipakai"]) == ("A23", 1, 23)
    awal = look(xlsx_bytes([person(2)], above=(["DAFTAR"], [""])), nama="dtks.xlsx").awal
    assert (awal["jenis"], awal["lembar"], awal["baris_judul"], awal["pemisah"]) == ("xlsx", "DTKS", 3, "")


# --- dates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "urutan"),
    [
        (["25-03-1980", "05-03-1980"], "dmy"),  # a value above 12 proves the column
        (["03-25-1980", "05-03-1980"], "mdy"),
        (["25-03-1980", "03-25-1980"], "campur"),
        (["05-03-1980", "04-05-1981"], "ragu"),
        (["07-07-1980", "08/08/1981"], "dmy"),  # both orders say the same
        (["1980-03-05", "1980-04-05"], "ymd"),
        (["29222", "29223"], "serial"),
        (["5 Mar 1980", "4 Apr 1981"], "nama"),
        (["", "-"], "kosong"),
        (["99-99-1980", "05-05-1980"], "dmy"),  # no date at all proves nothing
    ],
)
def test_the_order_of_dates_is_proved_or_asked(look, written, urutan):
    impor = look(csv_bytes(born(*written)))
    assert impor.awal["tanggal"][0]["urutan"] == urutan
    asked = urutan in {"mdy", "campur", "ragu"}
    assert [ask["kolom"] for ask in impor.awal["pertanyaan"]] == ["tanggal_lahir"] * asked
    assert impor.keadaan == ("bertanya" if asked else "ditinjau")


@pytest.mark.parametrize(("lahir", "urutan"), [("050380", "dmy"), ("030580", "mdy"), ("430580", "mdy")])
def test_the_date_in_a_nik_speaks_where_no_value_does(look, lahir, urutan):
    row = person(1, TANGGAL_LAHIR="05-03-1980", NIK=f"190301{lahir}0001")
    assert look(csv_bytes([row])).awal["tanggal"][0]["urutan"] == urutan


@pytest.mark.parametrize(
    ("jawaban", "days", "refused"),
    [
        ("dmy", {"1": date(1980, 3, 25), "3": date(1980, 3, 5), "4": date(1980, 7, 7)}, {"TANGGAL_SALAH": 1}),
        ("mdy", {"2": date(1980, 3, 25), "3": date(1980, 5, 3), "4": date(1980, 7, 7)}, {"TANGGAL_SALAH": 1}),
        ("campur", {"1": date(1980, 3, 25), "2": date(1980, 3, 25), "4": date(1980, 7, 7)}, {"TANGGAL_RAGU": 1}),
    ],
)  # fmt: skip
def test_the_import_reads_dates_as_it_was_told(look, bu_rina, client, jawaban, days, refused):
    impor = look(csv_bytes(born("25-03-1980", "03-25-1980", "05/03/1980", "07-07-1980")))
    assert impor.keadaan == "bertanya"
    client.force_login(bu_rina)
    page = client.get(f"/impor/{impor.pk}/").content.decode()
    assert "Urutan tanggal perlu Anda pastikan" in page
    client.post(f"/impor/{impor.pk}/tanya/", {"urutan-tanggal_lahir": jawaban})
    review(impor)
    assert impor.keadaan == "ditinjau"
    assert {line["kode"]: line["baris"] for line in impor.tinjauan["vonis_ditolak"]} == refused
    with use_territory(bu_rina):
        actions.apply_directly(impor)
    with everything():
        assert {one.id_dtks[-2]: one.tanggal_lahir for one in Anggota.objects.all()} == days


def test_a_question_left_open_reads_nothing(look, bu_rina, client):
    impor = look(csv_bytes(born("05-03-1980")))
    assert (impor.keadaan, impor.tinjauan) == ("bertanya", {})
    client.force_login(bu_rina)
    client.post(f"/impor/{impor.pk}/terapkan/")
    for wrong in ({}, {"urutan-tanggal_lahir": "ydm"}, {"urutan-tanggal_lahir": "campur"}, {"lain": "dmy"}):
        assert client.post(f"/impor/{impor.pk}/tanya/", wrong, follow=True).status_code == 200
    impor.refresh_from_db()
    assert (impor.keadaan, impor.aturan) == ("bertanya", {})
    assert impor.langkah_list.count() == 1


def test_an_answer_may_be_changed_until_the_import_is_applied(look, bu_rina, client):
    impor = look(csv_bytes(born("05-03-1980")))
    client.force_login(bu_rina)
    for jawaban in ("dmy", "mdy"):
        client.post(f"/impor/{impor.pk}/tanya/", {"urutan-tanggal_lahir": jawaban})
        review(impor)
    assert "Ubah jawaban" in client.get(f"/impor/{impor.pk}/").content.decode()
    with use_territory(bu_rina):
        actions.apply_directly(impor)
    with everything():
        assert Anggota.objects.get().tanggal_lahir == date(1980, 5, 3)
    client.post(f"/impor/{impor.pk}/tanya/", {"urutan-tanggal_lahir": "dmy"})
    impor.refresh_from_db()
    assert (impor.keadaan, impor.aturan["tanggal"]) == ("diterapkan", {"tanggal_lahir": "mdy"})


def test_another_answer_takes_back_a_second_persons_word_and_leaves_a_trail(look, bu_rina, pak_hasan, client):
    impor = look(csv_bytes(born("05-03-1980")))
    client.force_login(bu_rina)
    client.post(f"/impor/{impor.pk}/tanya/", {"urutan-tanggal_lahir": "dmy"})
    review(impor)
    Impor.objects.filter(pk=impor.pk).update(setuju_oleh=pak_hasan, setuju_alasan="sudah dicek")
    old = impor.tinjauan["sidik"]
    client.post(f"/impor/{impor.pk}/tanya/", {"urutan-tanggal_lahir": "mdy"})
    review(impor)
    assert (impor.setuju_oleh, impor.setuju_alasan, impor.tinjauan["sidik"] == old) == (None, "", False)
    with everything():
        lines = Jejak.objects.filter(aksi="impor", rincian__langkah="tanggal").order_by("waktu")
        assert [(line.pengguna, line.rincian["tanggal"]) for line in lines] == [
            (bu_rina, {"tanggal_lahir": "dmy"}),
            (bu_rina, {"tanggal_lahir": "mdy"}),
        ]
    assert client.get(f"/impor/{impor.pk}/").content.decode().count("Urutan tanggal dijawab") == 2


def test_a_mended_workbook_is_read_in_the_order_of_the_first_file(look, bu_rina):
    impor = look(csv_bytes([*born("05-03-1980"), person(9, NAMA="", TANGGAL_LAHIR="04-03-1981")]))
    impor.aturan = {"tanggal": {"tanggal_lahir": "mdy"}}
    impor.save()
    with use_territory(bu_rina):
        actions.apply_directly(impor)
    mended = look((uploads.folder() / impor.tolak_berkas).read_bytes(), nama="ditolak.xlsx")
    assert (mended.perbaikan_dari, mended.aturan) == (impor, {"tanggal": {"tanggal_lahir": "mdy"}})
    assert mended.keadaan == "ditinjau"


def test_days_and_months_that_excel_swapped_are_noticed(look):
    """Opened with an American calendar: 05/03/1980 became the number of May 3, 25/03/1980 stayed a text."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("DTKS")
        sheet.write_row(0, 0, HEADERS)
        for n in range(1, 13):
            row = person(n)
            sheet.write_row(n, 0, [row.get(name, "") for name in HEADERS])
            if n % 2:
                sheet.write_number(n, 12, (date(1980, 5, n) - date(1899, 12, 30)) // timedelta(days=1))
            else:
                sheet.write_string(n, 12, f"{12 + n}/03/1980")
    assert look(stream.getvalue(), nama="dtks.xlsx").awal["tanggal"][0]["tertukar"]
    assert not look(csv_bytes(born("25/03/1980"))).awal["tanggal"][0]["tertukar"]


def test_dates_that_count_from_1904_are_reported(look):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"date_1904": True}) as book:
        sheet = book.add_worksheet("DTKS")
        sheet.write_row(0, 0, HEADERS)
        sheet.write_row(1, 0, [person(1)[name] for name in HEADERS])
    assert look(stream.getvalue(), nama="dtks.xlsx").awal["tahun_1904"]


# --- the grade -----------------------------------------------------------------------------------


FULL = {
    "baris": 100,
    "nama": 100,
    "tempat_lahir": 100,
    "tanggal_lahir": 100,
    "jenis_kelamin": 100,
    "nama_ibu": 100,
}


@pytest.mark.parametrize(
    ("counts", "huruf"),
    [
        ({"nik": 100}, "A"),
        ({"nik": 99}, "B"),
        ({"nik": 70, "tempat_lahir": 70, "nama_ibu": 60}, "B"),
        ({"nik": 70, "nama_ibu": 59}, "D"),
        ({"nik": 69}, "C"),
        ({"nik": 0}, "C"),
        ({"nik": 69, "tempat_lahir": 99}, "D"),
        ({"nik": 0, "tempat_lahir": 0, "jenis_kelamin": 0, "nama_ibu": 0}, "E"),
        ({"nik": 0, "nama": 0}, "F"),
    ],
)
def test_a_file_is_graded(counts, huruf):
    assert grade(FULL | counts)[0] == huruf


def test_a_file_without_readable_rows_is_graded_too():
    assert grade(dict.fromkeys([*FULL, "nik"], 0))[0] == "F"
