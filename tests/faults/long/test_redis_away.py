"""F5 at full length: 200 jobs wait and some run while Redis forgets everything, dies, or stays away."""

from __future__ import annotations

import pytest
from django.db import connection

from jobs import actions, tasks
from jobs.models import Job
from tests.conftest import BANGKA_SELATAN, PASSWORD, SERDANG, make_user
from tests.faults.harness import Redis, Visitor, log_in, wait_until
from tests.faults.kinds import ROWS

JOBS = 200
pytestmark = pytest.mark.fault("F5", "Redis dikosongkan, dibunuh, atau tidak ada")


@pytest.fixture
def owner(committed_db):
    return make_user("rina", "Rina Marlina", ("dinsos_kab", BANGKA_SELATAN))


@pytest.fixture
def locked_out(committed_db):
    """Somebody whose password was guessed at until the door closed."""
    return make_user("budi", "Budi Santoso", ("operator_desa", SERDANG))


def ended() -> int:
    return Job.objects.exclude(keadaan__in=actions.LIVE).count()


def rows() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kpm_rekap WHERE ukuran LIKE 'uji\\_%'")
        return cursor.fetchone()[0]


def try_door(port: int, password: str) -> int:
    return Visitor(port).post("/akun/login/", login="budi", password=password).status


def ask_meanwhile(visitor: Visitor, owner, more: list[Job]) -> None:
    """A user works on: pages open, and what is queued now is queued, whatever Redis does."""
    assert visitor.get("/pekerjaan/").status == 200
    job = Job.objects.create(jenis="uji_tulis", pemilik=owner, keadaan="gagal", percobaan=1)
    assert visitor.post(f"/pekerjaan/{job.pk}/ulangi/").status == 302
    more.append(job)


def flush(redis: Redis, meanwhile) -> None:
    redis.ask("flushall")
    meanwhile()


def kill(redis: Redis, meanwhile) -> None:
    redis.kill()
    redis.start()
    meanwhile()


def stay_away(redis: Redis, meanwhile) -> None:
    redis.kill()
    for _ in range(5):
        meanwhile()
    assert tasks.sweep() is None  # the sweeper finds nobody to send to, and says nothing
    redis.start()


@pytest.mark.parametrize("fault", [flush, kill, stay_away])
def test_no_job_no_session_and_no_lock_is_lost(
    worker, redis, web, owner, locked_out, monkeypatch, fault, record_property
):
    web.start()
    visitor = log_in(web.port, owner)
    wrong = [try_door(web.port, f"bukan-ini-{n}") for n in range(5)]
    assert wrong[-1] == 429
    for _ in range(JOBS):
        actions.queue_job(jenis="uji_tulis", pemilik=owner)
    worker.start(concurrency=2)
    wait_until(lambda: ended() >= 20, "some jobs have ended")
    assert Job.objects.filter(keadaan="menunggu").count() > 10
    more: list[Job] = []
    fault(redis, lambda: ask_meanwhile(visitor, owner, more))
    monkeypatch.setattr(tasks, "WAITING_SECONDS", 0)
    wait_until(lambda: tasks.sweep() or ended() == JOBS + len(more), "all jobs have ended", timeout=180)
    assert set(Job.objects.values_list("keadaan", flat=True)) == {"selesai"}
    assert rows() == (JOBS + len(more)) * ROWS
    assert visitor.get("/pekerjaan/").status == 200
    assert try_door(web.port, PASSWORD) == 429
    record_property(fault.__name__, f"{JOBS + len(more)} pekerjaan selesai, 0 keluar sendiri")
