"""Two tables in words of their own, of keluarga and of their members: named together once, known from then on."""

from __future__ import annotations

import pytest

from kpm.models import Anggota, Impor, JawabanKeluarga, Keluarga, Profil, Unggahan
from tests.berkas import person
from tests.berkas_tata import csv_of, xlsx_of, zip_bytes
from tests.conftest import everything
from tests.test_columns import carry_out, upload

pytestmark = pytest.mark.usefixtures("swept", "db")
HOUSES = ["Kode Rmh", "Almt", "Ds", "Kc", "Kb", "Lt", "Ket"]
PEOPLE = ["Urut", "Kode Rmh", "Nm. Orang", "Nomer Kependudukan", "Lahir"]
NAMED_HOUSES = {0: "id_keluarga", 1: "alamat", 2: "desa", 3: "kecamatan", 4: "kabupaten", 5: "BDT2015:lantai"}
NAMED_PEOPLE = {1: "id_keluarga", 2: "nama", 3: "nik", 4: "tanggal_lahir"}


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def logged_in(client, bu_rina):
    client.force_login(bu_rina)
    return client


def houses(*numbers: int) -> list[list[str]]:
    rows = [[f"R-{n}", f"JL. MAWAR {n}", "RIAS", "TOBOALI", "BANGKA SELATAN", "09", "-"] for n in numbers]
    return [["REKAP RUMAH 2026"], [], HOUSES, *rows]


def people(*numbers: int) -> list[list[str]]:
    rows = [[str(n), f"R-{n}", f"ORANG {n}", person(n)["NIK"], "07-07-1980"] for n in numbers]
    return [PEOPLE, *rows]


def together(*numbers: int) -> bytes:
    return zip_bytes({"anggota.csv": csv_of(people(*numbers)), "rumah.csv": csv_of(houses(*numbers))})


def chosen(**changes: str) -> dict[str, str]:
    data = {"lembar": "0", "baris": "1", "rumah": "1", "baris_rumah": "3"}
    data |= {f"kolom-{n}": name for n, name in NAMED_PEOPLE.items()}
    return data | {f"rumah-{n}": name for n, name in NAMED_HOUSES.items()} | changes


def test_both_tables_are_shown_and_numbers_hidden(logged_in):
    upload(logged_in, together(1, 2), "dua.zip")
    waiting = Unggahan.objects.get()
    page = logged_in.get(f"{waiting.get_absolute_url()}?lembar=0&baris=1").content.decode()
    assert "<h2>Tabel anggota</h2>" not in page and ">rumah.csv</option>" in page
    page = logged_in.get(f"{waiting.get_absolute_url()}?lembar=0&baris=1&rumah=1")
    text = page.content.decode()
    assert "<h2>Tabel anggota</h2>" in text and "JL. MAWAR 1" in text
    assert person(1)["NIK"] not in text
    assert (page.context["rumah"]["baris"], len(page.context["rumah"]["kolom_list"])) == (3, len(HOUSES))
    proposed = {one["n"]: one["isi"] for one in page.context["rumah"]["kolom_list"] if one["isi"]}
    assert proposed == {2: "desa", 3: "kecamatan", 4: "kabupaten"}


@pytest.mark.parametrize("way", ["zip", "lembar"])
def test_two_tables_are_named_together_and_known_next_time(logged_in, way, all_rows):
    def content(*numbers: int) -> bytes:
        if way == "zip":
            return together(*numbers)
        return xlsx_of({"Orang": people(*numbers), "Rumah": houses(*numbers)})

    name = f"dua.{'zip' if way == 'zip' else 'xlsx'}"
    upload(logged_in, content(1, 2), name)
    answer = logged_in.post(Unggahan.objects.get().get_absolute_url(), chosen(nama="Rekap rumah"))
    impor = Impor.objects.get()
    assert answer["Location"] == impor.get_absolute_url()
    carry_out(impor)
    assert (impor.job.laporan["dibaca"], impor.job.laporan["ditolak"]) == (4, 0)
    with everything():
        assert sorted(Keluarga.objects.values_list("id_keluarga", "alamat")) == [
            ("R-1", "JL. MAWAR 1"), ("R-2", "JL. MAWAR 2"),
        ]  # fmt: skip
        assert Anggota.objects.get(nama="ORANG 2").keluarga.id_keluarga == "R-2"
        assert [row.isi for row in JawabanKeluarga.objects.all()] == [{"lantai": "09"}] * 2
    assert set(Profil.objects.values_list("nama", flat=True)) == {
        "Rekap rumah",
        "Rekap rumah, tabel keluarga",
    }

    upload(logged_in, content(1, 2, 3), name)
    assert not Unggahan.objects.exists()
    again = Impor.objects.latest("pk")
    assert (again.layout["profil"]["nama"], again.layout["pasangan"]["kunci"]) == (
        "Rekap rumah",
        "id_keluarga",
    )
    carry_out(again)
    assert (again.job.laporan["dibaca"], again.job.laporan["keluarga"]["baru"]) == (6, 1)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kolom-1": "", "rumah-0": "id_keluarga"}, "Tunjukkan di kedua tabel kolom yang menghubungkannya"),
        ({"rumah-6": "nama"}, "Nama, NIK dan ID DTKS ditunjukkan di tabel anggota"),
        ({"rumah": "0", "baris_rumah": "1"}, "ada di dua lembar"),
        ({"rumah-2": ""}, "Tunjukkan dahulu kolom Desa/Kelurahan"),
        ({"rumah-6": "alamat"}, "Alamat dipilih dua kali"),
    ],
)
def test_what_cannot_be_joined_is_said_and_the_file_waits(logged_in, changes, sentence):
    upload(logged_in, together(1), "dua.zip")
    answer = logged_in.post(Unggahan.objects.get().get_absolute_url(), chosen(**changes))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Impor.objects.exists()
    assert Unggahan.objects.exists()


def test_the_members_alone_are_not_a_list_by_their_profile(logged_in):
    upload(logged_in, together(1), "dua.zip")
    logged_in.post(Unggahan.objects.get().get_absolute_url(), chosen(nama="Rekap rumah"))
    upload(logged_in, csv_of(people(4)), "anggota.csv")
    assert Unggahan.objects.count() == 1, "without the houses nobody has a village"
