"""Whom a file does not name: keluarga of earlier lists that are missing, members who move along with theirs."""

from __future__ import annotations

import pytest

from kpm import keputusan
from kpm.aturan import Aturan
from kpm.models import Anggota, Impor, Keluarga
from kpm.pratinjau import share
from tests.berkas import csv_bytes, import_bytes, person
from tests.conftest import everything
from tests.test_pratinjau import apply, change, family, golongan, upload, work
from tests.urungkan import registers, take_back

SERDANG = {"DESA/KELUARAHAN": "SERDANG"}
pytestmark = pytest.mark.usefixtures("swept", "db")


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.IMPOR_SETUJU_PERSEN = 1000


def missing(rows: list[dict], by, periode: str) -> tuple[Impor, int]:
    """The import of a list that takes off whom it does not name, and how many keluarga those are."""
    impor = upload(rows, by, periode=periode)
    keputusan.set_rules(impor_id=impor.pk, by=by, aturan=Aturan(hilang="keluar"))
    work(impor)
    return impor, impor.tinjauan["keluar"]["keluarga"]


def test_an_older_list_that_comes_late_takes_nobody_off_a_newer_one(bu_rina, all_rows):
    rows = [person(1), person(2), person(3)]
    import_bytes(csv_bytes([*rows, person(4)]), bu_rina, periode="2026-08")
    import_bytes(csv_bytes(rows), bu_rina, periode="2026-10", ulangi=True)
    _, gone = missing([person(7)], bu_rina, "2026-09")
    assert gone == 1, "only the fourth, whom no later list names"
    _, gone = missing([person(8)], bu_rina, "2026-11")
    assert gone == 4


def test_a_keluarga_of_a_newer_list_of_another_kind_stays(bu_rina, all_rows):
    import_bytes(csv_bytes([person(1), person(2)]), bu_rina, periode="2026-08")
    import_bytes(csv_bytes([person(2)]), bu_rina, periode="2026-10", jenis="DTSEN")
    _, gone = missing([person(7)], bu_rina, "2026-09")
    assert gone == 1


def test_the_second_part_of_a_period_takes_off_nobody_of_the_first(bu_rina, all_rows):
    import_bytes(csv_bytes([person(n) for n in (1, 2, 3)]), bu_rina, periode="2026-10")
    import_bytes(csv_bytes([person(1)]), bu_rina, periode="2026-11")
    impor, gone = missing([person(2)], bu_rina, "2026-11")
    assert gone == 1
    apply(impor)
    assert [k.no_kk[-1] for k in Keluarga.objects.filter(status="keluar")] == ["3"]


def test_who_follows_his_keluarga_unnamed_is_previewed_counted_and_reported(client, bu_rina, all_rows):
    import_bytes(csv_bytes([*family(1), person(9, **SERDANG)]), bu_rina)
    before = dict(Anggota.objects.values_list("pk", "wilayah_id"))
    impor = upload([person(1, **SERDANG), person(9, **SERDANG)], bu_rina)
    assert golongan(impor) == ({"berubah": 1, "tetap": 1}, {"berubah": 2, "tetap": 1, "hilang": 1}), (
        "who moves along unnamed is missing as well"
    )
    assert impor.tinjauan["ubah"]["anggota"] == {"wilayah": 2}
    assert impor.tinjauan["anggota"] == {"baru": 0, "berubah": 2, "tetap": 1}
    people = impor.tinjauan["aktif"]["anggota"]
    assert share(impor.tinjauan) >= round(200 / people, 1), "both count as changed"
    client.force_login(bu_rina)
    page = client.get(f"/impor/{impor.pk}/rincian/?apa=anggota&golongan=berubah").content.decode()
    assert "Siti" in page and "Serdang" in page
    job = apply(impor)
    with everything():
        after = dict(Anggota.objects.values_list("pk", "wilayah_id"))
    assert sum(before[pk] != after[pk] for pk in before) == 2
    assert job.laporan["anggota"] == {"baru": 0, "berubah": 2, "tetap": 1}


# --- members of keluarga that the file names --------------------------------------------------------------


def left_out(rows: list[dict], by, periode: str = "2026-11") -> Impor:
    """The import of a list that takes off the members it does not name."""
    impor = upload(rows, by, periode=periode)
    keputusan.set_rules(impor_id=impor.pk, by=by, aturan=Aturan(hilang_anggota="keluar"))
    work(impor)
    return impor


def standing() -> dict[str, str]:
    """Status of every woman of family(n), by n."""
    with everything():  # a request leaves no territory behind
        return dict(Anggota.objects.filter(nama="SITI").values_list("keluarga__no_kk", "status"))


KK1, KK2 = (person(n)["NOKK"] for n in (1, 2))


def test_members_a_file_leaves_out_are_listed_and_stay(client, bu_rina, all_rows):
    import_bytes(csv_bytes([*family(1), *family(2)]), bu_rina)
    impor = upload([person(1), *family(2)], bu_rina)
    assert golongan(impor) == ({"tetap": 2}, {"tetap": 3, "hilang": 1})
    assert impor.tinjauan["keluar"] == {"keluarga": 0, "anggota": 0}
    client.force_login(bu_rina)
    page = client.get(f"/impor/{impor.pk}/rincian/?apa=anggota&golongan=hilang").content.decode()
    assert "Siti" in page and "dibiarkan" in page and "Rosidi" not in page
    apply(impor)
    assert standing() == {KK1: "aktif", KK2: "aktif"}


def test_members_a_file_leaves_out_leave_when_the_rules_say_so_and_come_back(client, bu_rina, all_rows):
    import_bytes(csv_bytes([*family(1), *family(2)]), bu_rina)
    impor = left_out([person(1), *family(2)], bu_rina)
    assert (impor.tinjauan["keluar"], impor.tinjauan["keluar_sendiri"]) == ({"keluarga": 0, "anggota": 1}, 1)
    assert share(impor.tinjauan) == 25
    client.force_login(bu_rina)
    page = client.get(f"/impor/{impor.pk}/rincian/?apa=anggota&golongan=hilang").content.decode()
    assert "keluar</span>" in page and "dibiarkan" not in page
    assert (
        "Anggota ditandai keluar, keluarganya tetap"
        in client.get(f"/impor/{impor.pk}/terapkan/").content.decode()
    )
    assert apply(impor).laporan["anggota_ditandai_keluar"] == 1
    with everything():
        gone = Anggota.objects.select_related("keluarga").get(nama="SITI", status="keluar")
    assert (gone.keluarga.no_kk, gone.keluar_alasan) == (KK1, "tidak ada di DTKS November 2026")
    assert gone.keluarga.status == "aktif"
    again = upload(family(1), bu_rina, periode="2026-12")
    assert again.tinjauan["ubah"]["anggota"] == {"status": 1}
    assert not [v for v in again.tinjauan["vonis_catatan"] if v["kode"] == "ANGGOTA_TIDAK_AKTIF"]
    apply(again)
    with everything():
        gone.refresh_from_db()
    assert (gone.status, gone.keluar_alasan, gone.keluar_tanggal) == ("aktif", "", None)


def test_undo_brings_back_who_was_taken_off(bu_rina, all_rows):
    import_bytes(csv_bytes(family(1)), bu_rina)
    before = registers()
    impor = left_out([person(1)], bu_rina)
    apply(impor)
    assert standing() == {KK1: "keluar"}
    take_back(impor, bu_rina)
    assert standing() == {KK1: "aktif"}
    assert registers() == before


def test_an_officers_word_and_the_only_head_stay(client, bu_rina, all_rows):
    import_bytes(csv_bytes([*family(1), *family(2)]), bu_rina)
    change(Anggota.objects.filter(nama="SITI", keluarga__no_kk=KK1), status="aktif")
    impor = left_out([person(1), family(2)[1]], bu_rina)
    assert golongan(impor)[1] == {"tetap": 2, "hilang": 2}
    assert impor.tinjauan["keluar_sendiri"] == 0
    assert impor.tinjauan["ditahan"]["anggota"] == {"status": 1}
    client.force_login(bu_rina)
    page = client.get(f"/impor/{impor.pk}/rincian/?apa=anggota&golongan=hilang").content.decode()
    assert "Berkas tidak menyebut kepala yang lain" in page
    held = client.get(f"/impor/{impor.pk}/rincian/?apa=anggota&golongan=ditahan").content.decode()
    assert "Siti" in held and "ditulis petugas" in held
    apply(impor)
    assert set(standing().values()) == {"aktif"}
    with everything():
        assert Anggota.objects.get(nama="ROSIDI", keluarga__no_kk=KK2).kepala


def test_a_head_leaves_when_the_file_names_another(bu_rina, all_rows):
    import_bytes(csv_bytes(family(1)), bu_rina)
    widow = family(1)[1] | {"HUB KELUARGA": "KEPALA KELUARGA"}
    apply(left_out([widow], bu_rina))
    assert {a.nama: (a.status, a.kepala) for a in Anggota.objects.all()} == {
        "ROSIDI": ("keluar", False),
        "SITI": ("aktif", True),
    }


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([person(1), family(1)[1] | {"NAMA": ""}], id="a refused row of the family"),
        pytest.param(
            [person(1), family(1)[1] | {"NOKK": "1,90301E+15"}], id="herself, with a damaged No. KK"
        ),
        pytest.param([person(1), family(1)[1] | {"NOKK": KK2}, person(2)], id="in another keluarga"),
        pytest.param([person(1, NOKK="")], id="a row without a card speaks for one"),
        pytest.param([person(2)], id="a keluarga that is missing as a whole"),
    ],
)
def test_who_is_named_in_any_way_or_gone_with_the_family_is_not_missing_alone(bu_rina, all_rows, rows):
    import_bytes(csv_bytes([*family(1), person(2)]), bu_rina)
    assert left_out(rows, bu_rina).tinjauan["keluar_sendiri"] == 0


def test_a_member_of_another_list_or_of_the_same_period_is_not_missing(bu_rina, all_rows):
    import_bytes(csv_bytes([person(1)]), bu_rina, periode="2026-10")
    import_bytes(csv_bytes(family(1)), bu_rina, periode="2026-10", jenis="DTSEN", ulangi=True)
    assert golongan(upload([person(1)], bu_rina, ulangi=True))[1] == {"tetap": 1}, (
        "no list of this kind has named her"
    )
    import_bytes(csv_bytes(family(2)), bu_rina, periode="2026-11")
    second = left_out([person(2, ALAMAT="JL. LAIN")], bu_rina)
    assert second.tinjauan["keluar_sendiri"] == 0, "the first part of this period has"


def test_the_rule_for_members_is_chosen_on_its_page(client, bu_rina, all_rows):
    import_bytes(csv_bytes(family(1)), bu_rina)
    impor = upload([person(1)], bu_rina)
    client.force_login(bu_rina)
    page = client.get(f"/impor/{impor.pk}/aturan/").content.decode()
    assert "Anggota yang tidak ada di berkas, padahal keluarganya ada" in page
    chosen = {"hilang": "biarkan", "hilang_anggota": "keluar", "isian": ["alamat"]}
    assert client.post(f"/impor/{impor.pk}/aturan/", chosen).status_code == 302
    impor.refresh_from_db()
    assert (impor.aturan["hilang_anggota"], impor.aturan["hilang"]) == ("keluar", "biarkan")
