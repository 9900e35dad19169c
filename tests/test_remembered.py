"""Slow answers about a territory are kept for their own territory, until the next job ends."""

import uuid
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.scope import use_territory
from jobs.models import Job
from kpm import remembered as module
from kpm.models import Impor, Langkah, Sumber, Suntingan
from kpm.remembered import remembered
from tests.conftest import RIAS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def keep_everything(settings, monkeypatch):
    settings.REMEMBER_SECONDS = 60
    monkeypatch.setattr(module, "SLOW", -1)


def test_same_question_is_asked_once(bu_rina):
    assert remembered("x", bu_rina, lambda: 1) == 1
    assert remembered("x", bu_rina, lambda: 2) == 1
    assert remembered("y", bu_rina, lambda: 2) == 2


def test_another_territory_has_its_own_answer(bu_rina, mbak_ayu, pak_hasan):
    assert remembered("x", bu_rina, lambda: 1) == 1
    assert remembered("x", mbak_ayu, lambda: 2) == 2
    assert remembered("x", pak_hasan, lambda: 3) == 3


def test_job_that_ends_makes_it_ask_again(bu_rina):
    remembered("x", bu_rina, lambda: 1)
    Job.objects.create(jenis="impor_dtks", pemilik=bu_rina, keadaan="selesai", berakhir=timezone.now())
    assert remembered("x", bu_rina, lambda: 2) == 2


def edit(oleh, **fields) -> Suntingan:
    """A line that a change by hand leaves."""
    return Suntingan.objects.create(
        jenis="keluarga",
        keluarga_id=1,
        wilayah_id=RIAS,
        alasan="warga",
        oleh=oleh,
        sekali=uuid.uuid4(),
        **fields,
    )


def step(oleh, jenis: str) -> None:
    """A step of an import that has ended."""
    job = Job.objects.create(jenis="impor_dtks", pemilik=oleh, keadaan="selesai", berakhir=timezone.now())
    sumber, _ = Sumber.objects.get_or_create(jenis="DTKS", periode="2026-10")
    impor = Impor.objects.create(sumber=sumber, pemilik=oleh, ukuran=1)
    Langkah.objects.create(impor=impor, jenis=jenis, job=job, oleh=oleh)


def test_what_the_registers_tell_is_kept_until_somebody_writes_them(bu_rina):
    with use_territory(bu_rina):
        with connection.cursor() as cursor:  # one that is numbered, and not committed yet
            cursor.execute("SELECT nextval(pg_get_serial_sequence('kpm_suntingan', 'id'))")
            (late,) = cursor.fetchone()
        edit(bu_rina)
        assert remembered("x", bu_rina, lambda: 1, of_registers=True) == 1
        step(bu_rina, "tinjau")
        Job.objects.create(jenis="ekspor", pemilik=bu_rina, keadaan="selesai", berakhir=timezone.now())
        assert remembered("x", bu_rina, lambda: 2, of_registers=True) == 1
        edit(bu_rina, pk=late)
        assert remembered("x", bu_rina, lambda: 2, of_registers=True) == 2
        step(bu_rina, "terap")
        assert remembered("x", bu_rina, lambda: 3, of_registers=True) == 3
        step(bu_rina, "urung")
        assert remembered("x", bu_rina, lambda: 4, of_registers=True) == 4


def test_quick_answer_is_not_kept(bu_rina, monkeypatch):
    monkeypatch.setattr(module, "SLOW", 3600)
    remembered("x", bu_rina, lambda: 1)
    assert remembered("x", bu_rina, lambda: 2) == 2


def test_one_request_asks_once_and_the_next_asks_again(bu_rina, mbak_ayu, monkeypatch):
    monkeypatch.setattr(module, "SLOW", 3600)
    module._begin()
    assert remembered("x", bu_rina, lambda: 1) == 1
    assert remembered("x", bu_rina, lambda: 2) == 1
    assert remembered("x", mbak_ayu, lambda: 3) == 3
    module._end()
    module._begin()
    assert remembered("x", bu_rina, lambda: 4) == 4
    module._end()
    assert remembered("x", bu_rina, lambda: 5) == 5


@pytest.mark.parametrize("path", ["/", "/keluarga/", f"/wilayah/{RIAS}/", "/peta/"])
def test_no_page_puts_a_question_twice(client, bu_sri, keluarga_rias, path):
    client.force_login(bu_sri)
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    questions = Counter(query["sql"] for query in asked if query["sql"].startswith("SELECT"))
    assert [sql for sql, times in questions.items() if times > 1] == []
