"""Families that left the list: off it, and found when somebody asks for them."""

import pytest

from access.scope import use_territory
from jobs.ekspor import Wish
from kpm import remembered as memory
from kpm.ekspor import isi_of, keluarga_of
from kpm.filters import Filter
from kpm.indikator import catalogue
from kpm.measures import answer_pairs
from kpm.models import JawabanAnggota, Peringkat
from kpm.queries import KeluargaRows
from kpm.queries_jawaban import soal_of
from kpm.suntingan import mark_keluar
from spatial.layers import layer_list
from tests.conftest import RIAS, SERDANG, everything, make_keluarga
from tests.test_suntingan import TODAY, do, person, why

pytestmark = pytest.mark.django_db
ORDERS = ["kepala", "anggota", "desil", "wilayah", "diubah"]


def leave(keluarga, by):
    do(mark_keluar, by=by, why=why(), keluarga=keluarga, sebab="mampu", tanggal=TODAY)
    return keluarga


def listed(user, filter_, urut="kepala") -> list[int]:
    """Every keluarga of the list, page by page; as many as it says there are."""
    with use_territory(user):
        rows = KeluargaRows(user, filter_, urut)
        found = [row.keluarga.pk for start in range(0, rows.count(), 15) for row in rows[start : start + 15]]
        assert len(found) == rows.count()
    return found


@pytest.fixture
def seventeen(bu_rina, sumber):
    """17 families with a rank, of which the first three left."""
    families = [make_keluarga(sumber, RIAS, 30 + n, f"NAMA {chr(65 + n)}") for n in range(17)]
    with everything():
        for n, keluarga in enumerate(families):
            Peringkat.objects.create(keluarga=keluarga, sumber=sumber, desil=1 + n % 9, wilayah_id=RIAS)
    for keluarga in families[:3]:
        leave(keluarga, bu_rina)
    return families


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("urut", ORDERS)
def test_who_left_stands_on_no_page_in_any_order(bu_rina, seventeen, urut, sign):
    for filter_ in (Filter(), Filter(wilayah=(RIAS,))):
        found = listed(bu_rina, filter_, sign + urut)
        assert sorted(found) == sorted(keluarga.pk for keluarga in seventeen[3:])


@pytest.fixture
def khusus(settings, monkeypatch, pak_hasan, keluarga_rias, sumber):
    """A question of specific data that ROSIDI answered; every count is kept for a minute."""
    settings.REMEMBER_SECONDS = 60
    monkeypatch.setattr(memory, "SLOW", -1)
    name, one = next(
        (name, one)
        for name, one in catalogue().items()
        if one.khusus and one.unit == "anggota" and one.jenis != "bilangan"
    )
    kode = next(iter(one.pilihan))
    with everything():
        JawabanAnggota.objects.create(
            anggota=person(keluarga_rias, "ROSIDI"),
            sumber=sumber,
            instrumen=one.instrumen,
            isi={one.kode: kode},
            wilayah_id=RIAS,
        )
    return Filter(indikator=name.replace(":", ".", 1), jawaban=(kode,))


def test_count_of_specific_data_is_not_remembered_for_who_may_not_ask(pak_hasan, pak_yusuf, khusus):
    soal = soal_of(khusus.indikator)
    with use_territory(pak_hasan):
        assert answer_pairs(pak_hasan, Filter(), soal, khusus.jawaban) == {RIAS: (1, 1)}
        assert KeluargaRows(pak_hasan, khusus).count() == 1
    with use_territory(pak_yusuf):
        assert answer_pairs(pak_yusuf, Filter(), soal, khusus.jawaban) == {}
        assert KeluargaRows(pak_yusuf, khusus).count() == 0
        assert KeluargaRows(pak_yusuf, khusus).count_anggota() == 0


# --- asked for -------------------------------------------------------------------------------------


@pytest.fixture
def gone(bu_rina, keluarga_rias, keluarga_serdang):
    return leave(keluarga_rias, bu_rina)


@pytest.mark.parametrize("urut", ORDERS)
def test_filter_by_status(bu_rina, gone, keluarga_serdang, urut):
    assert listed(bu_rina, Filter(), urut) == [keluarga_serdang.pk]
    assert listed(bu_rina, Filter(status="keluar"), urut) == [gone.pk]
    assert sorted(listed(bu_rina, Filter(status="semua"), urut)) == sorted([gone.pk, keluarga_serdang.pk])
    assert listed(bu_rina, Filter(status="keluar", kata="rosidi"), urut) == [gone.pk]
    assert listed(bu_rina, Filter(kata="rosidi"), urut) == []


def test_page_marks_who_left_with_date_and_reason(client, bu_rina, gone):
    client.force_login(bu_rina)
    answer = client.get("/keluarga/", {"status": "keluar"})
    page = answer.content.decode()
    assert [mark["label"] for mark in answer.context["tanda_list"]] == ["Sudah keluar"]
    assert "Rosidi" in page and "Efendi" not in page
    assert "keluar</span>" in page and gone_words(gone) in page
    assert '<option value="keluar" selected>' in page
    assert "keluar</span>" not in client.get("/keluarga/", {"status": "nonsens"}).content.decode()


def gone_words(keluarga) -> str:
    """What stands beside the mark: its reason, as it was written down."""
    with everything():
        keluarga.refresh_from_db()
    assert keluarga.keluar_alasan
    return keluarga.keluar_alasan


def test_whole_number_finds_who_left_and_marks_it(client, bu_rina, gone):
    client.force_login(bu_rina)
    nik = person(gone, "ROSIDI").nik
    for number in (gone.no_kk, f"{nik[:6]} {nik[6:]}"):
        page = client.get(client.post("/keluarga/", {"cari": number}).headers["Location"]).content.decode()
        assert "Rosidi" in page and "keluar</span>" in page and gone_words(gone) in page


def test_export_holds_who_is_on_the_list_unless_asked(bu_rina, gone, keluarga_serdang):
    def leaving(filter_: Filter) -> set[int]:
        with use_territory(bu_rina):
            return set(keluarga_of(bu_rina, Wish(isi_of(filter_), ())).values_list("pk", flat=True))

    assert leaving(Filter()) == {keluarga_serdang.pk}
    assert leaving(Filter(kata=gone.no_kk)) == set()
    assert leaving(Filter(status="keluar")) == {gone.pk}
    assert leaving(Filter(status="semua")) == {gone.pk, keluarga_serdang.pk}


def test_file_for_another_program_holds_nobody_who_left(client, bu_rina, gone):
    client.force_login(bu_rina)
    assert client.get("/keluarga/tukar/", {"status": "keluar"}).context["orang"] == 2
    assert client.get("/keluarga/unduh/", {"status": "keluar"}).context["tukar_url"] == ""


@pytest.mark.parametrize(
    ("ukuran", "aktif", "keluar"),
    [("keluarga", 1, 1), ("anggota", 2, 3), ("program_pkh", 0, 1), ("rata_program", 0, 1)],
)
def test_map_counts_who_left_only_when_asked(bu_rina, gone, keluarga_serdang, ukuran, aktif, keluar):
    layer = next(one for one in layer_list() if one.kode == ukuran)
    with use_territory(bu_rina):
        for filter_, village, other, expected in (
            ({}, SERDANG, RIAS, aktif),
            ({"status": "keluar"}, RIAS, SERDANG, keluar),
        ):
            found = layer.rows(bu_rina, "desa_kelurahan", filter_)
            assert found[village][0] == expected and other not in found
