"""Home: every peran finds its own numbers, and nobody finds more."""

import pytest

from kpm.rekap import rewrite_rekap
from tests.conftest import RIAS, SERDANG, everything, make_keluarga

pytestmark = pytest.mark.django_db


def home_of(client, user) -> str:
    client.force_login(user)
    response = client.get("/")
    assert response.status_code == 200
    return response.content.decode()


def test_psm_sees_the_village_and_a_way_into_the_list(client, bu_sri, keluarga_rias, keluarga_serdang):
    page = home_of(client, bu_sri)
    assert "<h1>Desa Rias</h1>" in page
    assert f'href="/keluarga/?wilayah={RIAS}"' in page
    assert "100,0" in page
    assert "Efendi" not in page


def test_tksk_sees_the_villages_of_the_kecamatan(client, pak_tono, keluarga_rias, keluarga_serdang):
    page = home_of(client, pak_tono)
    assert "<h1>Kec. Toboali</h1>" in page
    assert f"/wilayah/{RIAS}/" in page and f"/wilayah/{SERDANG}/" in page
    assert "Unggah berkas" not in page


def test_dinsos_may_upload_and_counts_only_its_kabupaten(client, bu_rina, keluarga_rias, keluarga_lalang):
    client.force_login(bu_rina)
    response = client.get("/")
    assert response.context["utama"].angka.keluarga == 1
    assert response.context["utama"].angka.anggota == 3
    assert "Unggah berkas" in response.content.decode()


def test_numbers_stand_with_what_they_rest_on(
    client, pak_hasan, keluarga_rias, keluarga_serdang, keluarga_lalang
):
    page = home_of(client, pak_hasan)
    assert "Provinsi Kepulauan Bangka Belitung" in page
    assert "0 dari 7 orang perlu diperiksa" in page
    assert "1 dari 3 keluarga" in page


def test_pimpinan_reads_rekap_and_small_cells_stay_hidden(client, bu_lina, sumber):
    for number in range(1, 13):
        make_keluarga(sumber, RIAS, number, "SEORANG", program="PKH" if number < 4 else "")
    with everything():
        rewrite_rekap()
    page = home_of(client, bu_lina)
    assert "Seorang" not in page
    assert "12" in page
    assert "kurang dari 10" in page
    assert "/keluarga/" not in page


def test_pimpinan_before_the_first_import(client, bu_lina):
    assert "Belum ada angka" in home_of(client, bu_lina)


def test_auditor_sees_the_last_lines_of_the_trail(client, bu_wati, bu_sri, keluarga_rias):
    client.force_login(bu_sri)
    client.get(f"/keluarga/{keluarga_rias.pk}/")
    page = home_of(client, bu_wati)
    assert "melihat data orang" in page
    assert "Sri Wahyuni" in page
    assert "Rosidi" not in page


def test_without_penugasan_it_says_what_to_do(client, orang_baru):
    page = home_of(client, orang_baru)
    assert "Minta penugasan" in page
    assert "baru" in page


def test_empty_register_says_what_to_do_next(client, bu_rina, pak_tono):
    assert "Unggah berkas DTKS" in home_of(client, bu_rina)
    assert "Unggah berkas DTKS" not in home_of(client, pak_tono)


def test_small_map_colours_own_villages_only(
    client, bu_rina, keluarga_rias, keluarga_serdang, keluarga_lalang
):
    client.force_login(bu_rina)
    response = client.get("/")
    data = response.context["peta_kecil"]["data"]
    assert set(data["warna"]) > {RIAS, SERDANG}
    assert {kode[:4] for kode in data["warna"]} == {"1903"}
    assert data["warna"][RIAS] != data["warna"][SERDANG] != 0
    assert 'data-island="peta-kecil"' in response.content.decode()


def test_village_has_no_small_map(client, bu_sri, keluarga_rias):
    assert "peta-kecil" not in home_of(client, bu_sri)
