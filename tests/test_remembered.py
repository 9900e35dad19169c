"""Slow answers about a territory are kept for their own territory, until the next job ends."""

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobs.models import Job
from kpm import remembered as module
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
