"""The list of keluarga: filters, search, order, pages, and what stands in its addresses."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.models import Jejak
from access.scope import Territory, set_territory, use_territory
from kpm.filters import Filter
from kpm.models import Anggota, Kepesertaan, Peringkat, Sumber
from kpm.queries import KeluargaRows
from tests.conftest import RIAS, SERDANG, TOBOALI, everything, make_keluarga

pytestmark = pytest.mark.django_db
LIST = "/keluarga/"
EVERYTHING = Filter()
FOUND = [
    "ros",
    "ros%",
    "Rosidi",
    "nurhay",
    "hendra",
    "H. Rosidi",
    "1903010107800001",
    "190301 0101200001",
    "DT00010",
]
NONSENSE = [
    "halaman=0",
    "halaman=99",
    "halaman=x",
    "urut=nik",
    "per=7",
    "desil=99",
    "wilayah=%00",
    "program=a%27b",
]


def rows_of(user, filter_=EVERYTHING, urut="kepala") -> list[str]:
    """The heads' names on the first page, as the user sees them."""
    with use_territory(user):
        return [row.kepala.nama for row in KeluargaRows(user, filter_, urut)[0:100]]


def search(client, kata: str, **fields):
    return client.post(LIST, {"cari": kata, **fields})


def trail(**conditions):
    """Lines of Jejak, which the app role reads only with the right to."""
    set_territory(Territory(jejak=True))
    return list(Jejak.objects.filter(**conditions))


def test_list_shows_own_families_with_their_counts(
    client, bu_rina, keluarga_rias, keluarga_serdang, keluarga_lalang
):
    client.force_login(bu_rina)
    response = client.get(LIST)
    page = response.content.decode()
    assert "Rosidi" in page and "Efendi" in page
    assert "Zulkifli" not in page
    assert '<b class="tnum">2</b> keluarga, <span class="tnum">5</span> anggota' in page


def test_nik_is_masked_and_an_empty_one_named(client, bu_sri, keluarga_rias, sumber):
    tanpa = make_keluarga(sumber, RIAS, 7, "MARZUKI")
    with everything():
        Anggota.objects.filter(keluarga=tanpa).update(nik="", nik_status="kosong")
    client.force_login(bu_sri)
    page = client.get(LIST).content.decode()
    assert "190301**********" in page
    assert "tanpa NIK" in page
    assert "1903010107800001" not in page


def test_filter_by_wilayah_takes_several_codes(bu_rina, keluarga_rias, keluarga_serdang, sumber):
    make_keluarga(sumber, "1903032001", 9, "DI AIRGEGAS")
    assert rows_of(bu_rina, Filter(wilayah=(RIAS, SERDANG))) == ["EFENDI", "ROSIDI"]
    assert rows_of(bu_rina, Filter(wilayah=(TOBOALI,))) == ["EFENDI", "ROSIDI"]


def test_wilayah_inside_another_one_is_dropped_from_the_filter():
    assert Filter.read({"wilayah": "190301"}).wilayah == ("190301",)
    assert Filter.read({"wilayah": "19030"}).wilayah == ()


def test_foreign_wilayah_in_the_filter_shows_nothing(client, bu_sri, keluarga_rias, keluarga_serdang):
    client.force_login(bu_sri)
    page = client.get(LIST, {"wilayah": SERDANG}).content.decode()
    assert "Efendi" not in page
    assert "wilayah di luar penugasan Anda" in page


def test_filter_by_programme_and_by_none(bu_rina, keluarga_rias, keluarga_serdang):
    assert rows_of(bu_rina, Filter(program="PKH")) == ["ROSIDI"]
    assert rows_of(bu_rina, Filter(program="tanpa")) == ["EFENDI"]


def test_programme_of_an_older_list_does_not_count(bu_rina, keluarga_rias, keluarga_serdang):
    with everything():
        lama = Sumber.objects.create(jenis="DTKS", periode="2025-01")
        Kepesertaan.objects.create(
            program_id="SEMBAKO", keluarga=keluarga_serdang, sumber=lama, wilayah_id=SERDANG
        )
    assert rows_of(bu_rina, Filter(program="SEMBAKO")) == []


def test_desil_is_read_from_the_newest_list_that_has_it(bu_rina, keluarga_rias, keluarga_serdang, sumber):
    with everything():
        lama = Sumber.objects.create(jenis="DTKS", periode="2025-01")
        Peringkat.objects.create(keluarga=keluarga_rias, sumber=lama, desil=9, wilayah_id=RIAS)
        Peringkat.objects.create(keluarga=keluarga_rias, sumber=sumber, desil=2, wilayah_id=RIAS)
        Peringkat.objects.create(keluarga=keluarga_serdang, sumber=lama, desil=1, wilayah_id=SERDANG)
    assert rows_of(bu_rina, Filter(desil="1-4")) == ["ROSIDI"]
    assert rows_of(bu_rina, Filter(desil="9")) == []
    assert rows_of(bu_rina, Filter(desil="tanpa")) == ["EFENDI"]


def test_filter_by_bad_nik(bu_rina, keluarga_rias, keluarga_serdang):
    with everything():
        Anggota.objects.filter(nama="HENDRA").update(nik_status="excel")
    assert rows_of(bu_rina, Filter(nik="buruk")) == ["ROSIDI"]
    assert rows_of(bu_rina, Filter(nik="excel")) == ["ROSIDI"]
    assert rows_of(bu_rina, Filter(nik="kosong")) == []


def test_search_leaves_no_word_in_the_address(client, bu_rina, keluarga_rias, keluarga_serdang):
    client.force_login(bu_rina)
    response = search(client, "nurhayati", program="PKH")
    address = response.headers["Location"]
    assert response.status_code == 302
    assert "nurhayati" not in address.lower()
    assert parse_qs(urlsplit(address).query)["program"] == ["PKH"]
    page = client.get(address).content.decode()
    assert "Rosidi" in page and "anggota: Nurhayati" in page
    assert "Efendi" not in page


def test_search_leaves_a_jejak_without_the_words(client, bu_rina, keluarga_rias):
    client.force_login(bu_rina)
    search(client, "1903010107800001")
    (line,) = trail(aksi="cari")
    assert line.pengguna_id == bu_rina.pk
    assert line.rincian == {"menurut": "nomor"}
    assert "1903010107800001" not in f"{line.objek}{line.objek_id}{line.alasan}{line.rincian}"


def test_at_most_twenty_searches_are_kept(client, bu_rina, keluarga_rias):
    client.force_login(bu_rina)
    first = search(client, "rosidi").headers["Location"]
    for number in range(20):
        search(client, f"orang {'abcdefghijklmnopqrst'[number]}")
    assert len(client.session["cari"]) == 20
    assert "Pencarian ini sudah tidak tersimpan" in client.get(first).content.decode()


def test_search_of_another_session_shows_nothing_of_it(client, bu_rina, bu_sri, keluarga_rias):
    client.force_login(bu_rina)
    address = search(client, "rosidi").headers["Location"]
    client.logout()
    client.force_login(bu_sri)
    assert "rosidi" not in client.get(address).content.decode().replace("Rosidi", "")


@pytest.mark.parametrize("kata", FOUND)
def test_what_is_found(bu_rina, keluarga_rias, keluarga_serdang, kata):
    found = rows_of(bu_rina, Filter(kata=kata))
    assert found == ["ROSIDI"]


@pytest.mark.parametrize("kata", ["osidi", "%", "_", "1903010107800009", "''", "zulkifli"])
def test_what_is_not_found(bu_rina, keluarga_rias, keluarga_lalang, kata):
    assert rows_of(bu_rina, Filter(kata=kata)) == []


def test_order_by_each_head(bu_rina, keluarga_rias, keluarga_serdang):
    assert rows_of(bu_rina, urut="kepala") == ["EFENDI", "ROSIDI"]
    assert rows_of(bu_rina, urut="-kepala") == ["ROSIDI", "EFENDI"]
    assert rows_of(bu_rina, urut="wilayah") == ["EFENDI", "ROSIDI"]
    assert rows_of(bu_rina, urut="-anggota") == ["ROSIDI", "EFENDI"]
    assert rows_of(bu_rina, urut="anggota") == ["EFENDI", "ROSIDI"]


def test_families_unknown_to_an_order_come_last_and_once(bu_rina, sumber, keluarga_rias, keluarga_serdang):
    with everything():
        Anggota.objects.filter(keluarga=keluarga_serdang).update(kepala=False)
        Anggota.objects.filter(keluarga=keluarga_rias).update(kepala=True)
        Peringkat.objects.create(keluarga=keluarga_rias, sumber=sumber, desil=3, wilayah_id=RIAS)
    assert rows_of(bu_rina, urut="kepala") == ["ROSIDI", "EFENDI"]
    assert rows_of(bu_rina, urut="-kepala") == ["ROSIDI", "EFENDI"]
    assert rows_of(bu_rina, urut="desil") == ["ROSIDI", "EFENDI"]


def test_pages_hold_every_family_once(bu_sri, sumber):
    for number in range(7):
        make_keluarga(sumber, RIAS, number + 1, f"KEPALA {number}")
    with everything():
        Anggota.objects.filter(nama__in=["KEPALA 1", "KEPALA 5"]).update(kepala=False)
    with use_territory(bu_sri):
        rows = KeluargaRows(bu_sri, Filter())
        pages = [[row.keluarga.pk for row in rows[start : start + 3]] for start in (0, 3, 6)]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert len({pk for page in pages for pk in page}) == 7


def test_same_number_of_queries_for_2_rows_and_for_200(client, bu_sri, sumber):
    client.force_login(bu_sri)
    for number in range(1, 3):
        make_keluarga(sumber, RIAS, number, "BAPAK", "IBU", program="PKH")
    with CaptureQueriesContext(connection) as few:
        client.get(LIST, {"per": "100"})
    for number in range(3, 201):
        make_keluarga(sumber, RIAS, number, "BAPAK", "IBU", program="PKH")
    with CaptureQueriesContext(connection) as many:
        page = client.get(LIST, {"per": "100"}).content.decode()
    assert page.count("/keluarga/") > 100
    assert len(many) == len(few)


def test_head_says_its_order(client, bu_sri, keluarga_rias):
    client.force_login(bu_sri)
    page = client.get(LIST, {"urut": "-anggota"}).content.decode()
    assert 'aria-sort="descending"' in page
    assert "Urut menurut jumlah anggota" in page


def test_marks_take_one_filter_away(client, bu_rina, keluarga_rias):
    client.force_login(bu_rina)
    response = client.get(LIST, {"wilayah": RIAS, "program": "PKH", "nik": "valid"})
    marks = {mark["label"]: mark["url"] for mark in response.context["tanda_list"]}
    assert marks["Rias"] == "/keluarga/?program=PKH&nik=valid"
    assert marks["PKH"] == f"/keluarga/?wilayah={RIAS}&nik=valid"


def test_empty_list_says_what_to_do_next(client, bu_rina, keluarga_rias):
    client.force_login(bu_rina)
    page = client.get(LIST, {"program": "BLT_DD"}).content.decode()
    assert "Tidak ada keluarga yang cocok dengan saringan ini" in page
    assert "Hapus saringan BLT-DD" in page


def test_empty_register_sends_the_dinsos_to_the_upload(client, bu_rina, bu_sri):
    client.force_login(bu_rina)
    assert "Unggah berkas DTKS" in client.get(LIST).content.decode()
    client.force_login(bu_sri)
    assert "Unggah berkas DTKS" not in client.get(LIST).content.decode()


def test_map_keeps_the_filter(client, bu_rina, keluarga_rias):
    client.force_login(bu_rina)
    response = client.get(LIST, {"wilayah": RIAS, "program": "PKH"})
    assert response.context["peta_url"] == f"/peta/?wilayah={RIAS}&program=PKH"


@pytest.mark.parametrize("query", NONSENSE)
def test_addresses_that_make_no_sense_show_the_list(client, bu_sri, keluarga_rias, query):
    client.force_login(bu_sri)
    response = client.get(f"{LIST}?{query}")
    assert response.status_code == 200
    assert "Rosidi" in response.content.decode()


@pytest.mark.parametrize("urut", ["kepala", "anggota", "desil", "wilayah"])
def test_an_anggota_on_a_foreign_keluarga_breaks_no_list(
    client, pak_budi, keluarga_serdang, keluarga_rias, urut
):
    """As a half-done move would leave it: he lives here, his keluarga is written elsewhere."""
    with everything():
        Anggota.objects.filter(keluarga=keluarga_rias).update(wilayah_id=SERDANG)
        Peringkat.objects.create(
            keluarga=keluarga_rias, sumber_id=keluarga_rias.sumber_id, wilayah_id=SERDANG, desil=1
        )
    client.force_login(pak_budi)
    page = client.get(f"/keluarga/?urut={urut}")
    assert page.status_code == 200
    assert "Rosidi" not in page.content.decode()
