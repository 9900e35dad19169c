"""Exports through the death of their worker, a cancel half way, and rows that change meanwhile (fault F1)."""

from __future__ import annotations

import pytest

from jobs import actions, tasks
from jobs.ekspor.actions import folder, tidy
from jobs.models import Ekspor, EksporIsi, Job
from kpm.models import Anggota, Sumber
from tests.conftest import BANGKA_SELATAN, RIAS, everything, make_keluarga, make_user
from tests.ekspor import ask, csv_rows, names_in_folder, sheet_rows
from tests.faults.harness import wait_until

NAMES = ["ROSIDI", "NURHAYATI", "HENDRA"]


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def owner(committed_db):
    make_keluarga(Sumber.objects.create(jenis="DTKS", periode="2026-10"), RIAS, 1, *NAMES)
    return make_user("rina", "Rina Marlina", ("dinsos_kab", BANGKA_SELATAN))


def ended(job: Job) -> bool:
    return not Job.objects.filter(pk=job.pk, keadaan__in=actions.LIVE).exists()


def outcome(one: Ekspor) -> tuple[str, str, int]:
    one = Ekspor.objects.select_related("job").get(pk=one.pk)
    return one.keadaan, one.job.keadaan, one.job.percobaan


@pytest.mark.parametrize(
    ("point", "bentuk"),
    [
        ("jobs.ekspor.batch", "xlsx"),
        ("jobs.ekspor.batch", "csv"),
        ("jobs.ekspor.written", "xlsx"),
        ("jobs.ekspor.before_commit", "xlsx"),
    ],
)
def test_a_killed_worker_leaves_one_whole_file_and_one_set_of_ids(worker, owner, point, bentuk):
    worker.start(failpoint=f"{point}:kill")
    one = ask(owner, bentuk=bentuk)
    wait_until(lambda: ended(one.job), "the job has ended")
    assert worker.fired()
    assert outcome(one) == ("siap", "selesai", 2)
    one.refresh_from_db()
    assert names_in_folder() == [one.berkas]
    rows = sheet_rows(one) if bentuk == "xlsx" else csv_rows(one)
    assert [row["NAMA"] for row in rows] == NAMES
    with everything():
        people = set(Anggota.objects.values_list("pk", flat=True))
    assert [set(isi.ids) for isi in EksporIsi.objects.filter(objek="anggota")] == [people]


def test_the_half_file_of_a_dead_worker_is_swept_when_nobody_tries_again(worker, owner):
    worker.start(failpoint=f"jobs.ekspor.batch:wait:{worker.folder}/never")
    one = ask(owner)
    wait_until(worker.fired, "the first rows are written")
    half = names_in_folder()
    worker.kill()
    tidy()
    assert names_in_folder() == half == [f"{one.job_id}-1.tmp", f"{one.job_id}-1.xlsx"]
    actions.cancel(one.job)
    Job.objects.filter(pk=one.job_id).update(keadaan="dibatalkan")
    tidy()
    assert names_in_folder() == []
    assert outcome(one)[0] == "ditarik"


def test_a_cancel_half_way_leaves_nothing(worker, owner):
    release = worker.folder / "release"
    worker.start(failpoint=f"jobs.ekspor.batch:wait:{release}")
    one = ask(owner)
    wait_until(worker.fired, "the first rows are written")
    actions.cancel(one.job)
    release.touch()
    wait_until(lambda: ended(one.job), "the job has ended")
    assert outcome(one) == ("dibuat", "dibatalkan", 1)
    assert names_in_folder() == [] and not EksporIsi.objects.exists()
    tasks.tidy_ekspor()
    assert outcome(one)[0] == "ditarik"


def test_count_and_rows_are_of_one_moment(worker, owner):
    release = worker.folder / "release"
    worker.start(failpoint=f"jobs.ekspor.counted:wait:{release}")
    one = ask(owner)
    wait_until(worker.fired, "the rows are counted")
    make_keluarga(Sumber.objects.get(), RIAS, 2, "KEMUDIAN")
    release.touch()
    wait_until(lambda: ended(one.job), "the job has ended")
    one = Ekspor.objects.select_related("job").get(pk=one.pk)
    assert [row["NAMA"] for row in sheet_rows(one)] == NAMES
    assert (one.baris, one.job.laporan["baris"], one.job.percobaan) == (3, 3, 1)
    assert (folder() / one.berkas).stat().st_size == one.ukuran
