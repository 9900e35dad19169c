"""The same work asked for twice at the same moment (faults F7 and F12), with real connections and locks."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from access.models import User
from access.scope import use_territory
from jobs.actions import claim_here
from jobs.models import Job
from jobs.pulse import JobLost
from jobs.registry import kind_of
from kpm.actions import queue_directly
from kpm.models import Impor
from kpm.uploads import accept_upload
from kpm.verdicts import FileRefused
from tests.berkas import csv_bytes, person
from tests.conftest import BANGKA_SELATAN, everything, make_user
from tests.test_tasks_twice import KINDS, RUN_RECORDS, fingerprint, own_kinds, owner  # noqa: F401

ROUNDS = 50  # F12: repeat 50 times


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run each on a thread and a connection of its own, released together; what they return or raise."""
    barrier = threading.Barrier(len(works))
    answers: list[object] = [None] * len(works)

    def run(place: int) -> None:
        barrier.wait()
        try:
            answers[place] = works[place]()
        except Exception as error:
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[place]) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.fixture
def admins(owner):  # noqa: F811
    """Two who may import the same file."""
    return owner, make_user("rina", "Rina Marlina", ("dinsos_kab", BANGKA_SELATAN))


def upload(content: bytes, by: User) -> Callable[[], Impor]:
    return lambda: accept_upload(
        berkas=io.BytesIO(content), nama="dtks.csv", pemilik=by, jenis="DTKS", periode="2026-10"
    )


def stored() -> tuple[int, int, int]:
    with everything(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM kpm_keluarga), count(*), count(DISTINCT id_dtks) FROM kpm_anggota"
        )
        return cursor.fetchone()


def test_of_two_who_send_one_file_at_once_one_is_told_who_was_first(admins):
    """Fifty times: one import, and a refusal that names the other."""
    for number in range(ROUNDS):
        answers = at_once(*(upload(csv_bytes([person(number + 1)]), by) for by in admins))
        taken = [one for one in answers if isinstance(one, Impor)]
        refused = [one for one in answers if isinstance(one, FileRefused)]
        assert (len(taken), len(refused)) == (1, 1), answers
        assert f"sedang dimuat oleh {taken[0].pemilik.nama}" in str(refused[0])
    assert Impor.objects.count() == Job.objects.count() == ROUNDS


def carry_out(job: Job) -> None:
    """Do a waiting job's work in one transaction, as its owner, in this thread."""
    fresh = Job.objects.select_related("pemilik").get(pk=job.pk)
    with transaction.atomic(), use_territory(fresh.pemilik):
        claimed = claim_here(fresh)
        kind_of(claimed).run(claimed)


def test_the_same_people_in_two_files_at_once_are_there_once(admins):
    """Other bytes, the same rows: both are imported at the same moment, and matched."""
    people = [person(number) for number in range(1, 31)]
    before = stored()
    jobs = [
        queue_directly(upload(csv_bytes(rows), by)())
        for rows, by in zip((people, people[::-1]), admins, strict=True)
    ]
    answers = at_once(*(lambda job=job: carry_out(job) for job in jobs))
    assert answers == [None, None]
    assert stored() == (before[0] + 30, before[1] + 30, before[2] + 30)
    new = [Job.objects.get(pk=job.pk).laporan["anggota"]["baru"] for job in jobs]
    assert sorted(new) == [0, 30]


def test_a_file_that_was_imported_is_refused_with_its_date_and_name(admins):
    content = csv_bytes([person(1)])
    carry_out(queue_directly(upload(content, admins[0])()))
    answers = at_once(*(upload(content, by) for by in admins))
    assert all(isinstance(one, FileRefused) for one in answers)
    assert all(f"oleh {admins[0].nama}" in str(one) and "sudah dimuat pada" in str(one) for one in answers)


@pytest.mark.parametrize("jenis", sorted(KINDS))
def test_a_kind_of_work_done_twice_at_once_has_one_effect(jenis, owner):  # noqa: F811
    """What two at once leave behind is what one alone would have changed, and a third changes nothing."""
    answers = at_once(lambda: KINDS[jenis](owner), lambda: KINDS[jenis](owner))
    settled = fingerprint(ignoring=RUN_RECORDS)
    refused = [one for one in answers if isinstance(one, Exception)]
    assert all(isinstance(one, FileRefused | JobLost) for one in refused), answers
    assert len(refused) < 2
    KINDS[jenis](owner)
    assert fingerprint(ignoring=RUN_RECORDS) == settled
    with everything(), connection.cursor() as cursor:
        cursor.execute("SELECT count(id_dtks), count(DISTINCT id_dtks) FROM kpm_anggota")
        people, different = cursor.fetchone()
    assert people == different
