"""An import whose process is killed at each of its named points: all rows or none, never some (F1)."""

from __future__ import annotations

import io

import pytest
from django.db import connection

from access.scope import use_territory
from jobs import actions as jobs_actions
from jobs import tasks
from jobs.models import Job
from kpm import actions
from tests.berkas import csv_bytes, person
from tests.conftest import BANGKA_SELATAN, make_user
from tests.faults.harness import Reader, wait_until

ROWS = 300
COUNT = "SELECT count(*) FROM kpm_anggota"
POINTS = [
    ("jobs.staging.after_read", 2),
    ("kpm.impor.staged", 2),
    ("kpm.impor.checked", 2),
    ("kpm.impor.before_merge", 2),
    ("kpm.impor.before_commit", 2),
    ("kpm.impor.after_commit", 1),
]


@pytest.fixture
def owner(committed_db):
    return make_user("rina", "Rina Marlina", ("dinsos_kab", BANGKA_SELATAN))


@pytest.mark.parametrize(("point", "attempts"), POINTS)
def test_a_killed_import_is_all_or_nothing(worker, owner, point, attempts):
    with Reader(COUNT, connection.settings_dict["NAME"]) as reader:
        worker.start(failpoint=f"{point}:kill")
        content = csv_bytes([person(n) for n in range(1, ROWS + 1)])
        with use_territory(owner):
            impor = actions.accept_upload(
                berkas=io.BytesIO(content), nama="dtks.csv", pemilik=owner, jenis="DTKS", periode="2026-10"
            )
        wait_until(worker.fired, f"{point} was reached")
        wait_until(lambda: tasks.sweep() or ended(impor.job_id), "the job has ended")
        wait_until(lambda: (ROWS,) in reader.seen, "the reader saw the result")
    job = Job.objects.get(pk=impor.job_id)
    assert (job.keadaan, job.percobaan, job.laporan["diterapkan"]) == ("selesai", attempts, ROWS)
    assert reader.seen <= {(0,), (ROWS,)}


def ended(job_id: int) -> bool:
    return not Job.objects.filter(pk=job_id, keadaan__in=jobs_actions.LIVE).exists()
