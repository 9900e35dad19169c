"""F18: web workers are killed and reloaded under load. What was answered is stored, once."""

from __future__ import annotations

import pytest

from jobs.models import Job
from tests.conftest import BANGKA_SELATAN, make_user
from tests.faults.harness import Crowd, Visitor, log_in

CLIENTS = 4
pytestmark = pytest.mark.fault("F18", "proses web dibunuh dan dimuat ulang di bawah beban")


@pytest.fixture
def owner(committed_db):
    return make_user("rina", "Rina Marlina", ("dinsos_kab", BANGKA_SELATAN))


@pytest.fixture
def failed_jobs(owner) -> list[list[str]]:
    """Quarantined jobs, dealt out to the clients. Starting one again is a write that must not be lost."""
    quarantined = {"keadaan": "karantina", "percobaan": 3, "batas_percobaan": 3}
    jobs = Job.objects.bulk_create(
        Job(jenis="uji", pemilik=owner, **quarantined) for _ in range(CLIENTS * 40)
    )
    return [[str(job.pk) for job in jobs[n::CLIENTS]] for n in range(CLIENTS)]


def start_again(visitors: list[Visitor]):
    def send(client: int, item: str) -> tuple[str, int]:
        return "-", visitors[client].post(f"/pekerjaan/{item}/ulangi/").status

    return send


def test_kills_and_a_reload_lose_nothing_that_was_answered(web, ledger, owner, failed_jobs, record_property):
    web.start()
    visitors = [log_in(web.port, owner) for _ in range(CLIENTS)]
    with Crowd(ledger, start_again(visitors), failed_jobs) as crowd:
        for acks in (30, 60):
            crowd.wait_for(acks)
            web.kill_worker()
        crowd.wait_for(90)
        failed = dict(ledger.failed)
        web.reload()
    record_property("jawaban", dict(ledger.statuses()))
    record_property("gagal karena proses dibunuh", f"{sum(failed.values())} dari 2 x {CLIENTS} pengguna")
    assert max(failed.values(), default=0) <= 2  # a client loses one request to each killed worker
    assert dict(ledger.failed) == failed  # and none to a reload
    assert set(ledger.statuses()) <= {"302", "0"}
    assert len(ledger.acked) == CLIENTS * 40
    assert Job.objects.filter(keadaan="menunggu", batas_percobaan=6).count() == CLIENTS * 40
    assert visitors[0].get("/pekerjaan/").status == 200  # still logged in
