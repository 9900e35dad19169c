"""The counts of those who see no names follow what is changed by hand, beside edits and imports."""

from __future__ import annotations

from contextlib import closing

import pytest
from django.conf import settings
from django.db import connection

from access.models import Jejak
from kpm.actions import APPLY_LOCK
from kpm.isian import Why
from kpm.models import HitungRekap, Rekap
from kpm.rekap_ulang import REASON, refresh_if_edited
from kpm.suntingan import mark_keluar
from kpm.suntingan_batal import undo_suntingan
from tests import databases
from tests.conftest import PROVINSI, RIAS, everything, make_keluarga
from tests.test_suntingan import TODAY, do, why

pytestmark = pytest.mark.django_db


@pytest.fixture
def village(sumber):
    """Twelve keluarga, the only ones of the province: one that leaves still makes no small cell there."""
    return [make_keluarga(sumber, RIAS, number, f"KEPALA {number}") for number in range(21, 33)]


def leave(by, keluarga):
    return do(mark_keluar, by=by, why=why(), keluarga=keluarga, sebab="mampu", tanggal=TODAY)


def counted() -> int | None:
    return Rekap.objects.get(wilayah_id=PROVINSI, ukuran="keluarga").pembilang


def counts_made() -> int:
    with everything():
        return Jejak.objects.filter(aksi="sistem", alasan=REASON).count()


@pytest.fixture
def other_session():
    with closing(databases.connect("DATABASE_SUPER_URL", connection.settings_dict["NAME"])) as line:
        line.autocommit = False
        with line.cursor() as cursor:
            yield cursor


def test_an_edit_and_its_undo_are_counted_once_each(bu_rina, village):
    line = leave(bu_rina, village[0])
    assert refresh_if_edited()
    assert counted() == 11
    assert not refresh_if_edited()
    do(undo_suntingan, by=bu_rina, why=Why("keliru"), suntingan=line)
    assert refresh_if_edited()
    assert counted() == 12
    assert not refresh_if_edited()
    assert counts_made() == 2


def test_while_an_import_writes_nothing_is_counted_and_afterwards_it_is(village, other_session):
    other_session.execute("SELECT pg_advisory_xact_lock(%s)", [APPLY_LOCK])
    with everything(), connection.cursor() as cursor:
        cursor.execute("SELECT nextval('kpm_suntingan_id_seq')")  # an edit that ended before the import began
    assert not refresh_if_edited()
    assert not Rekap.objects.exists()
    other_session.connection.rollback()
    assert refresh_if_edited()
    assert counted() == 12


def test_an_edit_that_is_not_committed_yet_is_counted_the_next_time(bu_rina, village, other_session):
    other_session.execute("SELECT pg_advisory_xact_lock_shared(%s)", [APPLY_LOCK])
    leave(bu_rina, village[0])
    assert refresh_if_edited()
    assert HitungRekap.objects.get().suntingan == 0
    other_session.connection.rollback()
    assert refresh_if_edited()
    assert not refresh_if_edited()


def test_the_task_is_in_the_plan():
    assert "kpm.refresh_rekap" in {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
