"""/sehat/: one word for the balancer, another for the monitor, a page for the admin."""

from __future__ import annotations

import json
import shutil
import socket
from contextlib import closing
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from access.models import Peran
from jobs import tasks
from jobs.models import Ekspor, Job
from sentral import sehat
from sentral.akun.models import Slip, slip_folder
from tests import databases
from tests.conftest import PROVINSI, make_user
from tests.faults.conftest import short_folder  # noqa: F401


@pytest.fixture(autouse=True)
def watch(monkeypatch, tmp_path, settings):
    """Nothing remembered from another test, and a data folder without signs of life."""
    settings.DATA_DIR = tmp_path
    watch = sehat.Watch(sehat.ask_database)
    monkeypatch.setattr(sehat, "watch", watch)
    yield watch
    if watch._thread is not None:
        watch._thread.join()


@pytest.fixture
def pak_surya(committed_db):
    """The admin, in a database where others see what a test writes."""
    return make_user("surya", "Surya Admin", (Peran.ADMIN, PROVINSI), is_staff=True, is_superuser=True)


def lines(client, admin) -> dict[str, sehat.Check]:
    """The page as the admin sees it, by title."""
    client.force_login(admin)
    response = client.get("/sehat/rinci/")
    assert response.status_code == 200
    return {line.judul: line for line in response.context["check_list"]}


def answer(client, path: str = "/sehat/") -> tuple[int, str]:
    response = client.get(path)
    return response.status_code, response.content.decode().strip()


def test_a_well_site_says_one_word_and_nothing_else(client, db):
    assert answer(client) == (200, "sehat")
    response = client.get("/sehat/")
    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers


def test_it_answers_by_address_and_over_http(client, db, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/sehat/", headers={"host": "10.1.2.3"}).status_code == 200
    assert client.get("/", headers={"host": "10.1.2.3"}).status_code in {301, 400}


def test_only_reading_is_allowed(client, db):
    assert client.post("/sehat/").status_code == 405
    assert client.head("/sehat/").status_code == 200


def test_an_absent_database_is_sick(client, db, monkeypatch):
    monkeypatch.setitem(django_settings.DATABASES["default"], "HOST", "/tidak/ada")
    assert answer(client) == (503, "sakit")
    assert answer(client, "/sehat/semua/") == (503, "sakit")


def test_a_database_that_hangs_is_not_waited_for(client, db, monkeypatch, short_folder, watch):  # noqa: F811
    with closing(socket.socket(socket.AF_UNIX)) as listener:  # takes the call and never says a word
        listener.bind(str(short_folder / ".s.PGSQL.5432"))
        listener.listen()
        monkeypatch.setitem(django_settings.DATABASES["default"], "HOST", str(short_folder))
        assert answer(client) == (503, "sakit")
        asked = watch._thread
        assert asked.is_alive()  # the answer was out before the database's
        assert answer(client) == (503, "sakit")
        assert watch._thread is asked or not asked.is_alive()  # one question at a time, however many ask


def test_a_locked_table_is_sick(client, pak_surya):
    with closing(databases.connect("DATABASE_OWNER_URL", connection.settings_dict["NAME"])) as owner:
        owner.autocommit = False
        owner.cursor().execute("LOCK TABLE django_migrations")
        assert answer(client) == (503, "sakit")
        owner.rollback()


def test_a_role_that_walks_through_the_walls_is_sick(client, db, monkeypatch):
    monkeypatch.setitem(django_settings.DATABASES["default"], "USER", "sentral_owner")
    assert answer(client) == (503, "sakit")
    assert "pakai sentral_app" in sehat.checks()[0].keterangan


def test_tables_behind_the_code_are_sick(client, pak_surya):
    with closing(databases.connect("DATABASE_OWNER_URL", connection.settings_dict["NAME"])) as owner:
        owner.cursor().execute("DELETE FROM django_migrations WHERE app = 'kpm'")
        assert answer(client) == (503, "sakit")
    line = lines(client, pak_surya)["Tabel"]
    assert (line.kata, line.tindakan[:30]) == ("ketinggalan", "Jalankan script/release --data")


def test_without_redis_visitors_still_come_in(client, settings, pak_yusuf):
    settings.REDIS_URL = "unix:///tidak/ada.sock"
    assert answer(client) == (200, "sehat")
    assert lines(client, pak_yusuf)["Redis"].kata == "tidak menjawab"


def test_a_full_disk_is_sick_and_a_low_one_is_said(client, monkeypatch, pak_yusuf):
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1024**3))
    assert lines(client, pak_yusuf)["Ruang disk"].kata == "hampir penuh"
    assert answer(client) == (200, "sehat")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1024**2))
    assert answer(client) == (503, "sakit")


def test_a_data_folder_that_is_gone_is_sick(client, db, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "lenyap"
    assert answer(client) == (503, "sakit")


def test_a_sweep_is_the_sign_of_beat_and_worker(client, pak_yusuf):
    assert lines(client, pak_yusuf)["Worker dan beat"].kata == "diam"
    tasks.sweep()
    assert lines(client, pak_yusuf)["Worker dan beat"].kata == "bekerja"


def test_a_worker_busy_with_a_long_job_is_not_silent(client, pak_surya):
    Job.objects.create(jenis="x", pemilik=pak_surya, keadaan="berjalan", percobaan=1, detak=timezone.now())
    assert lines(client, pak_surya)["Worker dan beat"].kata == "bekerja"


def test_waiting_and_stopped_jobs_are_counted(client, pak_surya):
    long_ago = timezone.now() - timedelta(hours=2)
    Job.objects.create(jenis="x", pemilik=pak_surya, dibuat=long_ago)
    Job.objects.create(jenis="x", pemilik=pak_surya)
    Job.objects.create(jenis="x", pemilik=pak_surya, keadaan="karantina", berakhir=timezone.now())
    Job.objects.create(
        jenis="x", pemilik=pak_surya, keadaan="karantina", berakhir=timezone.now() - timedelta(days=8)
    )
    found = lines(client, pak_surya)
    assert found["Antrean pekerjaan"].keterangan.startswith("2 menunggu, 0 berjalan. Yang tertua")
    assert found["Antrean pekerjaan"].kata == "lama menunggu"
    assert found["Pekerjaan dihentikan"].kata == "1 pekerjaan"


def test_exports_and_slips_past_their_time_are_counted(client, pak_surya):
    """Three hours past: the hourly deletion does not run. A slip whose file is gone is no file."""
    late = timezone.now() - timedelta(hours=4)
    ready = {
        "keadaan": "siap",
        "berkas": "1-1.xlsx",
        "ukuran": 9,
        "pemilik": pak_surya,
        "cakupan": [],
        "baris": 1,
        "orang": 1,
    }
    Ekspor.objects.create(**ready, kedaluwarsa=timezone.now() + timedelta(days=1))
    Slip.objects.create(pemilik=pak_surya, berkas="gone.pdf", jumlah=1, kedaluwarsa=late)
    assert lines(client, pak_surya)["Berkas berbatas waktu"].keterangan.startswith(
        "1 berkas menunggu diunduh"
    )
    Ekspor.objects.create(**ready, jenis="lain", kedaluwarsa=late)
    Slip.objects.create(pemilik=pak_surya, berkas="left.pdf", jumlah=1, kedaluwarsa=late)
    (slip_folder() / "left.pdf").write_text("x")
    sehat.watch._at = 0.0  # ask again
    line = lines(client, pak_surya)["Berkas berbatas waktu"]
    assert (line.kata, line.keterangan) == ("lewat waktu", "2 berkas seharusnya sudah dihapus.")


def note(tmp_path, **news) -> None:
    folder = tmp_path / "keadaan"
    folder.mkdir(exist_ok=True)
    known = {"berkas": "x", "ukuran": 5 * 1024**2, "baris": 1500, "detik": 3.2, "disimpan": 7}
    (folder / "cadangan.json").write_text(json.dumps(known | news))


@pytest.mark.parametrize(
    ("hours", "failed", "word"),
    [(1, {}, "ada"), (40, {}, "terlalu lama"), (1, {"sebab": "Disk penuh."}, "gagal")],
)
def test_the_last_backup_is_shown(client, pak_yusuf, tmp_path, hours, failed, word):
    at = timezone.now() - timedelta(hours=hours)
    note(tmp_path, waktu=at.isoformat(), gagal=failed)
    line = lines(client, pak_yusuf)["Cadangan"]
    assert line.kata == word
    assert "5,0\xa0MB, 1.500 baris" in line.keterangan


def test_without_a_backup_the_monitor_calls(client, pak_yusuf, settings, tmp_path, redis_of_suite):
    tasks.sweep()
    assert lines(client, pak_yusuf)["Cadangan"].kata == "belum ada"
    assert answer(client, "/sehat/semua/") == (503, "sakit")
    note(tmp_path, waktu=timezone.now().isoformat())
    assert answer(client, "/sehat/semua/") == (200, "sehat")


@pytest.fixture
def redis_of_suite():
    """Without a Redis the monitor would be right to call."""
    assert sehat.redis_answers()


def test_others_are_told_who_reads_it(client, pak_hasan):
    client.force_login(pak_hasan)
    response = client.get("/sehat/rinci/")
    assert response.status_code == 403
    assert "Kesehatan SENTRAL dibaca admin" in response.content.decode()


def test_the_way_there_stands_beside_the_jobs_of_the_admin(client, pak_yusuf, pak_hasan):
    client.force_login(pak_yusuf)
    assert b"/sehat/rinci/" in client.get("/pekerjaan/").content
    client.force_login(pak_hasan)
    assert b"/sehat/rinci/" not in client.get("/pekerjaan/").content
