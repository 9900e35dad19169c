"""Means and the poorest without a programme: exact values, one rule for every level, small cells."""

import pytest
from django.http import QueryDict

from access.scope import use_territory
from kpm.models import Peringkat, Rekap, Sumber
from kpm.rekap import rewrite_rekap, safe_cells
from spatial.layers import get_layer
from spatial.models import Wilayah
from spatial.queries import Numbers
from tests.conftest import (
    BANGKA_SELATAN,
    LALANG_JAYA,
    PROVINSI,
    RIAS,
    SERDANG,
    TOBOALI,
    everything,
    make_keluarga,
)

pytestmark = pytest.mark.django_db


def rank(keluarga, desil, persentil=None, sumber=None):
    with everything():
        Peringkat.objects.create(
            keluarga=keluarga,
            sumber=sumber or keluarga.sumber,
            wilayah_id=keluarga.wilayah_id,
            desil=desil,
            persentil=persentil,
        )


@pytest.fixture
def families(sumber):
    """Rias: desil 1 (PKH), 2 (nothing), 2 (nothing), 6 (PKH). Serdang: 4, and one without. Lalang Jaya: 10."""
    rows = [
        (RIAS, 1, "PKH", 1, 5),
        (RIAS, 2, "", 2, 11),
        (RIAS, 3, "", 2, 14),
        (RIAS, 4, "PKH", 6, 40),
        (SERDANG, 5, "SEMBAKO", 4, 30),
        (SERDANG, 6, "", None, None),
        (LALANG_JAYA, 7, "", 10, 90),
    ]
    for wilayah, nomor, program, desil, persentil in rows:
        keluarga = make_keluarga(sumber, wilayah, nomor, f"KEPALA {nomor}", program=program)
        if desil:
            rank(keluarga, desil, persentil)


def shown(kode: str, user, wilayah: str, query: str = "") -> tuple[str, str]:
    """What the map says of a wilayah, and what it rests on."""
    with use_territory(user):
        nilai = Numbers(get_layer(kode), user, QueryDict(query)).of(Wilayah.objects.get(kode=wilayah))
    return nilai.teks, nilai.rinci


def test_mean_of_a_village_and_of_its_kecamatan(bu_rina, families):
    assert shown("rata_desil", bu_rina, RIAS) == ("2,8", "dari 4 keluarga")  # 11 / 4
    assert shown("rata_desil", bu_rina, SERDANG) == ("4,0", "dari 1 keluarga")
    # 15 / 5; the mean of the two villages' means would be 3,4
    assert shown("rata_desil", bu_rina, TOBOALI) == ("3,0", "dari 5 keluarga")
    assert shown("rata_persentil", bu_rina, RIAS)[0] == "17,5"


def test_programmes_of_a_family_count_those_with_none(bu_rina, families):
    assert shown("rata_program", bu_rina, RIAS) == ("0,5", "dari 4 keluarga")
    assert shown("rata_program", bu_rina, TOBOALI) == ("0,5", "dari 6 keluarga")


def test_poorest_without_any_programme(bu_rina, families):
    assert shown("tanpa_program", bu_rina, RIAS) == (
        "66,7\N{NO-BREAK SPACE}%",
        "2 dari 3 keluarga desil 1–2",
    )
    assert shown("jumlah_tanpa_program", bu_rina, RIAS) == ("2", "")
    assert shown("tanpa_program", bu_rina, SERDANG) == ("tanpa data", "")


def test_filter_of_the_list_narrows_the_measures(bu_rina, families):
    assert shown("rata_desil", bu_rina, RIAS, "program=PKH") == ("3,5", "dari 2 keluarga")
    assert shown("rata_program", bu_rina, RIAS, "desil=1-2") == ("0,3", "dari 3 keluarga")
    assert shown("tanpa_program", bu_rina, RIAS, "desil=2") == (
        "100,0\N{NO-BREAK SPACE}%",
        "2 dari 2 keluarga desil 1–2",
    )


def test_another_kabupaten_neither_adds_nor_changes(bu_rina, mbak_ayu, families, sumber):
    before = [shown(kode, bu_rina, BANGKA_SELATAN) for kode in ("rata_desil", "rata_program")]
    rank(make_keluarga(sumber, LALANG_JAYA, 8, "TAMBAHAN", program="PKH"), 1)
    assert [shown(kode, bu_rina, BANGKA_SELATAN) for kode in ("rata_desil", "rata_program")] == before
    assert shown("rata_desil", mbak_ayu, LALANG_JAYA) == ("5,5", "dari 2 keluarga")


def test_scales_of_two_lists_are_not_mixed(bu_rina, families):
    """Only the newest list that carries desil counts; percentiles still come from the one that has them."""
    newer = Sumber.objects.create(jenis="DTSEN", periode="2026-12")
    with everything():
        first = Peringkat.objects.filter(wilayah_id=RIAS).order_by("pk")[0].keluarga
    rank(first, 9, sumber=newer)
    assert shown("rata_desil", bu_rina, RIAS) == ("9,0", "dari 1 keluarga")
    assert shown("rata_persentil", bu_rina, RIAS) == ("17,5", "dari 4 keluarga")


def test_number_leads_to_the_families_behind_it(bu_rina):
    url = get_layer("tanpa_program").list_url(bu_rina, RIAS, QueryDict(""))
    assert url == f"/keluarga/?program=tanpa&desil=1-2&wilayah={RIAS}"
    url = get_layer("tanpa_program").list_url(bu_rina, RIAS, QueryDict("desil=2"))
    assert url == f"/keluarga/?program=tanpa&desil=2&wilayah={RIAS}"
    assert get_layer("tanpa_program").list_url(bu_rina, RIAS, QueryDict("program=PKH")) == ""
    assert (
        get_layer("rata_desil").list_url(bu_rina, RIAS, QueryDict(""))
        == f"/keluarga/?wilayah={RIAS}&urut=desil"
    )


# --- for those who may count but not see names ------------------------------------------------------


def test_pimpinan_sees_a_mean_of_ten_and_not_of_nine(bu_lina, sumber):
    for nomor in range(1, 11):
        rank(make_keluarga(sumber, RIAS, nomor, "SEORANG"), 3 + nomor % 2)
    for nomor in range(11, 20):
        rank(make_keluarga(sumber, SERDANG, nomor, "SEORANG"), 5)
    with everything():
        rewrite_rekap()
    assert shown("rata_desil", bu_lina, SERDANG)[0] == "tidak ditampilkan"
    # Rias is hidden with it: Serdang is what is left when Rias is taken from the kecamatan
    assert shown("rata_desil", bu_lina, RIAS)[0] == "tidak ditampilkan"
    assert shown("rata_desil", bu_lina, PROVINSI) == ("4,2", "")  # 80 / 19, and no count beside it
    cell = Rekap.objects.get(ukuran="rata_desil", wilayah_id=PROVINSI)
    assert (cell.pembilang, cell.penyebut) == (42, 10)


def test_pimpinan_gets_no_total_of_rounded_means(bu_lina, sumber):
    for nomor in range(1, 13):
        rank(make_keluarga(sumber, RIAS, nomor, "SEORANG"), 3)
    with everything():
        rewrite_rekap()
    sebaran = Numbers(get_layer("rata_desil"), bu_lina, QueryDict("")).sebaran("kabupaten_kota")
    assert sebaran.jumlah is None


WORLD = {"19": None, "1901": "19", "1902": "19", "190101": "1901", "190102": "1901", "190201": "1902"}


def cells_of(ukuran: str, *exact: tuple[str, str, int]) -> dict[str, tuple[int | None, int | None]]:
    """Cells of a province of three kecamatan, counted as if they were villages."""
    return {kode: (part, whole) for kode, name, part, whole in safe_cells(exact, WORLD) if name == ukuran}


def test_poorest_without_programme_hides_small_numbers_and_small_rests():
    world = [("keluarga", kode, 900) for kode in ("190101", "190102", "190201")]
    world += [("desil_1_2", kode, 100) for kode in ("190101", "190102", "190201")]
    part = [("tanpa_program", "190101", 30), ("tanpa_program", "190102", 95), ("tanpa_program", "190201", 9)]
    found = cells_of("tanpa_program", *world, *part)
    assert found["190102"] == (None, None)  # all but five
    assert found["190101"] == (None, None)  # beside it
    assert found["190201"] == (None, None)  # nine
    assert found["1902"] == (None, None)
    assert found["19"] == (134, 300)


def test_mean_of_programmes_needs_a_hundred_families():
    world = [("keluarga", "190101", 99), ("keluarga", "190102", 101), ("keluarga", "190201", 200)]
    found = cells_of("rata_program", *world, ("program_PKH", "190102", 50), ("program_PKH", "190201", 100))
    assert found["190101"] == (None, None)
    assert found["190102"] == (5, 10)
    assert found["1901"] == (2, 10)  # 50 / 200


def test_parts_of_a_mean_are_never_written():
    names = {name for _, name, _, _ in safe_cells([("desil_banyak", "190101", 50)], WORLD)}
    assert {"rata_desil", "rata_persentil", "rata_program"} <= names
    assert not {"desil_banyak", "desil_jumlah"} & names


def _cells(kode: str, *exact) -> dict:
    """What safe_cells shows in one village of a place with one kabupaten and one kecamatan."""
    parent = {"19": None, "1901": "19", "190101": "1901", kode: "190101"}
    shown = safe_cells([(ukuran, kode, n) for ukuran, n in exact], parent)
    return {ukuran: part for place, ukuran, part, _ in shown if place == kode}


def test_a_mean_that_pins_down_a_hidden_programme_is_hidden():
    told = [("program_PKH", 60), ("program_SEMBAKO", 64)]
    cells = _cells("1901012001", ("keluarga", 100), *told, ("program_PBI_JK", 0))
    assert (cells["program_PBI_JK"], cells["rata_program"]) == (None, None)  # 1,2 would say at most one
    cells = _cells("1901012001", ("keluarga", 400), *told, ("program_PBI_JK", 5))
    assert (cells["program_PBI_JK"], cells["rata_program"]) == (None, 3)  # between 0 and 16
    cells = _cells("1901012001", ("keluarga", 100), *told, ("program_PBI_JK", 20))
    assert cells["rata_program"] == 14


def test_a_mean_desil_that_pins_down_the_hidden_poorest_is_hidden():
    desil = [("keluarga", 30), ("desil_banyak", 30), ("desil_1_2", 0)]
    assert _cells("1901012001", *desil, ("desil_jumlah", 297))["rata_desil"] is None  # 9,9: none is in 1-2
    assert _cells("1901012001", *desil, ("desil_jumlah", 165))["rata_desil"] == 55
