"""Undo among others: who edits while it works, and two who ask at once. Real transactions, real waiting."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from access.history import acting
from access.scope import use_territory
from jobs import actions as job_actions
from jobs.models import Job
from jobs.tasks import run
from kpm import undo, urung
from kpm.langkah import StepRefused
from kpm.models import Anggota, Keluarga, SisaUrung
from tests.berkas import import_bytes
from tests.conftest import BANGKA_SELATAN, everything, make_user
from tests.test_undo import families, keluarga_of
from tests.urungkan import registers


@pytest.fixture
def rina(committed_db, monkeypatch):
    monkeypatch.setattr(job_actions, "send", lambda job_id, attempt: True)
    return make_user("rina", "Rina Marlina", ("dinsos_kab", BANGKA_SELATAN))


def beside(work) -> None:
    """Do something as another process would, and wait for it."""

    def alone() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=alone)
    thread.start()
    thread.join()


def test_an_edit_between_judging_and_applying_is_kept_and_told(rina, monkeypatch):
    impor = import_bytes(families(3), rina)
    judge, held = undo.Undo.judge, []

    def edit() -> None:
        with use_territory(rina), acting(user=rina.pk):
            Keluarga.objects.filter(no_kk="1903010101200001").update(alamat="BARUSAN")

    def judge_then_edit(self, *, hold=False):
        judged = judge(self, hold=hold)
        held.append(hold)
        if not hold:
            beside(edit)
        return judged

    monkeypatch.setattr(undo.Undo, "judge", judge_then_edit)
    job = urung.request_undo(impor_id=impor.pk, arah=urung.URUNG, by=rina)
    run(job.pk, 1)
    job.refresh_from_db()
    assert (job.keadaan, job.percobaan, held) == ("selesai", 1, [False, True])
    with everything():
        assert [row.alamat for row in Keluarga.objects.all()] == ["BARUSAN"]
        assert Anggota.objects.count() == 2
        assert SisaUrung.objects.get(job=job).keluarga_id == keluarga_of(1).pk


def test_a_child_born_between_judging_and_applying_keeps_its_family(rina, monkeypatch):
    impor = import_bytes(families(3), rina)
    judge = undo.Undo.judge

    def be_born() -> None:
        with use_territory(rina), acting(user=rina.pk):
            home = keluarga_of(2)
            Anggota.objects.create(
                keluarga=home,
                wilayah_id=home.wilayah_id,
                sumber=impor.sumber,
                nama="BAYI",
                nama_normal="BAYI",
            )

    def judge_then_bear(self, *, hold=False):
        judged = judge(self, hold=hold)
        if not hold:
            beside(be_born)
        return judged

    monkeypatch.setattr(undo.Undo, "judge", judge_then_bear)
    job = urung.request_undo(impor_id=impor.pk, arah=urung.URUNG, by=rina)
    run(job.pk, 1)
    with everything():
        assert [row.no_kk for row in Keluarga.objects.all()] == ["1903010101200002"]
        assert Anggota.objects.count() == 3


def test_two_who_ask_at_once_get_one_undo(rina):
    before = registers()
    impor = import_bytes(families(3), rina)
    start, answers = threading.Barrier(2), []

    def ask() -> None:
        try:
            start.wait()
            urung.request_undo(impor_id=impor.pk, arah=urung.URUNG, by=rina)
            answers.append("yes")
        except StepRefused as refusal:
            answers.append(str(refusal)[:31])
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(answers) == ["Impor ini sedang dikerjakan. Tu", "yes"]
    run(Job.objects.get(jenis="impor_urung").pk, 1)
    assert registers() == before
