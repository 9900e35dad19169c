"""Slow answers about a territory are kept for their own territory, until the next job ends."""

import pytest
from django.utils import timezone

from jobs.models import Job
from kpm import remembered as module
from kpm.remembered import remembered

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
