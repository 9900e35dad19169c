"""Two periods compared: every kind of change, per wilayah, for whom, as a list and as a file."""

from __future__ import annotations

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from access.models import Jejak, Peran
from access.scope import use_territory
from jobs.models import Ekspor
from kpm import banding
from kpm.banding import SYARAT, Banding, PeriodeRefused, chosen_pair, newest_pair, sumber_list
from kpm.models import Keluarga, Sumber, Tercatat
from spatial.layers import get_layer
from tests.berkas import HEADERS, csv_bytes, import_bytes, person
from tests.conftest import (
    BANGKA_SELATAN,
    LALANG_JAYA,
    PROVINSI,
    RIAS,
    SERDANG,
    TOBOALI,
    everything,
    make_user,
)
from tests.ekspor import make, sheet_rows
from tests.urungkan import take_back

pytestmark = pytest.mark.django_db
RANKED = [*HEADERS, "PERSENTIL"]
IN_SERDANG = {"DESA/KELUARAHAN": "SERDANG"}
IN_LALANG = {"KABUPATEN/KOTA": "BELITUNG TIMUR", "KECAMATAN": "MANGGAR", "DESA/KELUARAHAN": "LALANG JAYA"}


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def row(number: int, persentil: str = "10", **cells: str) -> dict[str, str]:
    return person(number, **cells) | {"PERSENTIL": persentil}


def member(number: int, of: int, persentil: str = "10", **cells: str) -> dict[str, str]:
    """Somebody in the keluarga of person `of`."""
    return row(number, persentil, NOKK=f"190301010120{of:04d}", HUB_KELUARGA="ANAK", **cells)


APRIL = [
    row(1), member(101, 1),  # stays as it is
    row(2),                  # leaves
    row(3), member(103, 3),  # moves to Serdang, loses a person
    row(4, "20"),            # sinks
    row(5, "20"),            # rises
    row(6),                  # joins PKH, leaves Sembako
    row(7, **IN_LALANG),     # the bystander in another kabupaten
]  # fmt: skip
OKTOBER = [
    row(1), member(101, 1),
    row(3, **IN_SERDANG),
    row(4, "12"),
    row(5, "25"), member(105, 5, "25"),  # and gains a person
    row(6, BANSOS_PKH="YA", BANSOS_BPNT="TIDAK"),
    row(7, **IN_LALANG),
    row(8),                        # enters
]  # fmt: skip


@pytest.fixture
def two_periods(pak_hasan):
    """DTKS of April and of October, loaded by the province."""
    import_bytes(csv_bytes(APRIL, RANKED), pak_hasan, periode="2026-04")
    import_bytes(csv_bytes(OKTOBER, RANKED), pak_hasan, periode="2026-10")
    return Sumber.objects.get(periode="2026-04"), Sumber.objects.get(periode="2026-10")


def numbers_of(user, pair, codes=()) -> dict[str, int]:
    """What is not zero of a wilayah, as `user` sees it."""
    with use_territory(user):
        return {key: n for key, n in Banding(user, *pair).of(codes).items() if n}


def listed(user, pair, perubahan: str, codes=(), urut="wilayah") -> list[str]:
    """Last digits of the No. KK behind a number, in the order of the list."""
    with use_territory(user):
        ids = Banding(user, *pair).ids(perubahan, codes, urut)
        numbers = dict(Keluarga.objects.values_list("pk", "no_kk"))
        return [numbers[pk][-1] for pk in ids]


ALL = {
    "dulu": 7, "kini": 7, "tetap": 6, "masuk": 1, "keluar": 1, "pindah": 1,
    "persentil_ada": 6, "persentil_naik": 1, "persentil_turun": 1,
    "tambah": 1, "orang_tambah": 1, "kurang": 1, "orang_kurang": 1, "ikut_PKH": 1, "lepas_SEMBAKO": 1,
}  # fmt: skip
BEHIND = {
    "masuk": ["8"], "keluar": ["2"], "pindah": ["3"], "datang": [], "pergi": [], "persentil_naik": ["5"],
    "persentil_turun": ["4"], "desil_naik": [], "desil_turun": [], "tambah": ["5"], "kurang": ["3"],
    "tetap": list("134567"), "berubah": list("234568"), "ikut_PKH": ["6"], "lepas_SEMBAKO": ["6"],
}  # fmt: skip


def test_every_kind_of_change_is_counted_once(pak_hasan, two_periods):
    assert numbers_of(pak_hasan, two_periods) == ALL


@pytest.mark.parametrize("perubahan", BEHIND)
def test_every_number_opens_its_keluarga(pak_hasan, two_periods, perubahan):
    assert sorted(listed(pak_hasan, two_periods, perubahan)) == sorted(BEHIND[perubahan])


def test_a_condition_stands_behind_every_word():
    assert set(SYARAT) == set(banding.WORDS)


@pytest.mark.parametrize("codes", [(), (BANGKA_SELATAN,), (TOBOALI,), (RIAS,), (SERDANG,), (LALANG_JAYA,)])
def test_the_first_number_becomes_the_last(pak_hasan, two_periods, codes):
    with use_territory(pak_hasan):
        n = Banding(pak_hasan, *two_periods).of(codes)
    assert n["dulu"] + n["masuk"] + n["datang"] - n["keluar"] - n["luar"] - n["pergi"] == n["kini"]


def test_a_move_is_pergi_in_one_village_and_datang_in_the_other(pak_hasan, two_periods):
    assert listed(pak_hasan, two_periods, "pergi", (RIAS,)) == ["3"]
    assert listed(pak_hasan, two_periods, "datang", (SERDANG,)) == ["3"]
    assert listed(pak_hasan, two_periods, "pergi", (TOBOALI,)) == []
    with use_territory(pak_hasan):
        per = Banding(pak_hasan, *two_periods).per(10)
    assert (per[RIAS]["pergi"], per[SERDANG]["datang"], per[RIAS]["datang"], per[LALANG_JAYA]["tetap"]) == (
        1,
        1,
        0,
        1,
    )


def test_levels_add_up(pak_hasan, two_periods):
    with use_territory(pak_hasan):
        two = Banding(pak_hasan, *two_periods)
        for width in (2, 4, 6, 10):
            assert sum(n["kini"] for n in two.per(width).values()) == 7
        assert two.per(4, (BANGKA_SELATAN,))[BANGKA_SELATAN] == two.of((BANGKA_SELATAN,))


# --- whose they are ------------------------------------------------------------------------------


def test_a_keluarga_that_left_the_village_is_counted_and_not_named(bu_sri, pak_budi, two_periods):
    """Bu Sri of Rias cannot tell where family 3 went; Pak Budi of Serdang not whence it came."""
    rias = numbers_of(bu_sri, two_periods)
    assert (rias["luar"], rias["keluar"], rias.get("pindah", 0)) == (1, 1, 0)
    assert listed(bu_sri, two_periods, "keluar") == ["2"]
    assert listed(pak_budi, two_periods, "masuk") == ["3"]
    assert numbers_of(pak_budi, two_periods) == {"kini": 1, "masuk": 1}


def test_another_kabupaten_sees_its_own(mbak_ayu, two_periods):
    assert numbers_of(mbak_ayu, two_periods) == {"dulu": 1, "kini": 1, "tetap": 1, "persentil_ada": 1}
    assert listed(mbak_ayu, two_periods, "tetap") == ["7"]


def test_two_places_are_one_territory(two_periods):
    both = make_user("dua", "Dua Tempat", (Peran.PSM, RIAS), (Peran.PSM, SERDANG))
    assert numbers_of(both, two_periods)["pindah"] == 1
    assert "luar" not in numbers_of(both, two_periods)


# --- several files, and files taken back ---------------------------------------------------------


def test_two_files_of_one_period_count_together(pak_hasan, two_periods):
    """The other person of family 3 and family 2 stand in a second file of October."""
    more = [member(103, 3, **IN_SERDANG), row(2)]
    import_bytes(csv_bytes(more, RANKED), pak_hasan, periode="2026-10", nama="susulan.csv")
    numbers = numbers_of(pak_hasan, two_periods)
    assert (numbers.get("keluar", 0), numbers.get("kurang", 0), numbers["kini"]) == (0, 0, 8)


def test_the_later_file_of_a_period_says_where_a_keluarga_is(pak_hasan, two_periods):
    import_bytes(csv_bytes([row(3)], RANKED), pak_hasan, periode="2026-10", nama="ralat.csv")
    assert numbers_of(pak_hasan, two_periods).get("pindah", 0) == 0


def test_an_import_taken_back_leaves_the_comparison_as_it_was(pak_hasan, two_periods):
    before = numbers_of(pak_hasan, two_periods)
    more = csv_bytes([row(2), row(3), row(9)], RANKED)
    impor = import_bytes(more, pak_hasan, periode="2026-10", nama="b.csv")
    after = numbers_of(pak_hasan, two_periods)
    assert after != before
    take_back(impor, pak_hasan)
    assert numbers_of(pak_hasan, two_periods) == before
    take_back(impor, pak_hasan)
    assert numbers_of(pak_hasan, two_periods) == after


def test_a_file_without_the_column_says_nothing_about_a_programme(pak_hasan, two_periods):
    short = [name for name in RANKED if name != "BANSOS PKH"]
    july = import_bytes(csv_bytes(OKTOBER, short), pak_hasan, periode="2026-12")
    pair = (two_periods[1], july.sumber)
    numbers = numbers_of(pak_hasan, pair)
    assert (numbers.get("lepas_PKH", 0), listed(pak_hasan, pair, "lepas_PKH")) == (0, [])
    with use_territory(pak_hasan):
        assert Banding(pak_hasan, *pair).silent_words == {"PKH": "DTKS Desember 2026"}
        assert listed(pak_hasan, pair, "berubah") == []


def test_a_village_that_one_period_lacks_is_named(client, pak_hasan, two_periods):
    import_bytes(csv_bytes([row(9, **IN_LALANG)], RANKED), pak_hasan, periode="2026-12")
    client.force_login(pak_hasan)
    page = client.get("/keluarga/banding/").content.decode()
    assert "2 desa tidak ada di DTKS Desember 2026:" in page
    assert "Serdang, Rias" in page


# --- which two -----------------------------------------------------------------------------------


def test_the_newest_two_of_one_kind_are_compared_first(pak_hasan, two_periods):
    Sumber.objects.create(jenis="DTSEN", periode="2026-11")  # nobody is in it
    with use_territory(pak_hasan):
        offered = sumber_list(pak_hasan)
        assert newest_pair(offered) == two_periods
        assert chosen_pair(offered, str(two_periods[1].pk), str(two_periods[0].pk)) == two_periods


def test_two_kinds_are_never_mixed(client, pak_hasan, two_periods):
    dtsen = Sumber.objects.create(jenis="DTSEN", periode="2026-11")
    with everything():
        Tercatat.objects.filter(sumber=two_periods[1], wilayah_id=LALANG_JAYA).update(sumber=dtsen)
    client.force_login(pak_hasan)
    response = client.get(f"/keluarga/banding/?dari={two_periods[0].pk}&ke={dtsen.pk}")
    assert response.status_code == 422
    assert "DTKS dan DTSEN tidak dibandingkan" in response.content.decode()


def test_an_odd_pair_is_refused_with_a_sentence(pak_hasan, two_periods):
    with use_territory(pak_hasan):
        offered = sumber_list(pak_hasan)
    for asked in (("9999", "1"), ("x", "y"), (str(offered[0].pk), "")):
        with pytest.raises(PeriodeRefused, match="tidak ada di wilayah Anda"):
            chosen_pair(offered, *asked)
    with pytest.raises(PeriodeRefused, match="Kedua periode sama"):
        chosen_pair(offered, str(offered[0].pk), str(offered[0].pk))


# --- pages ---------------------------------------------------------------------------------------


def opened(client, user, path: str) -> str:
    """A page as somebody reads it."""
    client.force_login(user)
    response = client.get(path)
    assert response.status_code == 200, response.headers
    return response.content.decode()


def test_the_page_opens_one_level_down(client, pak_hasan, two_periods):
    page = opened(client, pak_hasan, "/keluarga/banding/")
    assert "7 dulu + 1 masuk − 1 keluar = 7 kini" in page
    assert "Kab. Bangka Selatan" in page
    inner = opened(client, pak_hasan, f"/keluarga/banding/?wilayah={BANGKA_SELATAN}")
    assert "Kec. Toboali" in inner
    villages = opened(client, pak_hasan, f"/keluarga/banding/?wilayah={TOBOALI}&urut=-kini")
    assert villages.index("Desa Rias") < villages.index("Desa Serdang")
    assert "Per wilayah" not in opened(client, pak_hasan, f"/keluarga/banding/?wilayah={RIAS}")


def test_a_number_of_the_table_opens_its_list(client, pak_hasan, two_periods):
    page = opened(client, pak_hasan, f"/keluarga/banding/?wilayah={TOBOALI}")
    april, october = two_periods
    link = f"/keluarga/banding/daftar/?dari={april.pk}&ke={october.pk}&wilayah={RIAS}&perubahan=pergi"
    assert link.replace("&", "&amp;") in page
    shown = opened(client, pak_hasan, link)
    assert "Pindah ke wilayah lain" in shown
    assert "<del>Rias, Toboali</del>" in shown
    assert "<ins>Serdang, Toboali</ins>" in shown
    assert "190301**********" in shown
    assert "1903010707800003" not in shown


def test_a_list_says_before_and_after_and_leaves_a_jejak(client, bu_rina, two_periods):
    shown = opened(client, bu_rina, "/keluarga/banding/daftar/?perubahan=persentil_turun")
    assert "<del>20</del>" in shown
    assert "<ins>12</ins>" in shown
    with everything():
        line = Jejak.objects.get(aksi="lihat_daftar")
    assert (line.rincian["banyak"], line.wilayah_id) == (1, BANGKA_SELATAN)


def test_who_left_the_village_is_a_number_on_the_list(client, bu_sri, two_periods):
    assert "1 yang kini di luar wilayah Anda" in opened(client, bu_sri, "/keluarga/banding/")
    shown = opened(client, bu_sri, "/keluarga/banding/daftar/?perubahan=keluar")
    assert "1 keluarga lain kini di luar wilayah Anda." in shown
    assert "ID-A0003X" not in shown


def test_a_keluarga_that_moved_on_since_is_counted_and_not_named(client, bu_sri, two_periods):
    """It was in both periods in Rias, and lies elsewhere today."""
    with everything():
        gone = Keluarga.objects.get(no_kk__endswith="0004")
        gone.anggota_list.update(wilayah_id=SERDANG)
        Keluarga.objects.filter(pk=gone.pk).update(wilayah_id=SERDANG)
    shown = opened(client, bu_sri, "/keluarga/banding/daftar/?perubahan=tetap")
    assert "1 keluarga tidak ditampilkan." in shown
    assert "190301010120000" not in shown


@pytest.mark.parametrize("kode", [PROVINSI, LALANG_JAYA, "1999", "abc", SERDANG])
def test_a_wilayah_of_others_does_not_exist(client, bu_sri, two_periods, kode):
    client.force_login(bu_sri)
    for page in ("", "daftar/"):
        assert client.get(f"/keluarga/banding/{page}?wilayah={kode}").status_code == 404


def test_a_list_can_be_sorted_either_way(pak_hasan, two_periods):
    names = ["8", "6", "5", "4", "3", "2"]
    with everything():
        for no, name in zip("234568", "FEDCBA", strict=True):
            Keluarga.objects.get(no_kk__endswith=f"000{no}").anggota_list.update(nama_normal=name)
    assert listed(pak_hasan, two_periods, "berubah", urut="kepala") == names
    assert listed(pak_hasan, two_periods, "berubah", urut="-kepala") == names[::-1]
    assert listed(pak_hasan, two_periods, "berubah", urut="-peringkat")[0] == "5"


def test_one_period_says_what_to_do(client, bu_rina, bu_sri):
    assert "Belum ada berkas yang dimuat" in opened(client, bu_sri, "/keluarga/banding/")
    import_bytes(csv_bytes(APRIL[:1], RANKED), bu_rina, periode="2026-04")
    assert "Unggah berkas" in opened(client, bu_rina, "/keluarga/banding/")
    assert "setelah Dinsos memuat periode berikutnya" in opened(client, bu_sri, "/keluarga/banding/")


@pytest.mark.parametrize(
    "path", ["/keluarga/banding/", "/keluarga/banding/daftar/?perubahan=tetap", "/sumber/"]
)
def test_many_rows_cost_no_more_questions_than_few(client, bu_rina, pak_hasan, two_periods, path, settings):
    settings.REMEMBER_SECONDS = 0
    client.force_login(bu_rina)
    client.get(path)
    with CaptureQueriesContext(connection) as few:
        client.get(path)
    many = [row(number, **(IN_SERDANG if number % 2 else {})) for number in range(20, 60)]
    for periode in ("2026-04", "2026-10"):
        import_bytes(csv_bytes(many, RANKED), pak_hasan, periode=periode, ulangi=True, nama=periode)
    with CaptureQueriesContext(connection) as more:
        client.get(path)
    assert len(more) == len(few)


# --- the file ------------------------------------------------------------------------------------


def export(client, user, query: str):
    """Ask for the list as a file on its page, and make it as the worker does."""
    client.force_login(user)
    asked = {"jenis": "kpm_banding", "bentuk": "xlsx", "alasan": "bahan musdes bulan ini"}
    response = client.post(f"/keluarga/banding/unduh/?{query}", asked)
    assert response.status_code == 302, response.content.decode()
    return make(Ekspor.objects.latest("pk"))


def test_all_changes_go_into_one_file(client, bu_rina, two_periods):
    with everything():
        Keluarga.objects.get(no_kk__endswith="0002").anggota_list.update(nama="=HYPERLINK(1)")
    rows = sheet_rows(export(client, bu_rina, "perubahan=berubah"))
    assert sorted(line["YANG BERUBAH"] for line in rows) == sorted(
        [
            "masuk",
            "keluar",
            "pindah desa, anggota berkurang 1",
            "persentil turun",
            "persentil naik, anggota bertambah 1",
            "ikut PKH, lepas Sembako",
        ]
    )
    moved = next(
        line
        for line in rows
        if line["DESA DULU"] != line["DESA KINI"] and line["DESA DULU"] and line["DESA KINI"]
    )
    assert (moved["DESA DULU"], moved["DESA KINI"], moved["ANGGOTA DULU"], moved["ANGGOTA KINI"]) == (
        "Rias, Toboali",
        "Serdang, Toboali",
        "2",
        "1",
    )
    assert {line["NO. KK"] for line in rows} == {"190301**********"}


def test_a_file_of_one_kabupaten_holds_nobody_elsewhere(client, pak_hasan, two_periods):
    """Whoever may approve the kabupaten may approve all that is in it."""
    with everything():
        Keluarga.objects.filter(no_kk__endswith="0008").update(wilayah_id=LALANG_JAYA)
    one = export(client, pak_hasan, f"perubahan=tetap&wilayah={BANGKA_SELATAN}")
    assert (one.cakupan, one.baris) == ([BANGKA_SELATAN], 5)
    client.force_login(pak_hasan)
    asked = {"jenis": "kpm_banding", "bentuk": "xlsx", "alasan": "bahan musdes bulan ini"}
    none = client.post(f"/keluarga/banding/unduh/?perubahan=masuk&wilayah={BANGKA_SELATAN}", asked)
    assert "Tidak ada baris yang cocok" in none.content.decode()
    assert export(client, pak_hasan, f"perubahan=pergi&wilayah={RIAS}").cakupan == [PROVINSI]


def test_many_people_wait_for_a_second_person(client, bu_rina, two_periods, settings):
    settings.EKSPOR_TANPA_SETUJU = 2
    client.force_login(bu_rina)
    asked = {"jenis": "kpm_banding", "bentuk": "xlsx", "alasan": "bahan musdes bulan ini"}
    assert "Perlu persetujuan orang kedua" in opened(client, bu_rina, "/keluarga/banding/unduh/")
    client.post("/keluarga/banding/unduh/?perubahan=berubah", asked)
    assert Ekspor.objects.get().keadaan == "menunggu_setuju"


# --- the map -------------------------------------------------------------------------------------


def measured(user, kode: str, tingkat: str = "desa_kelurahan", query: str = "") -> dict:
    with use_territory(user):
        return dict(get_layer(kode).rows(user, tingkat, QueryDict(query)))


def test_the_map_shows_growth_and_shrink(pak_hasan, two_periods):
    """Serdang has no list in April: it is left out, at its own level and in those above."""
    assert measured(pak_hasan, "periode_masuk") == {RIAS: (1, 5), LALANG_JAYA: (0, 1)}
    assert measured(pak_hasan, "periode_keluar") == {RIAS: (1, 6), LALANG_JAYA: (0, 1)}
    assert measured(pak_hasan, "periode_selisih") == {RIAS: (-1, 6), LALANG_JAYA: (0, 1)}
    assert measured(pak_hasan, "periode_selisih", "kabupaten_kota")[BANGKA_SELATAN] == (-1, 6)


def test_the_address_of_the_map_chooses_the_periods(client, pak_hasan, two_periods):
    december = import_bytes(csv_bytes([row(1)], RANKED), pak_hasan, periode="2026-12").sumber
    query = f"dari={two_periods[1].pk}&ke={december.pk}"
    assert measured(pak_hasan, "periode_keluar", query=query) == {RIAS: (4, 5)}
    page = opened(client, pak_hasan, f"/peta/?ukuran=periode_keluar&{query}")
    assert "DTKS Oktober 2026 dibandingkan dengan DTKS Desember 2026." in page
    layer = get_layer("periode_keluar")
    with use_territory(pak_hasan):
        link = layer.list_url(pak_hasan, RIAS, QueryDict(query))
    assert link == f"/keluarga/banding/daftar/?{query}&wilayah={RIAS}&perubahan=keluar"
    assert layer.filter_query(QueryDict(f"{query}&program=PKH")) == query


@pytest.mark.parametrize("query", ["dari=9999&ke=1", "dari=x&ke=y", "dari=1", f"dari={'9' * 30}&ke=2"])
def test_an_odd_choice_on_the_map_is_no_number(client, pak_hasan, two_periods, query):
    assert measured(pak_hasan, "periode_masuk", query=query) == {}
    assert "Belum ada angka" in opened(client, pak_hasan, f"/peta/?ukuran=periode_masuk&{query}")


def test_who_only_counts_is_not_offered_the_periods(client, bu_lina, two_periods):
    page = opened(client, bu_lina, "/peta/?ukuran=keluarga")
    assert "periode_masuk" not in page
    assert measured(bu_lina, "periode_masuk") == {}
    assert "Belum ada angka" in opened(client, bu_lina, "/peta/?ukuran=periode_masuk")
