"""The map's server side: numbers through the layer's gate, classes, panel, boundaries, page."""

import gzip
import itertools
import json

import pytest

from access.models import Peran
from access.scope import territory_of
from spatial import layers
from spatial.breaks import class_bounds, class_counts, class_of, class_texts, format_value
from spatial.models import VersiBatas, Wilayah
from spatial.queries import Numbers
from tests.conftest import LALANG_JAYA, RIAS, SERDANG, TOBOALI, make_user

ANGKA = {RIAS: (40, 100), SERDANG: (30, 120), LALANG_JAYA: (5, 50), "1903012012": (None, None)}


class PenerimaUji(layers.Layer):
    """Invented shares in three villages; a fourth has a cell too small to show."""

    kode = "penerima_uji"
    nama = "Keluarga penerima uji"
    legenda = "Penerima uji, persen keluarga"
    keterangan = "Persen dari keluarga, angka rekaan."
    satuan = "persen"
    pembilang_nama = "penerima uji"
    penyebut_nama = "keluarga"

    def rows(self, user, tingkat, filter):
        length = {"provinsi": 2, "kabupaten_kota": 4, "kecamatan": 6}.get(tingkat, 10)
        totals = {}
        for kode, (pembilang, penyebut) in ANGKA.items():
            if length == 10 or pembilang is not None:
                before = totals.get(kode[:length], (0, 0))
                totals[kode[:length]] = (
                    (before[0] + pembilang, before[1] + penyebut) if pembilang is not None else (None, None)
                )
        return totals

    def reach(self, user):
        return territory_of(user).kode

    def list_url(self, user, kode, filter):
        return f"/keluarga/?wilayah={kode}"


@pytest.fixture
def layer():
    layers.register(PenerimaUji)
    yield layers.get_layer("penerima_uji")
    layers.unregister("penerima_uji")


class BerjenjangUji(PenerimaUji):
    """The same, with counts of villages that add up."""

    kode = "berjenjang_uji"

    def rows(self, user, tingkat, filter):
        assert tingkat == "desa_kelurahan"
        return {kode: angka for kode, angka in ANGKA.items() if angka[0] is not None}

    def rolls_up(self, user):
        return True


@pytest.fixture
def versi(db):
    return VersiBatas.objects.get(aktif=True)


@pytest.fixture
def ask(client, layer):
    """Ask the map for its numbers as a user."""

    def ask(user, path="/peta/data/", **query):
        client.force_login(user)
        return client.get(path, {"ukuran": "penerima_uji", **query})

    return ask


# --- classes --------------------------------------------------------------------------------------


def test_bounds_are_round_and_classes_about_equal():
    values = [round(15 + place * 0.1, 1) for place in range(300)]
    bounds = class_bounds(values, "persen")
    assert all(bound % 1 == 0 for bound in bounds)
    assert len(bounds) == 4
    assert all(30 <= count <= 90 for count in class_counts(values, bounds))


def test_many_zeros_are_a_class_of_their_own():
    values = [0.0] * 300 + [1.0, 2.0, 3.0, 9.0]
    bounds = class_bounds(values, "jumlah")
    assert class_counts(values, bounds)[0] == 300
    assert sum(class_counts(values, bounds)) == 304


def test_equal_values_are_one_class():
    assert class_bounds([12.0, 12.0], "persen") == []
    assert class_texts([], "persen") == ["semua nilai"]


def test_no_values_no_bounds():
    assert class_bounds([], "persen") == []


def test_an_empty_class_stays_in_the_legend():
    assert class_counts([1.0, 50.0], [10, 20, 30, 40]) == [1, 0, 0, 0, 1]


def test_a_bound_belongs_to_the_class_above():
    assert class_of(23.0, [23.0, 27.0]) == 1
    assert class_texts([23.0, 27.0, 31.0, 35.0], "persen") == [
        "di bawah 23",
        "23 – 26,9",
        "27 – 30,9",
        "31 – 34,9",
        "35 ke atas",
    ]


def test_few_values_get_the_roundest_number_of_each_gap():
    assert class_bounds([20.0, 29.5, 29.7, 30.9, 31.7, 32.3, 32.5], "persen") == [25.0, 29.6, 31.0, 32.0]


def test_counts_have_whole_bounds():
    assert class_texts([100.0, 1500.0], "jumlah") == ["di bawah 100", "100 – 1.499", "1.500 ke atas"]


def test_values_are_written_as_in_a_letter():
    assert format_value(40.5, "persen") == "40,5\N{NO-BREAK SPACE}%"
    assert format_value(12345, "jumlah") == "12.345"


# --- layers ---------------------------------------------------------------------------------------


def test_two_layers_of_one_code_are_refused(layer):
    with pytest.raises(ValueError, match="penerima_uji"):
        layers.register(PenerimaUji)


def test_the_first_registered_layer_is_the_default(layer):
    assert layers.get_layer(None) == layers.layer_list()[0]
    assert layers.get_layer("tidak_ada") is None


def test_levels_of_a_layer_that_rolls_up_come_from_its_villages(pak_hasan):
    counts = Numbers(BerjenjangUji(), pak_hasan, {})
    assert counts.of(Wilayah.objects.get(kode="190301")).rinci == "70 dari 220 keluarga"
    assert counts.of(Wilayah.objects.get(kode="19")).nilai == 27.8


# --- numbers --------------------------------------------------------------------------------------


def test_a_tksk_gets_his_kecamatan_and_nothing_beyond(ask, pak_tono):
    wilayah = ask(pak_tono, tingkat="desa_kelurahan").json()["wilayah"]
    assert wilayah[RIAS]["teks"] == "40,0\N{NO-BREAK SPACE}%"
    assert wilayah[RIAS]["rinci"] == "40 dari 100 keluarga"
    assert wilayah[LALANG_JAYA] == {
        "nama": wilayah[LALANG_JAYA]["nama"],
        "teks": "di luar wilayah Anda",
        "rinci": "",
        "warna": -1,
    }
    assert sum(area["warna"] != -1 for area in wilayah.values()) == len(
        Wilayah.objects.villages().below(TOBOALI)
    )


def test_what_is_not_his_is_neither_in_legend_nor_table(ask, pak_tono):
    answer = ask(pak_tono, tingkat="desa_kelurahan").json()
    assert "Lalang Jaya" not in answer["tabel"]
    assert "10,0" not in answer["legenda"]
    assert "di luar wilayah Anda" in answer["legenda"]


def test_a_kabupaten_half_in_reach_shows_no_number(ask, pak_tono):
    wilayah = ask(pak_tono, tingkat="kabupaten_kota").json()["wilayah"]
    assert {area["warna"] for area in wilayah.values()} == {-1}


def test_names_beside_the_land_are_those_within_reach(ask, pak_hasan, bu_rina, pak_tono):
    assert ask(pak_hasan, tingkat="desa_kelurahan").json()["kabupaten"]["1903"] == [
        "Bangka Selatan",
        "31,8\N{NO-BREAK SPACE}%",
    ]
    assert list(ask(bu_rina, tingkat="kecamatan").json()["kabupaten"]) == ["1903"]
    assert ask(pak_tono, tingkat="desa_kelurahan").json()["kabupaten"] == {}


def test_somebody_without_penugasan_gets_nothing(ask, orang_baru):
    wilayah = ask(orang_baru, tingkat="desa_kelurahan").json()["wilayah"]
    assert {area["warna"] for area in wilayah.values()} == {-1}


def test_no_data_and_too_small_are_told_apart(ask, pak_hasan):
    answer = ask(pak_hasan, tingkat="desa_kelurahan").json()
    assert answer["wilayah"]["1903012012"]["teks"] == "tidak ditampilkan"
    assert answer["wilayah"]["1903012005"] == {
        "nama": answer["wilayah"]["1903012005"]["nama"],
        "teks": "tanpa data",
        "rinci": "",
        "warna": 0,
    }
    assert "390" in answer["legenda"]


def test_the_total_is_the_share_of_the_sums(layer, pak_hasan):
    numbers = Numbers(layer, pak_hasan, {}).sebaran("desa_kelurahan")
    assert (numbers.jumlah.pembilang, numbers.jumlah.penyebut) == (75, 270)
    assert numbers.jumlah.nilai == 27.8


def test_every_wilayah_is_counted_once_in_the_legend(layer, pak_hasan):
    numbers = Numbers(layer, pak_hasan, {}).sebaran("desa_kelurahan")
    assert sum(row["n"] for row in numbers.legend()) + numbers.tanpa_data + numbers.di_luar == 393


def test_without_any_number_the_legend_says_what_to_do(ask, db):
    elsewhere = make_user("edi", "Edi Sungailiat", (Peran.TKSK, "190101"))
    answer = ask(elsewhere, tingkat="desa_kelurahan").json()
    assert "Belum ada angka untuk ukuran ini" in answer["legenda"]
    assert "semua nilai" not in answer["legenda"]


def test_numbers_are_never_kept_by_a_browser(ask, pak_hasan):
    assert "no-store" in ask(pak_hasan)["Cache-Control"]


@pytest.mark.parametrize(("query", "status"), [({"ukuran": "x"}, 404), ({"tingkat": "rt"}, 404), ({}, 200)])
def test_unknown_measure_or_level_is_not_found(ask, pak_hasan, query, status):
    assert ask(pak_hasan, **query).status_code == status


def test_the_table_is_sorted_by_its_heads(ask, pak_hasan):
    table = ask(pak_hasan, tingkat="desa_kelurahan", urut="nama").json()["tabel"]
    assert table.index("Lalang Jaya") < table.index(">Rias<")
    assert 'aria-sort="ascending"' in table
    table = ask(pak_hasan, tingkat="desa_kelurahan").json()["tabel"]
    assert table.index(">Rias<") < table.index("Lalang Jaya")
    assert 'aria-sort="descending"' in table


def test_the_table_shows_the_first_rows_and_the_rest_when_asked(ask, pak_hasan):
    few = ask(pak_hasan, tingkat="desa_kelurahan").json()["tabel"]
    assert few.count("data-wilayah=") == 25
    assert "Tampilkan semua 393 desa" in few
    assert ask(pak_hasan, tingkat="desa_kelurahan", semua="1").json()["tabel"].count("data-wilayah=") == 393


def test_queries_do_not_grow_with_the_level(ask, pak_hasan, django_assert_max_num_queries):
    ask(pak_hasan, tingkat="kabupaten_kota")
    with django_assert_max_num_queries(100) as few:
        ask(pak_hasan, tingkat="kabupaten_kota")
    with django_assert_max_num_queries(100) as many:
        ask(pak_hasan, tingkat="desa_kelurahan")
    assert len(many) == len(few)


# --- panel ----------------------------------------------------------------------------------------


def test_the_panel_sets_a_village_beside_what_it_lies_in(ask, pak_hasan):
    text = ask(pak_hasan, f"/peta/panel/{RIAS}/").content.decode()
    assert "Kec. Toboali" in text
    assert "Kab. Bangka Selatan" in text
    assert "40 dari 100 keluarga" in text
    assert "Urutan ke-1 tertinggi dari 3 desa dan kelurahan" in text
    assert f"/keluarga/?wilayah={RIAS}" in text
    assert f"/wilayah/{RIAS}/" in text


def test_the_panel_of_a_tksk_leaves_out_levels_beyond_him(ask, pak_tono):
    text = ask(pak_tono, f"/peta/panel/{RIAS}/").content.decode()
    assert "Urutan ke-1 tertinggi dari 2 desa dan kelurahan" in text
    assert 'scope="row">Kec. Toboali' in text
    assert 'scope="row">Kab. Bangka Selatan' not in text
    assert 'scope="row">Provinsi<' not in text


def test_the_panel_of_a_foreign_village_tells_nothing(ask, pak_tono):
    text = ask(pak_tono, f"/peta/panel/{LALANG_JAYA}/").content.decode()
    assert "Di luar wilayah Anda" in text
    assert "dari 50" not in text
    assert "/keluarga/" not in text
    assert f"/wilayah/{LALANG_JAYA}/" not in text


def test_the_panel_of_a_village_without_data_says_so(ask, pak_hasan):
    assert "tanpa data" in ask(pak_hasan, "/peta/panel/1903012005/").content.decode()


def test_the_panel_of_no_wilayah_is_not_found(ask, pak_hasan):
    assert ask(pak_hasan, "/peta/panel/9999/").status_code == 404


# --- boundaries -----------------------------------------------------------------------------------


def test_boundaries_are_kept_for_a_year_and_checked_by_etag(client, bu_sri, versi):
    client.force_login(bu_sri)
    address = f"/peta/batas/{versi.pk}/desa_kelurahan.json"
    answer = client.get(address)
    assert len(json.loads(answer.content)["features"]) == 391
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_boundaries_travel_compressed(client, bu_sri, versi):
    client.force_login(bu_sri)
    answer = client.get(f"/peta/batas/{versi.pk}/desa_kelurahan.json", headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert len(answer.content) < 100_000
    assert len(gzip.decompress(answer.content)) < 400_000


@pytest.mark.parametrize("path", ["0/desa_kelurahan.json", "{}/provinsi.json"])
def test_other_boundaries_are_not_found(client, bu_sri, versi, path):
    client.force_login(bu_sri)
    assert client.get("/peta/batas/" + path.format(versi.pk)).status_code == 404


def test_neighbours_share_their_border_as_drawn(client, bu_sri, versi):
    """After rounding for the browser every inner vertex is still shared: no gaps, no overlaps."""
    client.force_login(bu_sri)
    features = client.get(f"/peta/batas/{versi.pk}/desa_kelurahan.json").json()["features"]
    edges = {}
    for feature in features:
        for polygon in feature["geometry"]["coordinates"]:
            for ring in polygon:
                for start, end in itertools.pairwise(ring):
                    edge = frozenset((tuple(start), tuple(end)))
                    edges[edge] = edges.get(edge, 0) + 1
    assert max(edges.values()) == 2
    assert sum(count == 2 for count in edges.values()) > 800


# --- page -----------------------------------------------------------------------------------------


def test_the_page_says_that_boundaries_are_indicative_and_who_has_none(ask, pak_hasan):
    text = ask(pak_hasan, "/peta/").content.decode()
    assert "Batas indikatif, bukan batas resmi." in text
    assert "2 desa tanpa batas: Keranggan, Menjelang." in text


def test_official_boundaries_carry_no_such_note(ask, pak_hasan, versi):
    VersiBatas.objects.update(indikatif=False)
    assert "Batas indikatif" not in ask(pak_hasan, "/peta/").content.decode()


def test_the_page_opens_at_the_level_below_the_users_wilayah(ask, pak_hasan, bu_rina, pak_tono):
    assert ask(pak_hasan, "/peta/").context["tingkat"] == "kabupaten_kota"
    assert ask(bu_rina, "/peta/").context["tingkat"] == "kecamatan"
    assert ask(pak_tono, "/peta/").context["tingkat"] == "desa_kelurahan"


def test_the_page_begins_at_the_users_own_land(ask, bu_rina):
    west, south, east, north = ask(bu_rina, "/peta/").context["config"]["kotak"]
    assert 105.8 < west < east < 107.2
    assert -3.2 < south < north < -2.3


def test_the_page_brings_table_and_panel_without_a_browsers_help(ask, pak_hasan):
    text = ask(pak_hasan, "/peta/", tingkat="desa_kelurahan", wilayah=RIAS).content.decode()
    assert "40 dari 100 keluarga" in text
    assert ">Rias</a>" in text


def test_a_basemap_is_a_setting_and_absent_by_default(ask, pak_hasan, settings):
    assert ask(pak_hasan, "/peta/").context["config"]["basemap"] == ""
    settings.BASEMAP_URL = "https://peta.example.go.id/{z}/{x}/{y}.png"
    assert ask(pak_hasan, "/peta/").context["config"]["basemap"] == settings.BASEMAP_URL


def test_without_penugasan_the_page_says_what_to_do(ask, orang_baru):
    assert "Anda belum punya penugasan yang berlaku" in ask(orang_baru, "/peta/").content.decode()


def test_before_boundaries_are_computed_the_page_still_has_its_table(ask, pak_hasan):
    VersiBatas.objects.all().delete()
    text = ask(pak_hasan, "/peta/").content.decode()
    assert "Batas wilayah belum dihitung" in text
    assert "Bangka Selatan" in text


@pytest.mark.parametrize(
    "path",
    ["/peta/", "/peta/data/", f"/peta/panel/{RIAS}/", "/peta/batas/1/kecamatan.json", "/wilayah/cari/"],
)
def test_everything_asks_for_a_login(client, db, path):
    answer = client.get(path)
    assert answer.status_code == 302
    assert "/akun/" in answer["Location"]
