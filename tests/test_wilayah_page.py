"""The page of a wilayah: its numbers, the wilayah below it, and the border of one's own territory."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kpm.models import Peringkat
from kpm.rekap import rewrite_rekap
from tests.conftest import (
    BANGKA_SELATAN,
    BELITUNG_TIMUR,
    PROVINSI,
    RIAS,
    SERDANG,
    TOBOALI,
    everything,
    make_keluarga,
)

pytestmark = pytest.mark.django_db


def test_numbers_programmes_and_villages(client, bu_rina, keluarga_rias, keluarga_serdang):
    client.force_login(bu_rina)
    response = client.get(f"/wilayah/{TOBOALI}/")
    page = response.content.decode()
    found = response.context["utama"]
    assert (found.angka.keluarga, found.angka.anggota, found.angka.program) == (2, 5, {"PKH": 1})
    assert {part.wilayah.kode: part.angka.keluarga for part in found.part_list if part.angka.keluarga} == {
        RIAS: 1,
        SERDANG: 1,
    }
    assert f'href="/keluarga/?wilayah={TOBOALI}"' in page
    assert f'href="/peta/?wilayah={TOBOALI}"' in page
    assert "19.03.01" in page


def test_path_links_only_inside_the_territory(client, bu_rina, keluarga_rias):
    client.force_login(bu_rina)
    page = client.get(f"/wilayah/{RIAS}/").content.decode()
    assert f'<a href="/wilayah/{BANGKA_SELATAN}/">Kab. Bangka Selatan</a>' in page
    assert f'<a href="/wilayah/{PROVINSI}/">' not in page


@pytest.mark.parametrize("kode", [BELITUNG_TIMUR, PROVINSI, "1999", "190399", "19031"])
def test_outside_and_absent_are_the_same_404(client, bu_rina, kode):
    client.force_login(bu_rina)
    assert client.get(f"/wilayah/{kode}/").status_code == 404


def test_search_for_wilayah_is_not_taken_for_a_code(client, bu_rina):
    client.force_login(bu_rina)
    assert client.get("/wilayah/cari/?q=rias").json()["hasil"]


def test_pimpinan_sees_counts_without_names_and_hidden_cells(client, bu_lina, sumber):
    for number in range(1, 12):
        make_keluarga(sumber, RIAS, number, "SEORANG", "LAIN")
    with everything():
        rewrite_rekap()
    client.force_login(bu_lina)
    page = client.get(f"/wilayah/{TOBOALI}/").content.decode()
    assert "kurang dari 10" in page
    assert "/keluarga/" not in page
    assert "Seorang" not in page


def test_village_without_boundary_is_named(client, pak_hasan):
    client.force_login(pak_hasan)
    page = client.get(f"/wilayah/{PROVINSI}/").content.decode()
    assert "Tanpa batas di peta, tetapi tetap dihitung" in page
    assert "Keranggan" in page and "Menjelang" in page


def test_same_number_of_queries_for_a_little_and_a_lot(client, bu_rina, sumber):
    client.force_login(bu_rina)
    make_keluarga(sumber, RIAS, 1, "SATU", program="PKH")
    with CaptureQueriesContext(connection) as few:
        client.get(f"/wilayah/{BANGKA_SELATAN}/")
    for number in range(2, 60):
        make_keluarga(sumber, SERDANG if number % 2 else RIAS, number, "DUA", "TIGA", program="PKH")
    with CaptureQueriesContext(connection) as many:
        response = client.get(f"/wilayah/{BANGKA_SELATAN}/")
    assert response.context["utama"].angka.keluarga == 59
    assert len(many) == len(few)


def test_ranks_and_help_stand_beside_the_programmes(client, bu_rina, keluarga_rias, sumber):
    with everything():
        Peringkat.objects.create(keluarga=keluarga_rias, sumber=sumber, wilayah_id=RIAS, desil=2)
    client.force_login(bu_rina)
    response = client.get(f"/wilayah/{RIAS}/")
    found = {m.layer.kode: (m.nilai.teks, m.nilai.rinci) for m in response.context["ukuran_list"]}
    assert found == {
        "rata_desil": ("2,0", "dari 1 keluarga"),
        "rata_program": ("1,0", "dari 1 keluarga"),
        "tanpa_program": ("0,0\N{NO-BREAK SPACE}%", "0 dari 1 keluarga desil 1–2"),
    }
    assert f'href="/peta/?ukuran=rata_desil&amp;wilayah={RIAS}"' in response.content.decode()
