"""Whom a file does not name: keluarga of earlier lists that are missing, members who move along with theirs."""

from __future__ import annotations

import pytest

from kpm import keputusan
from kpm.aturan import Aturan
from kpm.models import Anggota, Impor, Keluarga
from kpm.pratinjau import share
from tests.berkas import csv_bytes, import_bytes, person
from tests.conftest import everything
from tests.test_pratinjau import apply, family, golongan, upload, work

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
    assert golongan(impor) == ({"berubah": 1, "tetap": 1}, {"berubah": 2, "tetap": 1})
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
