"""One list in several sheets, one per desa: joined when its sender says so, each row told with its sheet."""

from __future__ import annotations

import io

import openpyxl
import pytest

from kpm import uploads
from kpm.linked import row_name
from kpm.models import Anggota, BarisDitolak, Impor, Unggahan
from tests.berkas import HEADERS, import_bytes, person
from tests.berkas_tata import csv_of, table, xlsx_of, zip_bytes
from tests.conftest import everything
from tests.test_columns import sheets, upload
from tests.test_pratinjau import apply, work

pytestmark = pytest.mark.usefixtures("swept", "db")
IN_SERDANG = {"DESA/KELUARAHAN": "SERDANG"}


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.IMPOR_SETUJU_PERSEN = 100


@pytest.fixture
def logged_in(client, bu_rina):
    client.force_login(bu_rina)
    return client


def village_book() -> bytes:
    """Desa Rias below a title, Desa Serdang wider by a note, with a row without a name and a NIK that Excel damaged."""
    rias = [["DAFTAR DESA RIAS"], [], *table(HEADERS, [person(1), person(2)])]
    damaged = person(5, NIK="#1903010707800050", **IN_SERDANG)
    serdang = table(
        HEADERS, [person(3, **IN_SERDANG), person(4, NAMA="", **IN_SERDANG), damaged, person(6, **IN_SERDANG)]
    )
    serdang[1] = [*serdang[1], "", "sudah diperiksa"]
    return xlsx_of({"Rias": rias, "Desa Serdang (2)": serdang, "Catatan": [["diisi oleh", "kasi"]]})


def answer(client, **more) -> Impor:
    """Take over the columns that the page proposes for the first sheet."""
    waiting = Unggahan.objects.get()
    page = client.get(f"{waiting.get_absolute_url()}?lembar=0&baris={more.pop('baris', '3')}")
    data = {"lembar": "0", "baris": str(page.context["baris"])} | more
    data |= {f"kolom-{one['n']}": one["isi"] for one in page.context["kolom_list"] if one["isi"]}
    assert client.post(waiting.get_absolute_url(), data).status_code == 302
    impor = Impor.objects.get()
    work(impor)
    return impor


def test_sheets_of_the_same_columns_are_offered_as_one_list(logged_in):
    upload(logged_in, village_book(), "desa.xlsx")
    waiting = Unggahan.objects.get()
    assert "gabungkan lembar yang judul kolomnya sama" in waiting.sebab
    page = logged_in.get(f"{waiting.get_absolute_url()}?lembar=0&baris=3").content.decode()
    assert "Gabungkan semua lembar dengan judul kolom yang sama" in page
    assert "dibaca juga Desa Serdang (2), sebagai satu daftar" in page
    other = logged_in.get(f"{waiting.get_absolute_url()}?lembar=2&baris=1").content.decode()
    assert "Gabungkan semua lembar" not in other


def test_joined_sheets_are_read_whole_and_rows_are_told_with_their_sheet(logged_in, all_rows):
    upload(logged_in, village_book(), "desa.xlsx")
    impor = answer(logged_in, gabung="1")
    assert (impor.awal["seluruh"], impor.awal["contoh"]) == (6, 6)
    assert (impor.tinjauan["dibaca"], impor.tinjauan["ditolak"]) == (6, 2)
    page = logged_in.get(f"/impor/{impor.pk}/rincian/?apa=anggota&golongan=ditolak").content.decode()
    assert "baris 3 (Desa Serdang (2))" in page and "baris 4 (Desa Serdang (2))" in page
    page = logged_in.get(f"/impor/{impor.pk}/rincian/?apa=anggota&golongan=baru").content.decode()
    assert "baris 4 (Rias)" in page and "baris 5 (Desa Serdang (2))" in page
    apply(impor)
    assert impor.laporan["diterapkan"] == 4
    with everything():
        assert sorted(Anggota.objects.values_list("id_dtks", flat=True)) == [
            person(n)["ID DTKS"] for n in (1, 2, 3, 6)
        ]
    text = logged_in.get(impor.get_absolute_url()).content.decode()
    assert "<dt>Lembar yang digabung</dt><dd>Rias, Desa Serdang (2)</dd>" in text
    assert "<dt>Lembar yang tidak dibaca</dt><dd>Catatan</dd>" in text
    assert "baris 3 (Desa Serdang (2))" in text


def test_the_mended_workbook_of_joined_sheets_is_known_again(logged_in, bu_rina, all_rows):
    upload(logged_in, village_book(), "desa.xlsx")
    impor = answer(logged_in, gabung="1")
    apply(impor)
    with uploads.open_rejects(impor=impor, by=bu_rina) as file:
        book = openpyxl.load_workbook(io.BytesIO(file.read()))
    sheet = book["Ditolak"]
    assert [sheet.cell(row, 1).value for row in (2, 3)] == ["3 (Desa Serdang (2))", "4 (Desa Serdang (2))"]
    sheet.cell(2, HEADERS.index("NAMA") + 4, "MARLINA")
    sheet.cell(3, 1, "4 (Rias)")  # none of those handed back
    out = io.BytesIO()
    book.save(out)
    second = import_bytes(out.getvalue(), bu_rina, nama="ditolak.xlsx")
    assert second.perbaikan_dari == impor
    assert second.job.laporan["diterapkan"] == 1
    assert "BUKAN_BARIS_DITOLAK" in {one["kode"] for one in second.job.laporan["vonis_ditolak"]}
    assert list(BarisDitolak.objects.filter(perbaikan=second).values_list("baris", flat=True)) == [10_000_003]


def test_without_the_tick_one_sheet_is_read(logged_in):
    upload(logged_in, sheets(RIAS=[person(1)], SERDANG=[person(2), person(3)]), "desa.xlsx")
    impor = answer(logged_in, baris="1")
    assert (impor.layout["lembar"], impor.tinjauan["dibaca"]) == ([], 1)
    assert impor.layout["lembar_lain"] == ["SERDANG"]


def test_files_of_the_same_columns_in_a_zip_are_one_list_as_well(logged_in, all_rows):
    content = zip_bytes({f"{n}.csv": csv_of(table(HEADERS, [person(n), person(n + 10)])) for n in (1, 2, 3)})
    upload(logged_in, content, "desa.zip")
    impor = answer(logged_in, gabung="1", baris="1")
    assert (impor.tinjauan["dibaca"], impor.tinjauan["ditolak"]) == (6, 0)
    apply(impor)
    with everything():
        assert Anggota.objects.count() == 6


def test_sheets_with_columns_in_another_order_are_not_joined(logged_in):
    turned = [HEADERS[1], HEADERS[0], *HEADERS[2:]]
    content = xlsx_of({"A": table(HEADERS, [person(1)]), "B": table(turned, [person(2)])})
    upload(logged_in, content, "desa.xlsx")
    page = logged_in.get(f"{Unggahan.objects.get().get_absolute_url()}?lembar=0&baris=1").content.decode()
    assert "Gabungkan semua lembar" not in page


def test_a_row_is_named_by_its_sheet():
    names = ["Rias", "Serdang"]
    assert [row_name(n, names) for n in (12, 10_001_234)] == ["12 (Rias)", "1.234 (Serdang)"]
    assert row_name(1_000_000_012) == "keluarga 12"
