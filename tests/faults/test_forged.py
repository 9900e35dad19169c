"""Whoever writes to Redis decides nothing (threat T11): a message holds an id and an attempt, PostgreSQL the rest."""

from __future__ import annotations

import base64
import json
import pickle
import uuid

import pytest
from celery import current_app

from jobs import actions
from jobs.models import Job
from tests.conftest import BANGKA_SELATAN, make_user
from tests.faults.harness import wait_until
from tests.test_tasks_twice import fingerprint


class Opens:
    """What unpickling would do: make a file."""

    def __init__(self, path: str):
        self.path = path

    def __reduce__(self):
        return (open, (self.path, "w"))


def raw_message(body: bytes, kind: str, task: str = "jobs.run") -> str:
    """A message as kombu lays it into the list, with any body and content type."""
    number = str(uuid.uuid4())
    return json.dumps(
        {
            "body": base64.b64encode(body).decode(),
            "content-encoding": "binary" if "python" in kind else "utf-8",
            "content-type": kind,
            "headers": {
                "lang": "py",
                "task": task,
                "id": number,
                "root_id": number,
                "argsrepr": "()",
                "retries": 0,
            },
            "properties": {
                "correlation_id": number,
                "delivery_mode": 2,
                "delivery_info": {"exchange": "", "routing_key": "celery"},
                "priority": 0,
                "body_encoding": "base64",
                "delivery_tag": str(uuid.uuid4()),
            },
        }
    )


def call_of(*arguments, **named) -> bytes:
    return json.dumps([list(arguments), named, {}]).encode()


@pytest.fixture
def owner(committed_db):
    return make_user("rina", "Rina Marlina", ("dinsos_kab", BANGKA_SELATAN))


def ended(job: Job) -> bool:
    job.refresh_from_db()
    return not job.is_live


def test_forged_messages_change_no_row_and_the_worker_lives(worker, redis, owner, tmp_path):
    done = actions.queue_job(jenis="uji_tulis", pemilik=owner)
    worker.start()
    wait_until(lambda: ended(done), "the honest job has ended")
    later = actions.queue_job(jenis="uji_tulis", pemilik=owner)
    wait_until(lambda: ended(later), "another one too")
    Job.objects.filter(pk=later.pk).update(keadaan="dibatalkan")
    before = fingerprint()

    trap = tmp_path / "opened"
    pickled = pickle.dumps(([Opens(str(trap))], {}, {}))
    forged = [
        *(raw_message(call_of(*pair), "application/json") for pair in (
            (999999, 1), (done.pk, 1), (done.pk, 2), (done.pk, 99), (later.pk, 2), (-1, -1), (done.pk, "1"),
            ("1; DROP TABLE jobs_job", 1), ([], {}), (10**30, 1), (None, None), (),
        )),
        raw_message(call_of(done.pk, 1, pemilik_id=1, wilayah_id="19"), "application/json"),
        raw_message(pickled, "application/x-python-serialize"),
        raw_message(pickled, "application/json"),
        raw_message(call_of("touch", str(trap)), "application/json", task="os.system"),
        raw_message(call_of(), "application/json", task="jobs.tidak_ada"),
        raw_message(b"x" * 20_000_000, "application/json"),
        raw_message(call_of("x" * 5_000_000, 1), "application/json"),
        raw_message(b"<x/>", "text/xml"),
    ]  # fmt: skip
    broker = current_app.connection_for_write()
    with broker, broker.channel() as channel:
        for message in forged:
            channel.client.lpush("celery", message)
    wait_until(lambda: redis.ask("llen", "celery") == "0", "the forged messages are taken")
    honest = actions.queue_job(jenis="uji_tulis", pemilik=owner)
    wait_until(lambda: ended(honest), "an honest job after them has ended")
    assert honest.keadaan == "selesai"
    assert not trap.exists()
    mine = {"jobs_job", "kpm_rekap"}
    assert {name: digest for name, digest in fingerprint().items() if name not in mine} == {
        name: digest for name, digest in before.items() if name not in mine
    }
    rows = list(Job.objects.order_by("pk").values_list("pk", "keadaan", "percobaan"))
    assert rows == [(done.pk, "selesai", 1), (later.pk, "dibatalkan", 1), (honest.pk, "selesai", 1)]


def test_a_message_for_a_later_attempt_starts_nothing(worker, owner, monkeypatch):
    """A waiting job is started by its own attempt alone, so nobody burns the three it has."""
    monkeypatch.setattr(actions, "send", lambda job_id, attempt: True)
    job = actions.queue_job(jenis="uji_tulis", pemilik=owner)
    worker.start()
    for attempt in (0, 2, 3, 99):
        current_app.send_task("jobs.run", args=[job.pk, attempt])
    honest = actions.queue_job(jenis="uji_tulis", pemilik=owner)
    current_app.send_task("jobs.run", args=[honest.pk, 1])
    wait_until(lambda: ended(honest), "the honest job behind them has ended")
    job.refresh_from_db()
    assert (job.keadaan, job.percobaan) == ("menunggu", 0)
