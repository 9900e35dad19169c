"""Families that left the list: off it, and found when somebody asks for them."""

import pytest

from access.scope import use_territory
from kpm import remembered as memory
from kpm.filters import Filter
from kpm.indikator import catalogue
from kpm.measures import answer_pairs
from kpm.models import JawabanAnggota, Peringkat
from kpm.queries import KeluargaRows
from kpm.queries_jawaban import soal_of
from kpm.suntingan import mark_keluar
from tests.conftest import RIAS, everything, make_keluarga
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
