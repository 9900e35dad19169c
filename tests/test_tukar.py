"""Exchange files: who may have one, what is in it, and that it comes back as it went out (decision 0026)."""

from __future__ import annotations

import csv
import io
import sqlite3
import zipfile
from contextlib import closing

import openpyxl
import pytest
from django.contrib.gis.gdal import DataSource
from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from access.models import Jejak, Peran
from jobs.ekspor import exchange
from jobs.ekspor.actions import EksporRefused, decide_ekspor, folder
from jobs.ekspor.queries import still_may
from jobs.inert import is_formula, quoted, unquoted
from jobs.models import Ekspor, EksporIsi, Job
from kpm.filters import Filter
from kpm.models import Anggota, Keluarga, Kepesertaan, Peringkat
from spatial.models import Wilayah
from tests.berkas import HEADERS, csv_bytes, import_bytes, person, xlsx_bytes
from tests.berkas_lama import zip_bytes
from tests.berkas_tata import D_FAMILY, D_MEMBER, PLACE, kk, nik
from tests.conftest import RIAS, everything, make_keluarga, make_user
from tests.ekspor import ask, make

pytestmark = pytest.mark.django_db
A, TITIK = "kpm_tukar_a", "kpm_titik"
PAGE = "/keluarga/tukar/"
WHY = "pemadanan dengan Dukcapil bulan ini"


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def pak_joko(db):
    return make_user("joko", "Joko Kabupaten", (Peran.DINSOS_KAB, "1903"))


@pytest.fixture
def families(keluarga_rias, keluarga_serdang, keluarga_lalang):
    return keluarga_rias, keluarga_serdang, keluarga_lalang


@pytest.fixture
def approved(pak_hasan, pak_yusuf):
    """Ask as Dinsos provinsi, have the admin say yes, make the file."""

    def make_it(jenis: str = A, bentuk: str = "csv", asked: Filter | None = None) -> Ekspor:
        one = ask(pak_hasan, jenis, bentuk, asked)
        return make(decide_ekspor(ekspor_id=one.pk, by=pak_yusuf, setuju=True))

    return make_it


def content(ekspor: Ekspor) -> bytes:
    return (folder() / ekspor.berkas).read_bytes()


def tables(ekspor: Ekspor) -> dict[str, list[list[str]]]:
    """The CSV of a ZIP by their names."""
    with zipfile.ZipFile(folder() / ekspor.berkas) as archive:
        texts = {n: archive.read(n).decode() for n in archive.namelist() if n.endswith(".csv")}
    return {
        name.removesuffix(".csv"): list(csv.reader(io.StringIO(text, newline=""), delimiter="|"))
        for name, text in texts.items()
    }


KELUARGA = ("no_kk", "tanpa_kk", "alamat", "dusun", "rt", "rw", "wilayah_id", "status", "sumber_id")
ANGGOTA = (
    "keluarga__no_kk", "wilayah_id", "id_dtks", "nik", "nik_status", "nama", "nama_normal", "tempat_lahir",
    "tanggal_lahir", "jenis_kelamin", "hubungan", "kepala", "pekerjaan", "nama_ibu", "keterangan_padan", "sumber_id",
)  # fmt: skip


def registers() -> dict[str, list[str]]:
    """What the registers hold, without the numbers of rows and of jobs."""
    with everything():
        return {
            "keluarga": sorted(map(repr, Keluarga.objects.values_list(*KELUARGA))),
            "anggota": sorted(map(repr, Anggota.objects.values_list(*ANGGOTA))),
            "kepesertaan": sorted(
                map(
                    repr,
                    Kepesertaan.objects.values_list(
                        "program_id", "keluarga__no_kk", "anggota__id_dtks", "anggota__nama", "sumber_id"
                    ),
                )
            ),
        }


def wipe() -> None:
    with everything():
        for model in (Kepesertaan, Peringkat, Anggota, Keluarga):
            model.objects.all().delete()


# --- what is in it -------------------------------------------------------------------------------


def test_layout_a_has_the_23_columns_in_their_order_and_full_numbers(approved, families):
    head, *rows = tables(approved())["DTKS"]
    assert head == HEADERS
    rosidi = dict(zip(head, next(row for row in rows if "ROSIDI" in row), strict=True))
    assert (rosidi["NIK"], rosidi["NOKK"]) == ("1903010107800001", "1903010101200001")
    assert (rosidi["KABUPATEN/KOTA"], rosidi["KECAMATAN"], rosidi["DESA/KELUARAHAN"]) == (
        "BANGKA SELATAN", "TOBOALI", "RIAS",
    )  # fmt: skip
    assert (rosidi["BANSOS PKH"], rosidi["BANSOS BPNT"], rosidi["TANGGAL LAHIR"]) == (
        "YA", "TIDAK", "01-07-1980",
    )  # fmt: skip
    assert len(rows) == 7


def test_the_workbook_holds_the_same_rows_first_and_says_for_whom_last(approved, families):
    text = tables(approved())["DTKS"]
    one = approved(bentuk="xlsx")
    book = openpyxl.load_workbook(folder() / one.berkas)
    assert book.sheetnames == ["DTKS", "Keterangan"]
    assert [[cell or "" for cell in row] for row in book["DTKS"].iter_rows(values_only=True)] == text
    mark = f"EKSPOR {one.pk} · hasan · {timezone.localdate():%d-%m-%Y}"
    assert (book.properties.description, book.custom_doc_props["SENTRAL"].value) == (mark, mark)
    assert mark in book["DTKS"].oddHeader.left.text
    said = {row[0]: row[1] for row in book["Keterangan"].iter_rows(min_row=3, values_only=True)}
    assert said["NIK dan No. KK"] == "Lengkap, tanpa disamarkan"
    assert said["Disetujui"].startswith("Yusuf Admin")


def test_a_programme_of_the_whole_keluarga_stands_at_its_head(approved, families, sumber):
    with everything():
        Kepesertaan.objects.create(
            program_id="SEMBAKO", keluarga=families[0], anggota=None, sumber=sumber, wilayah_id=RIAS
        )
    head, *rows = tables(approved(asked=Filter(wilayah=(RIAS,))))["DTKS"]
    column = head.index("BANSOS BPNT")
    assert [row[column] for row in rows] == ["YA", "TIDAK", "TIDAK"]


def test_ids_that_left_are_written_down_and_the_trail_has_both_moments(client, approved, families, pak_hasan):
    one = approved()
    with everything():
        people = set(Anggota.objects.values_list("pk", flat=True))
    assert set(EksporIsi.objects.get(ekspor=one, objek="anggota").ids) == people
    client.force_login(pak_hasan)
    response = client.get(f"/ekspor/{one.pk}/unduh/")
    assert response["Content-Disposition"] == (
        f'attachment; filename="tukar-dtks-{timezone.localdate():%Y-%m-%d}-ekspor-{one.pk}-hasan.zip"'
    )
    b"".join(response.streaming_content)
    with everything():
        lines = Jejak.objects.filter(objek="ekspor", objek_id=one.pk).order_by("waktu")
        said = [(line.aksi, line.pengguna.username, line.rincian.get("tahap")) for line in lines]
    assert said == [("setuju", "yusuf", None), ("unduh", "hasan", "dibuat"), ("unduh", "hasan", "diunduh")]


# --- who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["bu_sri", "pak_budi", "pak_tono", "pak_yusuf", "bu_lina", "bu_wati"])
@pytest.mark.parametrize("jenis, bentuk", [(A, "csv"), ("kpm_tukar_d", "csv"), (TITIK, "gpkg")])
def test_nobody_but_dinsos_asks_for_one(request, families, person, jenis, bentuk):
    with pytest.raises(PermissionDenied):
        ask(request.getfixturevalue(person), jenis, bentuk)
    assert not Ekspor.objects.exists()


def test_three_people_wait_for_a_second_person_too(bu_rina, keluarga_rias):
    one = ask(bu_rina, A, "csv")
    assert (one.keadaan, one.orang, one.job) == ("menunggu_setuju", 3, None)


def test_one_that_somehow_needs_no_second_person_is_not_made(bu_rina, families):
    """The kind is asked again when the file is made: an older release may have let it through."""
    one = ask(bu_rina, A, "csv")
    one.perlu_setuju, one.keadaan = False, "dibuat"
    one.job = Job.objects.create(jenis="ekspor", pemilik=bu_rina)
    one.save()
    make(one)
    assert (one.keadaan, one.perlu_setuju, one.berkas) == ("menunggu_setuju", True, "")


def test_colleague_approves_and_the_owner_cannot(bu_rina, pak_joko, families):
    one = ask(bu_rina, A, "csv")
    with pytest.raises(PermissionDenied):
        decide_ekspor(ekspor_id=one.pk, by=bu_rina, setuju=True)
    assert make(decide_ekspor(ekspor_id=one.pk, by=pak_joko, setuju=True)).keadaan == "siap"


def test_a_kabupaten_gets_its_own_people_alone(bu_rina, pak_joko, families):
    one = make(decide_ekspor(ekspor_id=ask(bu_rina, A, "csv").pk, by=pak_joko, setuju=True))
    assert len(tables(one)["DTKS"]) == 1 + 5
    assert "ZULKIFLI SAKTI" not in content(one).decode("latin-1")


def test_who_loses_the_peran_cannot_fetch_it(client, approved, families, pak_hasan):
    one = approved()
    pak_hasan.penugasan_list.update(peran=Peran.ADMIN)  # who may still fetch lists
    assert not still_may(pak_hasan, one)
    client.force_login(pak_hasan)
    assert client.get(f"/ekspor/{one.pk}/unduh/").status_code == 404


# --- and back ------------------------------------------------------------------------------------

UGLY = [
    person(1, NAMA="MA'RUF", ALAMAT="'-LORONG", DUSUN="=1+1", HUB_KELUARGA="KEPALA KELUARGA"),
    person(2, NOKK="1903010101200001", NAMA="-ALIAS BUDI", ALAMAT="'-LORONG", DUSUN="=1+1", HUB_KELUARGA="KEPONAKAN"),
    person(3, ALAMAT="GG. MELATI | NO 2", DUSUN='"BESAR"', PEKERJAAN="+62 TANI", NIK=""),
    person(4, NOKK="", ALAMAT="JL.\nBARIS DUA", TANGGAL_LAHIR="", TEMPAT_LAHIR="@RUMAH"),
    person(5, NIK="1603011503820000", RT="3A", RW="7", JENIS_KELAMIN="P", BANSOS_PKH="YA", PBI_JKN="TIDAK"),
    person(6, NIK="12345", NAMA_IBU_KANDUNG="＝IBU", KETERANGAN_PADAN="TIDAK PADAN", NAMA="ÀNDI ŚŪJĀ"),
    person(7, ID_DTKS="", NAMA="''=BUKAN RUMUS", BANSOS_BPNT="TIDAK", HUB_KELUARGA=""),
]  # fmt: skip


@pytest.fixture
def ugly(pak_hasan):
    impor = import_bytes(xlsx_bytes(UGLY), pak_hasan, nama="dtks.xlsx")
    assert impor.job.laporan["diterapkan"] == len(UGLY)
    return registers()


@pytest.mark.parametrize("bentuk, nama", [("csv", "tukar.zip"), ("xlsx", "tukar.xlsx")])
def test_a_file_that_comes_back_changes_nothing(approved, ugly, pak_hasan, bentuk, nama):
    back = import_bytes(content(approved(bentuk=bentuk)), pak_hasan, nama=nama).job.laporan
    assert (back["dibaca"], back["ditolak"], back["tata_letak"]) == (len(UGLY), 0, "A23")
    assert back["anggota"] == {"baru": 0, "berubah": 0, "tetap": len(UGLY)}
    assert (back["keluarga"]["baru"], back["keluarga"]["berubah"]) == (0, 0)
    assert registers() == ugly


@pytest.mark.parametrize("bentuk, nama", [("csv", "tukar.zip"), ("xlsx", "tukar.xlsx")])
def test_an_empty_register_is_filled_again_from_it(approved, ugly, pak_hasan, bentuk, nama):
    file = content(approved(bentuk=bentuk))
    wipe()
    assert import_bytes(file, pak_hasan, nama=nama).job.laporan["ditolak"] == 0
    assert registers() == ugly


def test_every_village_is_found_again_by_the_names_in_the_file(approved, pak_hasan, sumber):
    codes = list(Wilayah.objects.villages().values_list("kode", flat=True))
    with everything():
        families = Keluarga.objects.bulk_create(
            Keluarga(sumber=sumber, wilayah_id=kode, no_kk=f"{kode}{n:06d}") for n, kode in enumerate(codes)
        )
        Anggota.objects.bulk_create(
            Anggota(
                sumber=sumber, keluarga=keluarga, wilayah_id=keluarga.wilayah_id, id_dtks=f"D{keluarga.pk}", nik="",
                nik_status="kosong", nama="SITI", nama_normal="SITI", hubungan="kepala keluarga", kepala=True,
            )
            for keluarga in families
        )  # fmt: skip
    before = registers()
    back = import_bytes(content(approved()), pak_hasan, nama="tukar.zip").job.laporan
    assert (back["diterapkan"], back["ditolak"], back["anggota"]["berubah"]) == (len(codes), 0, 0)
    assert not [line for line in back["vonis_catatan"] if line["kode"] == "EJAAN_DESA"]
    assert registers() == before


def test_a_list_with_masked_numbers_never_comes_back_into_the_registers(bu_rina, families):
    one = make(ask(bu_rina, "kpm_anggota", "xlsx"))
    before = registers()
    back = import_bytes(content(one), bu_rina, nama="anggota.xlsx").job.laporan
    assert (back["diterapkan"], back["ditolak"]) == (0, 5)
    assert [line["kode"] for line in back["vonis_ditolak"]] == ["NOMOR_SAMAR"]
    assert registers() == before


@given(st.text(st.sampled_from("'=+-@ a\t\n\u200b＝"), max_size=8))
@example("''=x")
@example("'-")
@example("MA'RUF")
def test_a_cell_made_harmless_is_read_as_it_was(text):
    assert unquoted(quoted(text)) == text
    assert not is_formula(quoted(text)) or quoted(text)[:1] == "'"


# --- two tables ----------------------------------------------------------------------------------

D = "kpm_tukar_d"


@pytest.fixture
def dtsen(pak_hasan):
    """Two families of DTSEN with desil and rank, as the layout's own test brings them."""
    family = {"provinsi": "KEPULAUAN BANGKA BELITUNG", **PLACE, "no_rt": "03", "no_rw": "01"}
    families = [
        family | {"id_keluarga": "K-01", "no_kk": kk(1), "alamat": "=A", "desil_nasional": "2"},
        family | {"id_keluarga": "K-02", "no_kk": kk(2), "alamat": "JL. DUA", "peringkat_nasional": ""},
    ]
    families[0]["peringkat_nasional"] = "812"
    member = {"jenis_kelamin": "L", "tgl_lahir": "07-07-1980", "sts_kawin": "2"}
    members = [
        member
        | {"id_keluarga": "K-01", "nama": "ROSIDI", "nik": nik(1), "hub_kepala_keluarga": "KEPALA KELUARGA"},
        member | {"id_keluarga": "K-01", "nama": "-HENDRA", "nik": nik(2), "hub_kepala_keluarga": "ANAK"},
        member
        | {"id_keluarga": "K-02", "nama": "EFENDI", "nik": "", "hub_kepala_keluarga": "KEPALA KELUARGA"},
    ]
    file = zip_bytes(
        {"keluarga.csv": csv_bytes(families, D_FAMILY), "anggota.csv": csv_bytes(members, D_MEMBER)}
    )
    impor = import_bytes(file, pak_hasan, nama="dtsen.zip")
    assert (impor.job.laporan["anggota"]["baru"], impor.job.laporan["tata_letak"]) == (3, "D")
    return ranks() | registers()


def ranks() -> dict[str, list[str]]:
    with everything():
        rows = Peringkat.objects.values_list("keluarga__id_keluarga", "sumber_id", "desil", "peringkat")
        return {"peringkat": sorted(map(repr, rows))}


def test_layout_d_is_two_tables_joined_by_the_id_of_the_keluarga(approved, dtsen):
    files = tables(approved(D))
    head, *families = files["keluarga"]
    assert head[:4] == ["id_keluarga", "no_kk", "nama_kepala_keluarga", "jumlah_anggota"]
    assert [row[:4] for row in families] == [["K-01", kk(1), "ROSIDI", "2"], ["K-02", kk(2), "EFENDI", "1"]]
    assert [row[-2:] for row in families] == [["2", "812"], ["", ""]]
    assert [row[0] for row in files["anggota"]] == ["id_keluarga", "K-01", "K-01", "K-02"]


@pytest.mark.parametrize("bentuk, nama", [("csv", "tukar.zip"), ("xlsx", "tukar.xlsx")])
def test_two_tables_that_come_back_change_nothing(approved, dtsen, pak_hasan, bentuk, nama):
    back = import_bytes(content(approved(D, bentuk)), pak_hasan, nama=nama).job.laporan
    assert (back["ditolak"], back["anggota"]["tetap"], back["tata_letak"]) == (0, 3, "D")
    assert (back["anggota"]["baru"], back["anggota"]["berubah"], back["keluarga"]["berubah"]) == (0, 0, 0)
    assert ranks() | registers() == dtsen


@pytest.mark.parametrize("bentuk, nama", [("csv", "tukar.zip"), ("xlsx", "tukar.xlsx")])
def test_an_empty_register_is_filled_again_from_two_tables(approved, dtsen, pak_hasan, bentuk, nama):
    file = content(approved(D, bentuk))
    wipe()
    assert import_bytes(file, pak_hasan, nama=nama).job.laporan["ditolak"] == 0
    assert ranks() | registers() == dtsen


def test_families_of_siks_are_joined_by_their_no_kk(approved, families, pak_hasan):
    before = registers()
    one = approved(D)
    assert tables(one)["anggota"][0][0] == "no_kk"
    back = import_bytes(content(one), pak_hasan, nama="tukar.zip").job.laporan
    assert (back["ditolak"], back["anggota"]) == (0, {"baru": 0, "berubah": 0, "tetap": 7})
    assert registers() == before


# --- points --------------------------------------------------------------------------------------


@pytest.fixture
def houses(families):
    with everything():
        Keluarga.objects.filter(pk=families[0].pk).update(
            titik=Point(106.451234567, -3.012345678), titik_akurasi_m=8, titik_asal="verval"
        )
        Keluarga.objects.filter(pk=families[2].pk).update(titik=Point(108.25, -2.75))
    return families


def test_points_are_read_back_by_gdal(approved, houses):
    one = approved(TITIK, "gpkg")
    (layer,) = [layer for layer in DataSource(folder() / one.berkas) if layer.name == "keluarga"]
    assert (layer.geom_type.name, layer.srs.srid, one.baris, one.orang) == ("Point", 4326, 2, 5)
    rias, lalang = sorted(layer, key=lambda feature: feature.geom.x)
    assert rias.geom.coords == (106.451234567, -3.012345678)
    assert (rias["keluarga"].value, rias["kode_desa"].value, rias["desa"].value) == (
        houses[0].pk, RIAS, "Rias",
    )  # fmt: skip
    assert (rias["jumlah_anggota"].value, rias["program"].value, rias["akurasi_m"].value) == (3, "PKH", 8)
    assert lalang.geom.coords == (108.25, -2.75)
    assert layer.extent.tuple == (106.451234567, -3.012345678, 108.25, -2.75)


def test_points_keep_to_the_standard(approved, houses):
    one = approved(TITIK, "gpkg")
    with closing(sqlite3.connect(folder() / one.berkas)) as base:

        def rows(statement: str) -> list[tuple]:
            return base.execute(statement).fetchall()

        assert rows("PRAGMA application_id") == [(int.from_bytes(b"GPKG", "big"),)]
        assert rows("PRAGMA user_version") == [(10300,)]
        assert rows("PRAGMA integrity_check") == [("ok",)] and rows("PRAGMA foreign_key_check") == []
        assert rows("SELECT srs_id FROM gpkg_spatial_ref_sys ORDER BY 1") == [(-1,), (0,), (4326,)]
        contents = rows("SELECT table_name, data_type, srs_id, last_change FROM gpkg_contents ORDER BY 1")
        assert [row[:3] for row in contents] == [
            ("keluarga", "features", 4326),
            ("keterangan", "attributes", None),
        ]
        assert all(len(row[3]) == 24 and row[3].endswith("Z") for row in contents)
        assert rows("SELECT * FROM gpkg_geometry_columns") == [("keluarga", "geom", "POINT", 4326, 0, 0)]
        assert dict(rows("SELECT perihal, isi FROM keterangan"))["Tanda"].startswith(
            f"EKSPOR {one.pk} · hasan"
        )
        assert {row[0][:8] for row in rows("SELECT geom FROM keluarga")} == {b"GP\x00\x01\xe6\x10\x00\x00"}


def test_points_name_nobody(approved, houses):
    text = content(approved(TITIK, "gpkg"))
    secret = [b"ROSIDI", b"JL. MAWAR", b"1903010107800001", b"1903010101200001", b"190301**"]
    assert [word for word in secret if word in text] == []


# --- the page ------------------------------------------------------------------------------------


def test_the_page_asks_and_leads_to_the_wait(client, bu_rina, houses):
    client.force_login(bu_rina)
    page = client.get(PAGE).content.decode()
    assert "5 orang" in page and "Titik rumah keluarga, GeoPackage: 1 baris" in page
    answer = client.post(PAGE, {"berkas": f"{A}:xlsx", "alasan": WHY})
    one = Ekspor.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/ekspor/{one.pk}/")
    assert (one.jenis, one.bentuk, one.keadaan, one.alasan) == (A, "xlsx", "menunggu_setuju", WHY)
    assert "lengkap, tanpa disamarkan" in client.get(f"/ekspor/{one.pk}/").content.decode()


def test_the_second_person_reads_that_the_numbers_are_full(client, bu_rina, pak_joko, families):
    one = ask(bu_rina, A, "csv")
    client.force_login(pak_joko)
    page = client.get(f"/ekspor/{one.pk}/putusan/").content.decode()
    assert "lengkap, tanpa disamarkan" in page and "ROSIDI" not in page


@pytest.mark.parametrize(
    "fields, sentence",
    [
        ({}, "Pilih berkasnya."),
        ({"berkas": f"{TITIK}:xlsx"}, "Pilih salah satu berkas yang ditawarkan."),
        ({"berkas": f"{A}:csv", "alasan": "1903010107800001 minta"}, "Jangan menulis NIK atau No. KK"),
        ({"berkas": f"{A}:csv", "alasan": "perlu"}, "paling sedikit 10 huruf"),
        ({"berkas": f"{TITIK}:gpkg"}, "Tidak ada baris yang cocok"),
    ],
)
def test_what_is_missing_is_said(client, bu_rina, families, fields, sentence):
    client.force_login(bu_rina)
    answer = client.post(PAGE, {"alasan": WHY} | fields)
    assert (answer.status_code, Ekspor.objects.exists()) == (422, False)
    assert sentence in answer.content.decode()


def test_the_button_is_there_for_those_who_may(client, bu_rina, pak_tono, families):
    client.force_login(bu_rina)
    assert "/keluarga/tukar/?program=PKH" in client.get("/keluarga/unduh/?program=PKH").content.decode()
    client.force_login(pak_tono)
    assert "/keluarga/tukar/" not in client.get("/keluarga/unduh/").content.decode()


def test_more_rows_than_a_sheet_holds_go_into_a_csv(monkeypatch, bu_rina, pak_joko, families):
    monkeypatch.setattr(exchange.ExchangeBook, "most", 4)
    with pytest.raises(EksporRefused, match="Pilih CSV"):
        ask(bu_rina, A, "xlsx")
    assert ask(bu_rina, A, "csv").keadaan == "menunggu_setuju"


@pytest.mark.parametrize("jenis, bentuk", [(A, "csv"), ("kpm_tukar_d", "xlsx"), (TITIK, "gpkg")])
def test_the_number_of_queries_does_not_grow_with_the_rows(approved, houses, sumber, jenis, bentuk):
    approved(jenis, bentuk)  # what a process asks once is past
    with CaptureQueriesContext(connection) as few:
        approved(jenis, bentuk)
    for number in range(20, 32):
        make_keluarga(sumber, RIAS, number, "ORANG", "LAIN", titik=Point(106.4, -3.0))
    with CaptureQueriesContext(connection) as many:
        approved(jenis, bentuk)
    assert len(many) == len(few)
