"""Whom a file does not name: keluarga of earlier lists that are missing, members who move along with theirs."""

from __future__ import annotations

import pytest

from kpm import keputusan
from kpm.aturan import Aturan
from kpm.models import Impor, Keluarga
from tests.berkas import csv_bytes, import_bytes, person
from tests.test_pratinjau import upload, work

pytestmark = pytest.mark.usefixtures("swept", "db")


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.IMPOR_SETUJU_PERSEN = 100


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
    keputusan.apply_reviewed(impor_id=impor.pk, by=bu_rina, sidik=impor.tinjauan["sidik"])
    work(impor)
    assert [k.no_kk[-1] for k in Keluarga.objects.filter(status="keluar")] == ["3"]
