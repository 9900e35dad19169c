"""F1: the worker is killed in the middle of an import. A reader sees nothing or everything."""

from __future__ import annotations

import io
import os
import signal
import subprocess

import pytest
from django.db import connection, transaction

from jobs import tasks
from jobs.actions import retry
from jobs.models import Job
from jobs.staging import CRASHED
from kpm.actions import queue_directly
from kpm.keputusan import apply_reviewed
from kpm.models import Anggota, Impor, Keluarga
from kpm.uploads import accept_upload
from tests.berkas import csv_bytes, person
from tests.conftest import BANGKA_SELATAN, everything, make_user
from tests.faults.harness import Reader, wait_until

pytestmark = pytest.mark.fault("F1", "worker dibunuh di tengah pekerjaan")
ROWS = 3000
COUNTS = "SELECT (SELECT count(*) FROM kpm_keluarga), (SELECT count(*) FROM kpm_anggota)"


@pytest.fixture
def reader(committed_db):
    with Reader(COUNTS, connection.settings_dict["NAME"]) as reader:
        yield reader


@pytest.fixture
def owner(committed_db):
    return make_user("rina", "Rina Marlina", ("dinsos_kab", BANGKA_SELATAN))


def sent(owner) -> Impor:
    """An uploaded file of ROWS clean people, each a keluarga of his own; its preview is queued."""
    content = csv_bytes([person(number) for number in range(1, ROWS + 1)])
    return accept_upload(
        berkas=io.BytesIO(content), nama="dtks.csv", pemilik=owner, jenis="DTKS", periode="2026-10"
    )


@pytest.fixture
def upload(worker, owner):
    """Such a file, to be applied without a preview."""

    def send() -> Job:
        with transaction.atomic():
            return queue_directly(sent(owner))

    return send


def ended(job: Job) -> bool:
    job.refresh_from_db()
    return not job.is_live


def stored() -> tuple[int, int, int]:
    """Keluarga, anggota, and how many different people the anggota are."""
    with everything():
        people = Anggota.objects.values("id_dtks").distinct().count()
        return Keluarga.objects.count(), Anggota.objects.count(), people


@pytest.mark.parametrize(
    ("point", "attempts"),
    [
        ("jobs.staging.reading", 2),
        ("jobs.staging.after_read", 2),
        ("kpm.impor.staged", 2),
        ("kpm.impor.checked", 2),
        ("kpm.impor.before_merge", 2),
        ("kpm.impor.24_anggota_baru", 2),
        ("kpm.impor.before_commit", 2),
        ("kpm.impor.after_commit", 1),
    ],
)
def test_an_import_killed_anywhere_is_there_once(worker, upload, reader, point, attempts):
    worker.start(failpoint=f"{point}:kill")
    job = upload()
    wait_until(worker.fired, f"{point} was reached")
    wait_until(lambda: ended(job), "the import has ended")
    assert (job.keadaan, job.percobaan, job.laporan["diterapkan"]) == ("selesai", attempts, ROWS)
    assert stored() == (ROWS, ROWS, ROWS)
    wait_until(lambda: (ROWS, ROWS) in reader.seen, "the reader saw the import")
    assert reader.seen <= {(0, 0), (ROWS, ROWS)}
    assert reader.reads > 10


@pytest.mark.parametrize(
    "point",
    [
        "kpm.tinjau.awal",
        "jobs.staging.after_read",
        "kpm.tinjau.staged",
        "kpm.tinjau.checked",
        "kpm.tinjau.compared",
        "kpm.tinjau.before_commit",
    ],
)
def test_a_preview_killed_anywhere_is_made_once_and_writes_nothing(worker, owner, reader, point):
    worker.start(failpoint=f"{point}:kill")
    impor = sent(owner)
    step = impor.langkah_list.get()
    wait_until(worker.fired, f"{point} was reached")
    wait_until(lambda: ended(step.job), "the preview has ended")
    impor.refresh_from_db()
    assert (step.job.keadaan, step.job.percobaan, impor.keadaan) == ("selesai", 2, "ditinjau")
    assert (impor.awal["seluruh"], impor.tinjauan["diterapkan"]) == (ROWS, ROWS)
    assert stored() == (0, 0, 0)
    apply_reviewed(impor_id=impor.pk, by=owner, sidik=impor.tinjauan["sidik"])
    wait_until(lambda: ended(impor.langkah_list.latest("pk").job), "the import has ended")
    wait_until(lambda: (ROWS, ROWS) in reader.seen, "the reader saw the import")
    assert stored() == (ROWS, ROWS, ROWS)
    assert reader.seen <= {(0, 0), (ROWS, ROWS)}


def test_an_import_whose_reader_is_killed_fails_and_is_tried_again_by_hand(worker, upload, reader):
    """As the kernel does when memory runs out: the worker lives, nothing is written, and a sentence says why."""
    go_on = worker.folder / "lanjut"
    worker.start(failpoint=f"jobs.staging.started:wait:{go_on}")
    job = upload()
    wait_until(worker.fired, "the reader waits for its order")
    (child,) = readers_of(worker)
    os.kill(child, signal.SIGKILL)
    go_on.touch()
    wait_until(lambda: ended(job), "the import has ended")
    assert (job.keadaan, job.pesan) == ("gagal", CRASHED)
    assert stored() == (0, 0, 0)
    retry(job)
    wait_until(lambda: ended(job), "the import has ended")
    assert (job.keadaan, stored()) == ("selesai", (ROWS, ROWS, ROWS))
    assert reader.seen <= {(0, 0), (ROWS, ROWS)}


def readers_of(worker) -> list[int]:
    """The process ids of jobs.reader below the worker's pool."""
    found = []
    for parent in worker.children():
        done = subprocess.run(
            ["pgrep", "-P", str(parent), "-f", "jobs.reader"], capture_output=True, text=True, check=False
        )
        found += [int(pid) for pid in done.stdout.split()]
    return found


def test_an_import_survives_the_death_of_its_worker(worker, upload, reader):
    worker.start(failpoint=f"kpm.impor.before_commit:wait:{worker.folder}/never")
    job = upload()
    wait_until(worker.fired, "the rows are merged, not committed")
    worker.kill()
    worker.start()
    wait_until(lambda: tasks.sweep() or ended(job), "the import has ended")
    assert (job.keadaan, job.percobaan) == ("selesai", 2)
    assert stored() == (ROWS, ROWS, ROWS)
    assert reader.seen <= {(0, 0), (ROWS, ROWS)}
