"""The map's measures of keluarga: through the gate, with the list's filter, or from rekap."""

import pytest
from django.http import QueryDict

from access.scope import use_territory
from kpm.models import Anggota, Keluarga
from kpm.rekap import rewrite_rekap
from spatial.layers import get_layer
from tests.conftest import BANGKA_SELATAN, BELITUNG_TIMUR, RIAS, SERDANG, everything, make_keluarga

pytestmark = pytest.mark.django_db
DESA, KABUPATEN = "desa_kelurahan", "kabupaten_kota"


def rows(kode: str, user, tingkat: str = DESA, query: str = "") -> dict:
    with use_territory(user):
        return dict(get_layer(kode).rows(user, tingkat, QueryDict(query)))


def test_counts_stop_at_the_territory(bu_rina, bu_sri, keluarga_rias, keluarga_serdang, keluarga_lalang):
    assert rows("keluarga", bu_rina) == {RIAS: (1, None), SERDANG: (1, None)}
    assert rows("anggota", bu_rina) == {RIAS: (3, None), SERDANG: (2, None)}
    assert rows("keluarga", bu_sri) == {RIAS: (1, None)}


def test_province_counts_every_kabupaten(pak_hasan, keluarga_rias, keluarga_serdang, keluarga_lalang):
    assert rows("keluarga", pak_hasan, KABUPATEN) == {BANGKA_SELATAN: (2, None), BELITUNG_TIMUR: (1, None)}


def test_share_of_a_programme_counts_families(bu_rina, sumber, keluarga_rias, keluarga_serdang):
    make_keluarga(sumber, RIAS, 5, "LAIN")
    assert rows("program_pkh", bu_rina) == {RIAS: (1, 2), SERDANG: (0, 1)}


def test_share_of_bad_nik_counts_people(bu_rina, keluarga_rias, keluarga_serdang):
    with everything():
        Anggota.objects.filter(nama="HENDRA").update(nik_status="excel")
    assert rows("nik_buruk", bu_rina) == {RIAS: (1, 3), SERDANG: (0, 2)}


def test_per_1000_only_where_inhabitants_are_known(pak_hasan, keluarga_rias):
    found = rows("per_1000", pak_hasan, KABUPATEN)
    assert found[BANGKA_SELATAN][0] == 3 and found[BANGKA_SELATAN][1] > 100_000
    assert rows("per_1000", pak_hasan, DESA) == {}


def test_filter_of_the_list_narrows_every_measure(bu_rina, keluarga_rias, keluarga_serdang):
    assert rows("keluarga", bu_rina, DESA, "program=PKH") == {RIAS: (1, None)}
    assert rows("anggota", bu_rina, DESA, "program=PKH") == {RIAS: (3, None)}
    assert rows("nik_buruk", bu_rina, DESA, "program=tanpa") == {SERDANG: (0, 2)}
    assert rows("program_pkh", bu_rina, DESA, "program=PKH") == {RIAS: (1, 1)}


def test_family_that_left_the_list_is_not_counted(bu_rina, keluarga_rias, keluarga_serdang):
    with everything():
        Keluarga.objects.filter(pk=keluarga_rias.pk).update(status="keluar", keluar_tanggal="2026-11-01")
    assert rows("keluarga", bu_rina) == {SERDANG: (1, None)}
    assert rows("anggota", bu_rina) == {SERDANG: (2, None)}
    assert rows("nik_buruk", bu_rina) == {SERDANG: (0, 2)}


def test_number_leads_to_exactly_its_rows(bu_rina, bu_lina):
    layer = get_layer("program_pkh")
    assert (
        layer.list_url(bu_rina, RIAS, QueryDict("nik=valid"))
        == f"/keluarga/?program=PKH&nik=valid&wilayah={RIAS}"
    )
    assert (
        get_layer("nik_buruk").list_url(bu_rina, RIAS, QueryDict()) == f"/keluarga/?nik=buruk&wilayah={RIAS}"
    )
    assert layer.list_url(bu_lina, RIAS, QueryDict()) == ""


def test_pimpinan_reads_rekap_with_hidden_cells(bu_lina, bu_wati, sumber):
    for number in range(1, 13):
        make_keluarga(sumber, RIAS, number, "SEORANG", program="PKH" if number < 4 else "")
    make_keluarga(sumber, SERDANG, 20, "SEORANG")
    with everything():
        rewrite_rekap()
    assert rows("keluarga", bu_lina, "provinsi") == {"19": (13, None)}
    assert rows("keluarga", bu_lina)[SERDANG] == (None, None)
    assert rows("program_pkh", bu_lina, KABUPATEN)[BANGKA_SELATAN] == (None, None)
    assert rows("keluarga", bu_wati) == {}
