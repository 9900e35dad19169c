"""Jobs through the death of a pool child, a worker, and Redis (faults F1, F3, F5, F7)."""

from __future__ import annotations

import os
import signal

import pytest
from django.conf import settings
from django.db import connection

from jobs import actions, tasks
from jobs.models import Job
from tests.conftest import BANGKA_SELATAN, make_user
from tests.faults.harness import Reader, wait_until
from tests.faults.kinds import ROWS

COUNT = "SELECT count(*) FROM kpm_rekap WHERE ukuran LIKE 'uji\\_%'"


@pytest.fixture
def owner(committed_db):
    return make_user("rina", "Rina Marlina", ("dinsos_kab", BANGKA_SELATAN))


@pytest.fixture
def reader(committed_db):
    with Reader(COUNT, connection.settings_dict["NAME"]) as reader:
        yield reader


def ended(*jobs: Job) -> bool:
    return not Job.objects.filter(pk__in=[job.pk for job in jobs], keadaan__in=actions.LIVE).exists()


def outcome(job: Job) -> tuple[str, int]:
    job.refresh_from_db()
    return job.keadaan, job.percobaan


def count() -> int:
    with connection.cursor() as cursor:
        cursor.execute(COUNT)
        return cursor.fetchone()[0]


@pytest.mark.fault("F1", "worker dibunuh di tengah pekerjaan")
def test_a_killed_child_leaves_all_or_nothing(worker, owner, reader):
    worker.start(failpoint="uji.before_commit:kill")
    job = actions.queue_job(jenis="uji_tulis", pemilik=owner)
    wait_until(worker.fired, "the rows are written, not committed")
    wait_until(lambda: ended(job), "the job has ended")
    wait_until(lambda: (ROWS,) in reader.seen, "the reader saw the result")
    assert outcome(job) == ("selesai", 2)
    assert count() == ROWS
    assert reader.seen <= {(0,), (ROWS,)}


@pytest.mark.fault("F1", "worker dibunuh di tengah pekerjaan")
def test_a_killed_worker_loses_no_job(worker, owner, reader):
    worker.start(failpoint=f"uji.before_commit:wait:{worker.folder}/never")
    job = actions.queue_job(jenis="uji_tulis", pemilik=owner)
    wait_until(worker.fired, "the work has begun")
    worker.kill()
    worker.start()
    wait_until(lambda: tasks.sweep() or ended(job), "the job has ended")
    assert outcome(job) == ("selesai", 2)
    assert count() == ROWS
    assert reader.seen <= {(0,), (ROWS,)}


@pytest.mark.fault("F3", "proses yang membunuh diri: tiga kali, lalu dihentikan")
def test_poison_is_quarantined_and_the_queue_moves_on(worker, owner):
    worker.start()
    poison = actions.queue_job(jenis="uji_racun", pemilik=owner)
    good = [actions.queue_job(jenis="uji_tulis", pemilik=owner) for _ in range(20)]
    wait_until(lambda: tasks.sweep() or ended(poison, *good), "all jobs have ended")
    assert outcome(poison) == ("karantina", 3)
    starts = settings.DATA_DIR / f"racun-{poison.pk}"
    assert starts.read_text().count("mulai") == 3
    assert "sudah dicoba 3 kali" in poison.pesan
    starts.unlink()
    assert Job.objects.filter(keadaan="selesai").count() == 20
    assert count() == 20 * ROWS


@pytest.mark.fault("F1", "worker dibunuh di tengah pekerjaan")
def test_a_stopped_worker_that_wakes_up_writes_nothing(worker, owner, reader, monkeypatch):
    release = worker.folder / "release"
    worker.start(failpoint=f"jobs.claimed:wait:{release}")
    job = actions.queue_job(jenis="uji_tulis", pemilik=owner)
    wait_until(worker.fired, "the attempt has begun")
    sleeper = worker.children()[0]
    os.kill(sleeper, signal.SIGSTOP)
    monkeypatch.setattr(actions, "ASLEEP_SECONDS", 0)  # a minute without a heartbeat, at once
    following = wait_until(lambda: actions.release_dead(job.pk), "the sleeper was given up")
    successor = actions.claim(job.pk, following)
    release.touch()
    os.kill(sleeper, signal.SIGCONT)
    wait_until(lambda: worker.lines("is no longer the one at work"), "the sleeper noticed")
    assert count() == 0
    actions.finish(successor, {"jumlah": 0})
    successor.pulse.close()
    assert outcome(job) == ("selesai", 2)


@pytest.mark.fault("F5", "Redis dikosongkan, dibunuh, atau tidak ada")
@pytest.mark.parametrize("fault", ["flush", "kill"])
def test_jobs_that_redis_lost_are_sent_again(worker, redis, owner, monkeypatch, fault):
    jobs = [actions.queue_job(jenis="uji_tulis", pemilik=owner) for _ in range(10)]
    assert redis.ask("llen", "celery") == "10"
    {"flush": lambda: redis.ask("flushall"), "kill": lambda: (redis.kill(), redis.start())}[fault]()
    monkeypatch.setattr(tasks, "WAITING_SECONDS", 0)
    worker.start()
    tasks.sweep()
    wait_until(lambda: ended(*jobs), "all jobs have ended")
    assert {outcome(job) for job in jobs} == {("selesai", 1)}
    assert count() == 10 * ROWS


@pytest.mark.fault("F5", "Redis dikosongkan, dibunuh, atau tidak ada")
def test_a_worker_outlives_redis(worker, redis, owner, monkeypatch):
    worker.start()
    redis.kill()
    job = actions.queue_job(jenis="uji_tulis", pemilik=owner)
    monkeypatch.setattr(tasks, "WAITING_SECONDS", 0)
    redis.start()
    wait_until(lambda: tasks.sweep() or ended(job), "the job has ended")
    assert outcome(job) == ("selesai", 1)


@pytest.mark.fault("F5", "Redis dikosongkan, dibunuh, atau tidak ada")
def test_queueing_succeeds_without_redis(redis, owner):
    redis.kill()
    job = actions.queue_job(jenis="uji_tulis", pemilik=owner)
    job.refresh_from_db()
    assert (job.keadaan, job.dikirim) == ("menunggu", None)


def test_no_personal_data_waits_in_redis(redis, owner):
    actions.queue_job(jenis="uji_tulis", pemilik=owner, parameter={"impor": 7})
    message = redis.ask("lrange", "celery", "0", "-1")
    assert "jobs.run" in message
    assert "Rina" not in message
    assert "impor" not in message


def test_a_pulse_that_was_cut_connects_again(owner):
    job = actions.queue_job(jenis="uji_tulis", pemilik=owner)
    attempt = actions.claim(job.pk, 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [attempt.pulse.connection.info.backend_pid])
    actions.progress(attempt, fase="tulis")
    actions.progress(attempt, fase="tulis", done=5)
    assert actions.release_dead(job.pk) is None  # the lock was taken again
    attempt.pulse.close()
    job.refresh_from_db()
    assert job.selesai_n == 5
