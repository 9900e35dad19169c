"""Two measures side by side, and the choice of classes: what the server answers."""

import pytest

from spatial import layers
from spatial.compare import rank_correlation
from tests.conftest import LALANG_JAYA, RIAS, SERDANG
from tests.test_peta import PenerimaUji

pytestmark = pytest.mark.django_db
VILLAGES = [RIAS, SERDANG, "1903012012", "1903012005", "1903012007", LALANG_JAYA]


class SatuUji(PenerimaUji):
    """1, 2, 3 … 12 % of a hundred in six villages, in their order."""

    kode = "satu_uji"
    nama = "Ukuran satu"
    shares = (1, 2, 3, 4, 12, 5)

    def rows(self, user, tingkat, filter):
        return {kode: (share, 100) for kode, share in zip(VILLAGES, self.shares, strict=True)}


class DuaUji(SatuUji):
    """The other way round, and a word of its own."""

    kode = "dua_uji"
    nama = "Ukuran dua"
    ramp = "soal"
    shares = (60, 50, 40, 30, 10, 20)


@pytest.fixture
def two():
    layers.register(SatuUji)
    layers.register(DuaUji)
    yield
    layers.unregister("satu_uji")
    layers.unregister("dua_uji")


@pytest.fixture
def ask(client, two):
    def ask(user, path="/peta/data/", **query):
        client.force_login(user)
        return client.get(path, {"ukuran": "satu_uji", "tingkat": "desa_kelurahan", **query})

    return ask


def test_both_maps_come_in_one_answer(ask, pak_hasan):
    answer = ask(pak_hasan, banding="dua_uji").json()
    assert answer["wilayah"][RIAS]["teks"] == "1,0\N{NO-BREAK SPACE}%"
    assert answer["banding"]["wilayah"][RIAS]["teks"] == "60,0\N{NO-BREAK SPACE}%"
    assert (answer["ramp"], answer["banding"]["ramp"]) == ("peta", "soal")
    assert "Penerima uji, persen keluarga" in answer["banding"]["legenda"]
    assert ask(pak_hasan).json()["banding"] is None


def test_the_table_has_both_columns_and_both_totals(ask, pak_hasan):
    table = ask(pak_hasan, banding="dua_uji").json()["tabel"]
    assert ">Ukuran satu" in table and ">Ukuran dua" in table
    assert "4,5\N{NO-BREAK SPACE}%" in table  # 27 of 600
    assert "35,0\N{NO-BREAK SPACE}%" in table  # 210 of 600


def test_the_table_is_sorted_by_the_second_measure(ask, pak_hasan):
    table = ask(pak_hasan, banding="dua_uji", urut="banding").json()["tabel"]
    assert table.index("Lalang Jaya") < table.index(">Rias<")
    table = ask(pak_hasan, banding="dua_uji", urut="-banding").json()["tabel"]
    assert table.index(">Rias<") < table.index("Lalang Jaya")
    assert 'aria-sort="descending"' in table
    assert ask(pak_hasan, urut="-banding").status_code == 200  # without a second one: as ever


def test_the_relation_is_said_in_a_sentence(ask, pak_hasan):
    text = ask(pak_hasan, banding="dua_uji").json()["hubungan"]
    assert "Hubungan kuat: wilayah yang tinggi pada “Ukuran satu” cenderung rendah pada “Ukuran dua”." in text
    assert "Korelasi peringkat -1,00 dari 6 desa." in text
    assert text.count("<circle") == 6


def test_too_few_wilayah_are_not_compared(ask, pak_tono, bu_sri):
    text = ask(bu_sri, banding="dua_uji").json()["hubungan"]
    assert "Terlalu sedikit wilayah" in text
    assert "<circle" not in text


def test_a_tksk_compares_his_villages_alone(ask, pak_tono):
    answer = ask(pak_tono, banding="dua_uji").json()
    assert "dari 5 desa" in answer["hubungan"]
    assert answer["banding"]["wilayah"][LALANG_JAYA]["teks"] == "di luar wilayah Anda"
    assert LALANG_JAYA not in answer["hubungan"]


def test_page_and_panel_show_both_without_script(ask, pak_hasan):
    page = ask(pak_hasan, "/peta/", banding="dua_uji", wilayah=RIAS).content.decode()
    assert "Ukuran satu dan Ukuran dua" in page
    assert "Korelasi peringkat" in page
    assert "Ukuran dua: 60,0" in page
    panel = ask(pak_hasan, f"/peta/panel/{RIAS}/", banding="dua_uji").content.decode()
    assert "Ukuran dua: 60,0" in panel


def test_an_unknown_second_measure_is_not_found_and_the_same_is_none(ask, pak_hasan):
    assert ask(pak_hasan, banding="tidak_ada").status_code == 404
    assert ask(pak_hasan, banding="satu_uji").json()["banding"] is None


def test_equal_values_share_their_rank():
    assert rank_correlation([1, 2, 2, 3, 9], [10, 20, 20, 30, 31]) == pytest.approx(1.0)
    assert rank_correlation([1, 2, 3, 4, 5], [7, 7, 7, 7, 7]) is None
    assert rank_correlation([1, 2, 3, 4], [1, 2, 3, 4]) is None


# --- classes --------------------------------------------------------------------------------------


def test_legend_follows_the_choice_of_classes(ask, pak_hasan):
    equal = ask(pak_hasan, kelas="sama").json()
    assert "di bawah 3,2" in equal["legenda"]  # a fifth of the way from 1 to 12
    assert "sama lebar" in equal["kelas_keterangan"]
    natural = ask(pak_hasan, kelas="alami").json()
    assert "12 ke atas" in natural["legenda"]
    assert "celah" in natural["kelas_keterangan"]
    assert equal["wilayah"][VILLAGES[2]]["warna"] != natural["wilayah"][VILLAGES[2]]["warna"]


def test_choice_of_classes_is_remembered_and_nonsense_is_not(ask, pak_hasan):
    assert ask(pak_hasan).json()["kelas"] == "kuantil"
    ask(pak_hasan, kelas="alami")
    assert ask(pak_hasan).json()["kelas"] == "alami"
    assert ask(pak_hasan, kelas="x").json()["kelas"] == "alami"
    assert '<option value="alami" selected>' in ask(pak_hasan, "/peta/").content.decode()
