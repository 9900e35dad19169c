"""Wall 1: visible_to is the only gate, and penugasan in force are its only key."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from access.actions import save_penugasan
from access.models import Penugasan, Peran
from access.rules import COUNTS_ONLY
from access.scope import NAMES, READS_JEJAK, below, territory_of
from kpm.models import Anggota, Keluarga
from spatial.models import Wilayah
from tests.conftest import BANGKA_SELATAN, PROVINSI, RIAS, SERDANG, make_keluarga, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def three_families(all_rows, keluarga_rias, keluarga_serdang, keluarga_lalang):
    return keluarga_rias, keluarga_serdang, keluarga_lalang


def seen_by(user) -> set[int]:
    return set(Keluarga.objects.visible_to(user).values_list("pk", flat=True))


def test_psm_sees_her_village_only(three_families, bu_sri):
    assert seen_by(bu_sri) == {three_families[0].pk}


def test_tksk_sees_the_villages_of_his_kecamatan(three_families, pak_tono):
    assert seen_by(pak_tono) == {three_families[0].pk, three_families[1].pk}


def test_other_kabupaten_sees_only_the_bystander(three_families, mbak_ayu):
    assert seen_by(mbak_ayu) == {three_families[2].pk}


def test_province_sees_all_and_the_row_that_lost_its_wilayah(three_families, pak_hasan, bu_rina):
    Keluarga.objects.filter(pk=three_families[0].pk).update(wilayah=None)
    assert seen_by(pak_hasan) == {k.pk for k in three_families}
    assert seen_by(bu_rina) == {three_families[1].pk}


@pytest.mark.parametrize("person", ["bu_lina", "pak_dedi", "bu_wati", "orang_baru"])
def test_roles_without_names_see_nobody(three_families, person, request):
    assert seen_by(request.getfixturevalue(person)) == set()


def test_a_gate_for_anggota_too(three_families, bu_sri):
    names = set(Anggota.objects.visible_to(bu_sri).values_list("nama", flat=True))
    assert names == {"ROSIDI", "NURHAYATI", "HENDRA"}


@pytest.mark.parametrize(
    ("mulai", "selesai", "sees"),
    [(0, None, True), (-9, 0, True), (1, None, False), (-9, -1, False)],
)
def test_penugasan_counts_only_between_its_dates(three_families, mulai, selesai, sees):
    today = timezone.localdate()
    user = make_user("dini", "Dini")
    save_penugasan(
        penugasan=Penugasan(
            user=user,
            peran=Peran.PSM,
            wilayah_id=RIAS,
            mulai=today + timedelta(days=mulai),
            selesai=None if selesai is None else today + timedelta(days=selesai),
        ),
        by=None,
    )
    assert (seen_by(user) == {three_families[0].pk}) is sees


def test_two_penugasan_add_up_and_the_switcher_narrows(three_families):
    user = make_user("dua", "Dua Desa", (Peran.PSM, RIAS), (Peran.PSM, SERDANG))
    assert seen_by(user) == {three_families[0].pk, three_families[1].pk}
    user.penugasan_dipilih = user.penugasan_list.get(wilayah_id=SERDANG).pk
    assert seen_by(user) == {three_families[1].pk}


def test_inactive_user_has_no_territory(three_families, bu_sri):
    bu_sri.is_active = False
    assert territory_of(bu_sri).is_empty


def test_territory_of_a_kabupaten_lists_its_53_villages(bu_rina):
    territory = territory_of(bu_rina)
    assert len(territory.desa) == 53
    assert territory.covers(RIAS)
    assert not territory.covers("1906012001")
    assert not territory.semua


def test_below_is_a_range_that_holds_every_level(db):
    found = Wilayah.objects.filter(below("kode", BANGKA_SELATAN))
    assert {w.kode[:4] for w in found} == {BANGKA_SELATAN}
    assert found.count() == 1 + 8 + 53


def test_query_count_does_not_grow_with_rows(all_rows, sumber, pak_tono, django_assert_num_queries):
    territory_of(pak_tono)
    make_keluarga(sumber, RIAS, 11, "SATU")
    with django_assert_num_queries(1):
        assert len(seen_by(pak_tono)) == 1
    [make_keluarga(sumber, RIAS, n, "ORANG") for n in range(20, 32)]
    with django_assert_num_queries(1):
        assert len(seen_by(pak_tono)) == 13


def test_end_before_start_is_refused(bu_sri):
    with pytest.raises(ValidationError, match="mendahului"):
        save_penugasan(
            penugasan=Penugasan(
                user=bu_sri,
                peran=Peran.PSM,
                wilayah_id=SERDANG,
                mulai=date(2026, 5, 2),
                selesai=date(2026, 5, 1),
            ),
            by=None,
        )


@pytest.mark.parametrize(
    ("peran", "kode"),
    [(Peran.TKSK, PROVINSI), (Peran.PSM, BANGKA_SELATAN), (Peran.DINSOS_KAB, PROVINSI), (Peran.ADMIN, RIAS)],
)
def test_a_peran_at_the_wrong_level_is_refused_also_on_the_admin_site(client, pak_yusuf, bu_sri, peran, kode):
    """A TKSK of the whole province would see all its people."""
    with pytest.raises(ValidationError, match="tidak bertugas di"):
        save_penugasan(penugasan=Penugasan(user=bu_sri, peran=peran, wilayah_id=kode), by=None)
    client.force_login(pak_yusuf)
    answer = client.post(
        "/admin/access/penugasan/add/",
        {"user": bu_sri.pk, "peran": peran, "wilayah": kode, "mulai": "2026-01-01"},
    )
    assert answer.status_code == 200
    assert "tidak bertugas di" in answer.content.decode()
    assert [p.wilayah_id for p in bu_sri.penugasan_list.all()] == [RIAS]


def test_every_peran_is_decided():
    """Names, counts or the trail: a new peran has to be put somewhere, and sees nothing until then."""
    assert set(Peran) == NAMES | READS_JEJAK | COUNTS_ONLY


@pytest.mark.parametrize("peran", sorted(set(Peran) - NAMES))
def test_peran_outside_the_list_has_no_territory(db, peran):
    assert territory_of(make_user("uji", "Uji", (peran, "19"))).is_empty
