"""The reject workbook comes back mended: it is recognised, and the first report says what was repaired."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
import xlsxwriter

from access.scope import use_territory
from kpm import keputusan, uploads
from kpm.aturan import Aturan
from kpm.forms import AturanForm
from kpm.models import Anggota, Impor, JawabanKeluarga, Keluarga, Peringkat
from kpm.verdicts import FileRefused
from tests.berkas import HEADERS, csv_bytes, import_bytes, person, xlsx_bytes
from tests.conftest import everything, make_user
from tests.test_indikator import TITLES, answered
from tests.test_pratinjau import apply, work

BAD = [person(1), person(2, NAMA=""), person(3, NAMA="")]


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.IMPOR_SETUJU_PERSEN = 100  # of few families every change is a large share


@pytest.fixture
def first(bu_rina) -> Impor:
    return import_bytes(csv_bytes(BAD), bu_rina)


def mended(impor: Impor, *names: str, header=None) -> bytes:
    """The workbook with the given names typed into its rows, one after another; "" leaves a row as it is."""
    with uploads.open_rejects(impor=impor, by=impor.pemilik) as file:
        book = openpyxl.load_workbook(io.BytesIO(file.read()))
    sheet = book["Ditolak"]
    place = HEADERS.index("NAMA") + 4
    for row, name in enumerate(names, 2):
        if name:
            sheet.cell(row, place, name)
    if header:
        sheet.cell(1, 1, header)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_mended_workbook_is_recognised_and_repairs_the_first_import(client, first, bu_rina):
    second = import_bytes(mended(first, "SRI", ""), bu_rina, nama="ditolak-1.xlsx")
    assert second.perbaikan_dari == first
    assert (second.job.laporan["diterapkan"], second.job.laporan["ditolak"]) == (1, 1)
    with everything():
        assert sorted(Anggota.objects.values_list("nama", flat=True)) == ["ROSIDI", "SRI"]
    client.force_login(bu_rina)
    page = client.get(f"/impor/{first.pk}/").content.decode()
    assert "1 dari 2 baris yang ditolak sudah diperbaiki" in page
    assert f'href="/impor/{second.pk}/"' in page
    assert f'href="/impor/{first.pk}/"' in client.get(f"/impor/{second.pk}/").content.decode()


def test_a_mended_workbook_of_a_mended_one_follows_too(first, bu_rina):
    second = import_bytes(mended(first, "SRI", ""), bu_rina)
    third = import_bytes(mended(second, "TINI"), bu_rina)
    assert third.perbaikan_dari == second
    with everything():
        assert Anggota.objects.count() == 3


def test_another_period_is_not_taken_for_a_repair(first, bu_rina):
    with pytest.raises(FileRefused, match="perbaikan dari DTKS Oktober 2026"):
        import_bytes(mended(first, "SRI"), bu_rina, periode="2026-09")
    assert Impor.objects.count() == 1


def test_a_changed_header_is_read_like_any_file(first, bu_rina):
    second = import_bytes(mended(first, "SRI", header="BARIS"), bu_rina)
    assert second.job.laporan["diterapkan"] == 1


def test_somebody_elses_mark_says_nothing(first, bu_rina):
    content = mended(first, "SRI")
    second = import_bytes(content, make_user("lain", "Lain Dinsos", ("dinsos_kab", "1903")))
    assert second.perbaikan_dari is None


def test_a_number_that_excel_damaged_stays_refused_until_it_is_typed(bu_rina):
    damaged = [
        person(1, NIK="#1903010707800120", NOKK="1903010101200001"),
        person(2, NOKK="#1903010101200120"),
    ]
    first = import_bytes(xlsx_bytes(damaged), bu_rina)
    assert first.job.laporan["ditolak"] == 2
    second = import_bytes(mended(first), bu_rina)
    assert (second.job.laporan["diterapkan"], second.job.laporan["ditolak"]) == (0, 2)
    with everything():
        assert not Anggota.objects.exists()


def test_a_birth_date_counted_from_1904_comes_back_the_same(bu_rina):
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"date_1904": True})
    sheet = book.add_worksheet("DTKS")
    row = person(1, NAMA="")
    for column, name in enumerate(HEADERS):
        sheet.write_string(0, column, name)
        sheet.write_string(1, column, row.get(name, ""))
    sheet.write_datetime(
        1, HEADERS.index("TANGGAL LAHIR"), date(1980, 7, 7), book.add_format({"num_format": "dd/mm/yyyy"})
    )
    book.close()
    first = import_bytes(stream.getvalue(), bu_rina)
    import_bytes(mended(first, "SRI"), bu_rina)
    with everything():
        assert Anggota.objects.get().tanggal_lahir == date(1980, 7, 7)


def look_through(content: bytes, by, *, nama: str = "ditolak-1.xlsx") -> Impor:
    """Upload a file, most often a mended workbook, and make its preview."""
    with use_territory(by):
        impor = uploads.accept_upload(
            berkas=io.BytesIO(content), nama=nama, pemilik=by, jenis="DTKS", periode="2026-10"
        )
    work(impor)
    return impor


def test_nobody_is_missing_in_a_mended_workbook(first, bu_rina, all_rows):
    import_bytes(csv_bytes([person(8)]), bu_rina, periode="2026-09")
    second = look_through(mended(first, "SRI"), bu_rina)
    assert second.tinjauan["golongan"]["keluarga"]["hilang"] == 0
    assert "hilang" not in AturanForm(second).fields and "hilang" in AturanForm(first).fields
    form = AturanForm(second, {"isian": ["alamat"]})
    assert form.is_valid() and form.aturan().hilang == "biarkan"
    keputusan.set_rules(impor_id=second.pk, by=bu_rina, aturan=Aturan(hilang="keluar"))
    work(second)
    assert second.tinjauan["keluar"] == {"keluarga": 0, "anggota": 0}


@pytest.mark.parametrize("returning", ["ANAK", "KEPALA KELUARGA"])
def test_only_the_row_of_a_head_writes_the_household_anew(bu_rina, all_rows, returning):
    """A child who comes back mended is a person, not the word on where and how his family lives."""
    head = answered(1, ALAMAT="JL. BENAR 1", lantai="09") | {"DESIL": "1"}
    child = answered(2, ALAMAT="JL. LAIN 9", RT="09", lantai="01", NOKK=head["NOKK"], HUB_KELUARGA="ANAK")
    rows = [head, child | {"DESIL": "3"}]
    rows = [row | ({"NAMA": ""} if row["HUB KELUARGA"] == returning else {}) for row in rows]
    first = import_bytes(csv_bytes(rows, [*TITLES, "DESIL"]), bu_rina)
    second = import_bytes(mended(first, "SRI"), bu_rina, nama="ditolak-1.xlsx")
    assert second.perbaikan_dari == first and second.job.laporan["diterapkan"] == 1
    keluarga = Keluarga.objects.get()
    assert (keluarga.alamat, keluarga.rt) == ("JL. BENAR 1", "03")
    assert Peringkat.objects.get().desil == 1
    assert JawabanKeluarga.objects.get().isi["lantai"] == "09"
    assert second.job.laporan["keluarga"]["berubah"] == (returning != "ANAK")
    assert "TANPA_KEPALA" not in [v["kode"] for v in second.job.laporan["vonis_catatan"]]


def test_a_mended_preview_repairs_nothing_and_no_second_one_takes_the_mark(first, bu_rina, all_rows):
    seen = look_through(mended(first, "SRI"), bu_rina)
    assert not first.ditolak_list.exclude(perbaikan=None).exists(), "nothing is applied yet"
    apply(seen)
    assert first.ditolak_list.filter(perbaikan=seen).count() == 1
    again = look_through(mended(first, "SRI A", "TINI"), bu_rina)
    apply(again)
    assert [row.perbaikan_id for row in first.ditolak_list.order_by("baris")] == [seen.pk, again.pk]


def test_the_order_of_dates_that_the_first_file_proved_holds_for_its_mended_rows(bu_rina, all_rows):
    rows = [
        person(1, TANGGAL_LAHIR="25-07-1980", NIK="1903011701700001"),
        person(2, TANGGAL_LAHIR="05-03-1980", NIK="1903011701700002", NAMA=""),
    ]
    first = look_through(csv_bytes(rows), bu_rina, nama="dtks.csv")
    apply(first)
    second = look_through(mended(first, "SRI"), bu_rina)
    assert (second.perbaikan_dari, second.keadaan) == (first, "ditinjau")
    apply(second)
    assert Anggota.objects.get(nama="SRI").tanggal_lahir == date(1980, 3, 5)
