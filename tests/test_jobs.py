"""Jobs: who may start an attempt, who may still write, and what the sweeper mends."""

from __future__ import annotations

import select
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.models import User
from jobs import actions, pulse, tasks
from jobs.actions import JobCancelled, JobFailed, JobLost
from jobs.models import Job
from jobs.registry import Step, task_kind
from kpm.langkah import KINDS
from kpm.models import Impor, Langkah
from tests.conftest import BANGKA_SELATAN, make_user


@task_kind(
    "uji_hitung",
    label="Menghitung",
    steps=[Step("hitung", "Hitung", "Menghitung baris", "satu demi satu")],
    result_url=lambda job: f"/hasil/{job.laporan['jumlah']}/",
)
def count_rows(job: Job) -> dict:
    """Does what its parameter says: count, fail, or break."""
    actions.progress(job, fase="hitung", done=3, total=10)
    if sentence := job.parameter.get("gagal"):
        raise JobFailed(sentence)
    if job.parameter.get("rusak"):
        raise ZeroDivisionError
    with transaction.atomic():
        actions.lock_for_apply(job)
        actions.finish(job, {"jumlah": 10})
    return {}


@pytest.fixture
def queue(monkeypatch):
    """The messages that went to the queue, instead of Redis; their number is the outside world."""
    sent: list[tuple[int, int]] = []

    def send(job_id: int, attempt: int) -> bool:
        sent.append((job_id, attempt))
        Job.objects.filter(pk=job_id, keadaan="menunggu").update(dikirim=timezone.now())
        return True

    monkeypatch.setattr(actions, "send", send)
    return sent


@pytest.fixture
def owner(committed_db):
    return make_user("rina", "Rina Marlina", ("dinsos_kab", BANGKA_SELATAN))


@pytest.fixture
def job(owner, queue):
    return actions.queue_job(jenis="uji_hitung", pemilik=owner)


@contextmanager
def running(job_id: int, attempt: int):
    """An attempt at work in this process, with its lock and second connection."""
    job = actions.claim(job_id, attempt)
    try:
        yield job
    finally:
        job.pulse.close()


def fall_asleep(job: Job) -> None:
    """As if the attempt's process had been stopped two minutes ago."""
    Job.objects.filter(pk=job.pk).update(detak=timezone.now() - timedelta(minutes=2))


# --- queue ---------------------------------------------------------------------------------------


def test_a_job_is_queued_when_its_transaction_commits(owner, queue):
    with transaction.atomic():
        job = actions.queue_job(jenis="uji_hitung", pemilik=owner, parameter={"impor": 7})
        assert queue == []
    assert queue == [(job.pk, 1)]
    assert job.keadaan == "menunggu"


def test_a_rolled_back_request_leaves_no_job_and_no_message(owner, queue):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.queue_job(jenis="uji_hitung", pemilik=owner)
        raise ZeroDivisionError
    assert queue == []
    assert not Job.objects.exists()


# --- claim ---------------------------------------------------------------------------------------


def test_one_of_many_workers_gets_the_job(job):
    barrier = threading.Barrier(8)
    claimed: list[Job | None] = []

    def claim() -> None:
        barrier.wait()
        claimed.append(actions.claim(job.pk, 1))
        connection.close()

    workers = [threading.Thread(target=claim) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    winners = [winner for winner in claimed if winner is not None]
    winners[0].pulse.close()
    assert len(claimed) == 8
    assert [winner.percobaan for winner in winners] == [1]


def test_a_message_delivered_twice_does_nothing_the_second_time(job):
    tasks.run(job.pk, 1)
    first = Job.objects.values().get(pk=job.pk)
    tasks.run(job.pk, 1)
    assert Job.objects.values().get(pk=job.pk) == first
    assert first["keadaan"] == "selesai"


def test_a_second_delivery_leaves_a_running_attempt_alone(job):
    with running(job.pk, 1):
        tasks.run(job.pk, 1)
        job.refresh_from_db()
        assert (job.keadaan, job.percobaan) == ("berjalan", 1)


def test_a_forged_message_starts_nothing(job):
    tasks.run(job.pk, 2)
    tasks.run(job.pk, 3)
    tasks.run(987_654, 1)
    job.refresh_from_db()
    assert (job.keadaan, job.percobaan) == ("menunggu", 0)


def test_a_redelivered_message_starts_the_next_attempt_when_the_process_died(job):
    actions.claim(job.pk, 1).pulse.connection.close()  # what the kernel does for a killed process
    tasks.run(job.pk, 1)
    job.refresh_from_db()
    assert (job.keadaan, job.percobaan) == ("selesai", 2)


# --- who may write -------------------------------------------------------------------------------


def test_a_worker_that_slept_through_its_replacement_cannot_apply(job, queue):
    with running(job.pk, 1) as sleeper:
        fall_asleep(job)
        tasks.sweep()
        assert queue[-1] == (job.pk, 2)
        with running(job.pk, 2) as successor:
            with pytest.raises(JobLost), transaction.atomic():
                actions.lock_for_apply(sleeper)
            with pytest.raises(JobLost):
                actions.finish(sleeper, {"jumlah": 1})
            with pytest.raises(JobLost):
                actions.progress(sleeper, fase="hitung")
            actions.finish(successor, {"jumlah": 2})
    job.refresh_from_db()
    assert job.laporan == {"jumlah": 2}


def test_nobody_takes_over_while_the_applying_transaction_is_open(job, queue):
    with running(job.pk, 1) as applying, transaction.atomic():
        actions.lock_for_apply(applying)
        sweep_elsewhere(job)
        actions.finish(applying, {"jumlah": 10})
    job.refresh_from_db()
    assert (job.keadaan, job.percobaan) == ("selesai", 1)
    assert queue == [(job.pk, 1)]


def sweep_elsewhere(job: Job) -> None:
    """The sweeper on another connection, with the attempt looking asleep."""

    def sweep() -> None:
        fall_asleep(job)
        tasks.sweep()
        connection.close()

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    sweeper.join()


def test_progress_is_seen_while_the_applying_transaction_is_open(job):
    seen: list[tuple] = []

    def look() -> None:
        seen.extend(Job.objects.filter(pk=job.pk).values_list("fase", "selesai_n", "total_n"))
        connection.close()

    with running(job.pk, 1) as applying, transaction.atomic():
        actions.lock_for_apply(applying)
        actions.progress(applying, fase="hitung", done=4, total=9)
        reader = threading.Thread(target=look)
        reader.start()
        reader.join()
    assert seen == [("hitung", 4, 9)]


def test_lock_for_apply_needs_a_transaction(job):
    with running(job.pk, 1) as attempt, pytest.raises(RuntimeError):
        actions.lock_for_apply(attempt)


# --- how it ends ---------------------------------------------------------------------------------


def test_a_failure_says_why_and_is_not_tried_again(owner, queue):
    job = actions.queue_job(jenis="uji_hitung", pemilik=owner, parameter={"gagal": "Berkas ini kosong."})
    tasks.run(job.pk, 1)
    job.refresh_from_db()
    assert (job.keadaan, job.pesan, job.percobaan) == ("gagal", "Berkas ini kosong.", 1)
    assert queue == [(job.pk, 1)]


def test_what_breaks_three_times_is_quarantined_with_its_reason(owner, queue):
    job = actions.queue_job(jenis="uji_hitung", pemilik=owner, parameter={"rusak": True})
    bystander = actions.queue_job(jenis="uji_hitung", pemilik=owner)
    tasks.run(job.pk, 1)
    tasks.run(job.pk, 2)
    tasks.run(job.pk, 3)
    tasks.run(job.pk, 4)
    tasks.run(bystander.pk, 1)
    job.refresh_from_db()
    bystander.refresh_from_db()
    assert (job.keadaan, job.percobaan) == ("karantina", 3)
    assert "sudah dicoba 3 kali" in job.pesan
    assert "ZeroDivisionError" in job.pesan
    assert [message for message in queue if message[0] == job.pk] == [(job.pk, 1), (job.pk, 2), (job.pk, 3)]
    assert bystander.keadaan == "selesai"


def test_a_process_that_dies_three_times_is_quarantined(job, queue):
    for attempt in (1, 2, 3):
        actions.claim(job.pk, attempt).pulse.connection.close()
        tasks.sweep()
    job.refresh_from_db()
    assert (job.keadaan, job.percobaan) == ("karantina", 3)
    assert "memori" in job.pesan
    assert queue == [(job.pk, 1), (job.pk, 2), (job.pk, 3)]


def test_try_again_gives_three_more_attempts_with_new_numbers(owner, queue):
    job = actions.queue_job(jenis="uji_hitung", pemilik=owner, parameter={"rusak": True})
    for attempt in (1, 2, 3):
        tasks.run(job.pk, attempt)
    job.refresh_from_db()
    actions.retry(job)
    Job.objects.filter(pk=job.pk).update(parameter={})
    assert queue[-1] == (job.pk, 4)
    tasks.run(job.pk, 4)
    job.refresh_from_db()
    assert (job.keadaan, job.percobaan) == ("selesai", 4)


def test_an_unknown_kind_fails_with_a_sentence(owner, queue):
    job = actions.queue_job(jenis="tidak_ada", pemilik=owner)
    tasks.run(job.pk, 1)
    job.refresh_from_db()
    assert job.keadaan == "gagal"
    assert str(job.pk) in job.pesan


# --- cancel --------------------------------------------------------------------------------------


def test_a_waiting_job_is_cancelled_at_once(job):
    actions.cancel(job)
    tasks.run(job.pk, 1)
    job.refresh_from_db()
    assert (job.keadaan, job.percobaan) == ("dibatalkan", 0)


def test_a_running_job_is_cancelled_at_its_next_step(job):
    with running(job.pk, 1) as attempt:
        actions.cancel(job)
        with pytest.raises(JobCancelled):
            actions.progress(attempt, fase="hitung")
        with pytest.raises(JobCancelled), transaction.atomic():
            actions.lock_for_apply(attempt)


@task_kind("uji_lama", label="Menunggu lama")
def wait_in_sql(job: Job) -> dict:
    """One statement that takes far longer than anybody waits, and says when it has begun."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('mulai', %s)", [str(job.pk)])
        cursor.execute("SELECT pg_sleep(600)")
    return {}


def test_cancelling_breaks_off_a_long_statement(owner, queue, monkeypatch):
    monkeypatch.setattr(pulse, "BEAT_SECONDS", 0.05)
    job = actions.queue_job(jenis="uji_lama", pemilik=owner)
    listener = pulse.connect()
    with listener.cursor() as cursor:
        cursor.execute("LISTEN mulai")
    work = threading.Thread(target=lambda: (tasks.run(job.pk, 1), connection.close()))
    work.start()
    wait_for_notice(listener)
    actions.cancel(job)
    work.join(timeout=30)
    listener.close()
    job.refresh_from_db()
    assert not work.is_alive()
    assert job.keadaan == "dibatalkan"


def wait_for_notice(listener) -> None:
    """Block until the listening connection hears something."""
    while not listener.notifies:
        assert select.select([listener], [], [], 30) != ([], [], [])
        listener.poll()


# --- sweeper -------------------------------------------------------------------------------------


@pytest.fixture
def empty_redis(monkeypatch):
    monkeypatch.setattr(tasks, "_queued", lambda: 0)


def test_the_sweeper_sends_again_what_redis_lost(job, queue, empty_redis):
    Job.objects.filter(pk=job.pk).update(dikirim=timezone.now() - timedelta(minutes=1))
    tasks.sweep()
    assert queue == [(job.pk, 1), (job.pk, 1)]


def test_the_sweeper_sends_what_was_never_sent(job, queue, empty_redis):
    long_ago = timezone.now() - timedelta(minutes=1)
    Job.objects.filter(pk=job.pk).update(dikirim=None, dibuat=long_ago)
    tasks.sweep()
    assert queue == [(job.pk, 1), (job.pk, 1)]


def test_the_sweeper_leaves_alone_what_is_still_in_the_queue(job, queue, monkeypatch):
    monkeypatch.setattr(tasks, "_queued", lambda: 1)
    Job.objects.filter(pk=job.pk).update(dikirim=timezone.now() - timedelta(minutes=1))
    tasks.sweep()
    assert queue == [(job.pk, 1)]


def test_the_sweeper_leaves_a_living_attempt_alone(job, queue):
    with running(job.pk, 1):
        tasks.sweep()
        tasks.sweep()
    job.refresh_from_db()
    assert (job.keadaan, job.percobaan) == ("berjalan", 1)
    assert queue == [(job.pk, 1)]


def test_a_cancelled_job_whose_process_died_is_not_started_again(job, queue):
    actions.claim(job.pk, 1).pulse.connection.close()
    actions.cancel(job)
    tasks.sweep()
    job.refresh_from_db()
    assert job.keadaan == "dibatalkan"
    assert queue == [(job.pk, 1)]


# --- pages ---------------------------------------------------------------------------------------


@pytest.fixture
def my_job(bu_rina):
    return Job.objects.create(jenis="uji_hitung", pemilik=bu_rina)


def test_the_page_of_a_running_job_shows_how_far_it_is(client, bu_rina, my_job):
    now = timezone.now()
    Job.objects.filter(pk=my_job.pk).update(
        keadaan="berjalan", percobaan=1, fase="hitung", selesai_n=192_340, total_n=300_340,
        mulai=now, fase_mulai=now - timedelta(seconds=20), detak=now,
    )  # fmt: skip
    client.force_login(bu_rina)
    page = client.get(f"/pekerjaan/{my_job.pk}/keadaan/").content.decode()
    assert "Menghitung baris" in page
    assert "64 %" in page
    assert "192.340 dari 300.340 baris" in page
    assert "9.617 baris per detik" in page
    assert "sisa sekitar 11 detik" in page
    assert "data-selesai" not in page


def test_a_phase_that_counts_nothing_shows_its_step_instead_of_zero_percent(client, bu_rina, my_job):
    Job.objects.filter(pk=my_job.pk).update(keadaan="berjalan", percobaan=1, fase="hitung", total_n=300_340)
    client.force_login(bu_rina)
    page = client.get(f"/pekerjaan/{my_job.pk}/keadaan/").content.decode()
    assert "300.340 baris" in page
    assert "langkah 1 dari 1" in page
    assert "0 %" not in page


def test_the_fragment_of_a_finished_job_leads_to_its_result(client, bu_rina, my_job):
    Job.objects.filter(pk=my_job.pk).update(keadaan="selesai", laporan={"jumlah": 4})
    client.force_login(bu_rina)
    assert 'data-selesai="/hasil/4/"' in client.get(f"/pekerjaan/{my_job.pk}/keadaan/").content.decode()
    assert 'href="/hasil/4/"' in client.get(f"/pekerjaan/{my_job.pk}/").content.decode()
    assert 'href="/hasil/4/"' in client.get("/pekerjaan/").content.decode()


@pytest.mark.parametrize("tail", ["", "keadaan/", "batalkan/"])
def test_nobody_else_sees_a_job(client, pak_hasan, my_job, tail):
    client.force_login(pak_hasan)
    assert client.get(f"/pekerjaan/{my_job.pk}/{tail}").status_code == 404


@pytest.mark.parametrize("tail", ["batalkan/", "ulangi/"])
def test_nobody_else_touches_a_job(client, pak_hasan, my_job, tail):
    client.force_login(pak_hasan)
    assert client.post(f"/pekerjaan/{my_job.pk}/{tail}").status_code == 404
    my_job.refresh_from_db()
    assert my_job.keadaan == "menunggu"


def test_cancelling_asks_first(client, bu_rina, my_job):
    client.force_login(bu_rina)
    assert "Batalkan Menghitung?" in client.get(f"/pekerjaan/{my_job.pk}/batalkan/").content.decode()
    my_job.refresh_from_db()
    assert my_job.keadaan == "menunggu"
    client.post(f"/pekerjaan/{my_job.pk}/batalkan/")
    my_job.refresh_from_db()
    assert my_job.keadaan == "dibatalkan"


def test_a_quarantined_job_says_why_and_can_be_tried_again(client, bu_rina, my_job):
    Job.objects.filter(pk=my_job.pk).update(
        keadaan="karantina", percobaan=3, pesan="Prosesnya mati di tengah jalan."
    )
    client.force_login(bu_rina)
    page = client.get(f"/pekerjaan/{my_job.pk}/").content.decode()
    assert "Prosesnya mati di tengah jalan." in page
    assert f'action="/pekerjaan/{my_job.pk}/ulangi/"' in page
    client.post(f"/pekerjaan/{my_job.pk}/ulangi/")
    my_job.refresh_from_db()
    assert (my_job.keadaan, my_job.batas_percobaan) == ("menunggu", 6)


def test_the_empty_inbox_says_what_will_be_there(client, bu_rina):
    client.force_login(bu_rina)
    page = client.get("/pekerjaan/").content.decode()
    assert "Tidak ada yang menunggu Anda." in page
    assert "Belum ada pekerjaan" in page


def test_no_user_is_needed_to_know_that_pages_need_one(client, db):
    assert client.get("/pekerjaan/").status_code == 302
    assert User.objects.count() == 0


def test_the_inbox_costs_the_same_for_two_imports_and_for_twelve(client, bu_rina, sumber):
    def add(numbers: range) -> int:
        for number in numbers:
            job = Job.objects.create(jenis=KINDS["terap"], pemilik=bu_rina, keadaan="selesai", percobaan=1)
            impor = Impor.objects.create(
                sumber=sumber, pemilik=bu_rina, nama_berkas=f"{number}.csv", ukuran=1
            )
            Langkah.objects.create(impor=impor, jenis="terap", job=job, oleh=bu_rina)
        with CaptureQueriesContext(connection) as captured:
            assert f"{numbers[0]}.csv" in client.get("/pekerjaan/").content.decode()
        return len(captured)

    client.force_login(bu_rina)
    assert add(range(2)) == add(range(2, 12))
