"""Citizens' numbers and names stay in bodies and registers (threat T14), seen from outside real processes.

A whole day's work with canaries: log-ins that fail, an import with rejected rows, searches, a page, a reveal, an
export, a refused file, an error page and a task that dies over a row. Then every log line, every command Redis
ever got, every address and every job and trail row is read for them.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urljoin

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from jobs import actions
from jobs.models import Ekspor, Job
from kpm.models import Impor, Keluarga
from script.lib.port import LAST, is_free
from tests import databases
from tests.attack.pages import read_page
from tests.berkas import csv_bytes, person
from tests.conftest import BANGKA_SELATAN, everything, make_user
from tests.faults.harness import wait_until

NIK, KK, NAMA, IBU = "1903014506910777", "1903012509140888", "KANARIA BURUNGEMAS", "PELATUKHIJAU"
CANARIES = [NIK, KK, "KANARIA", "BURUNGEMAS", IBU]
ROWS = [
    person(1, NIK=NIK, NOKK=KK, NAMA=NAMA, NAMA_IBU_KANDUNG=IBU),
    person(2, NIK=NIK, NOKK=KK, NAMA=f"{NAMA} DUA", TANGGAL_LAHIR="31-02-1980"),
]


@dataclass
class Browser:
    """A logged-in browser that remembers every address it was shown or sent to."""

    site: str
    cookies: str
    token: str
    urls: list[str] = field(default_factory=list)

    def get(self, path: str) -> tuple[int, str]:
        return self._send(urllib.request.Request(urljoin(self.site, path)))  # noqa: S310

    def post(self, path: str, data: dict) -> tuple[int, str]:
        body = encode_multipart(BOUNDARY, data)
        request = urllib.request.Request(urljoin(self.site, path), body, {"Content-Type": MULTIPART_CONTENT})  # noqa: S310
        return self._send(request)

    def submit(self, path: str, **values) -> tuple[int, str]:
        """Send the form of the page at `path` with everything ticked and `values` on top."""
        _, body = self.get(path)
        form = next(
            f for f in read_page(path, body).forms if f.method == "post" and f.action.split("?")[0] == path
        )
        ticked = {name: next(v for v in offered if v) for name, offered in form.choices.items()}
        return self.post(form.action, form.fields | ticked | values)

    def _send(self, request) -> tuple[int, str]:
        request.add_header("Cookie", self.cookies)
        request.add_header("X-CSRFToken", self.token)
        self.urls.append(request.full_url)
        try:
            with urllib.request.build_opener(_Recorder(self.urls)).open(request, timeout=60) as answer:
                status, body = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, body = error.code, error.read()
        text = body.decode("utf-8", "replace")
        self.urls += re.findall(r"""(?:href|action|src|data-url|hx-\w+)=["']([^"']*)""", text)
        return status, text


class _Recorder(urllib.request.HTTPRedirectHandler):
    def __init__(self, urls: list[str]):
        self.urls = urls

    def redirect_request(self, request, fp, code, message, headers, newurl):
        self.urls.append(newurl)
        further = super().redirect_request(request, fp, code, message, headers, newurl)
        if further is not None:
            further.add_header("Cookie", request.get_header("Cookie"))
        return further


@pytest.fixture
def loud_site(committed_db, redis, worker, short_folder) -> Iterator[str]:
    """A web server and a worker that log as much as they can, and Redis told to repeat every command."""
    port = next(p for p in range(LAST + 400, LAST + 500) if is_free(p))
    environment = committed_db | {
        "REDIS_URL": redis.url, "SENTRAL_DATA": str(settings.DATA_DIR), "SENTRAL_LOG": "DEBUG",
    }  # fmt: skip
    with (short_folder / "web.log").open("w") as log, (short_folder / "redis.log").open("w") as commands:
        monitor = subprocess.Popen(["redis-cli", "-s", str(redis.socket), "monitor"], stdout=commands)
        web = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "sentral.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "2",
             "--access-logfile", "-", "--log-level", "debug"],
            cwd=databases.ROOT, env=environment, stdout=log, stderr=log,
        )  # fmt: skip
        worker.start()
        wait_until(lambda: not is_free(port), "the web server listens")
        yield f"http://127.0.0.1:{port}"
        for process in (web, monitor):
            process.terminate()
            process.wait()


@pytest.fixture
def browser_of(loud_site):
    def open_browser(user) -> Browser:
        client = Client()
        client.force_login(user)
        client.get("/keluarga/")
        token = client.cookies["csrftoken"].value
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        return Browser(loud_site, cookies, token)

    return open_browser


def ended(job: Job) -> bool:
    job.refresh_from_db()
    return not job.is_live


def a_file(rows: list[dict], name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, csv_bytes(rows))


def found_in(text: str) -> list[str]:
    """Lines that hold a canary; of a long one what stands around it."""
    return [line[:300] for line in text.splitlines() if any(c in line.upper() for c in CANARIES)]


def test_no_canary_leaves_the_bodies(loud_site, browser_of, short_folder, worker):
    rina = make_user("rina", "Rina Marlina", ("dinsos_kab", BANGKA_SELATAN))
    browser = browser_of(rina)
    stranger = Browser(loud_site, "", "")
    for _ in range(6):
        stranger.post("/akun/login/", {"login": NIK, "password": NAMA})

    browser.post(
        "/impor/baru/", {"jenis": "DTKS", "periode": "2026-10", "berkas": a_file(ROWS, f"{NIK}.csv")}
    )
    impor = Impor.objects.get()
    preview = Job.objects.get()
    wait_until(lambda: ended(preview), "the preview has ended")
    browser.get(f"/impor/{impor.pk}/rincian/?apa=anggota&golongan=baru")
    browser.submit(f"/impor/{impor.pk}/terapkan/")
    job = Job.objects.exclude(pk=preview.pk).get()
    wait_until(lambda: ended(job), "the import has ended")
    assert (job.keadaan, job.laporan["diterapkan"], job.laporan["ditolak"]) == ("selesai", 1, 1)
    browser.get(f"/impor/{impor.pk}/")
    browser.get(f"/impor/{impor.pk}/ditolak.xlsx")
    status, _ = browser.post(
        "/impor/baru/", {"jenis": "DTKS", "periode": "2026-10", "berkas": a_file(ROWS[:1], NIK)}
    )
    assert status in {200, 422}

    for words in (NIK, KK, NAMA, NAMA.lower()):
        status, page = browser.post("/keluarga/", {"cari": words})
        assert "kanaria" in page.lower(), words
    with everything():
        keluarga = Keluarga.objects.get(no_kk=KK)
    assert "Kanaria" in browser.get(f"/keluarga/{keluarga.pk}/")[1]
    status, page = browser.submit(f"/keluarga/{keluarga.pk}/tampilkan/", keterangan="warga datang membawa KK")
    assert KK in re.sub(r"\s|<[^>]+>", "", page), "the reveal shows the number"
    status, _ = browser.submit("/keluarga/unduh/", alasan="bahan musdes bulan ini")
    assert status == 200
    export = Ekspor.objects.get().job
    wait_until(lambda: ended(export), "the export has ended")
    assert export.keadaan == "selesai"

    crash = actions.queue_job(jenis="uji_bocor", pemilik=rina)
    wait_until(lambda: ended(crash), "the task has died three times")
    assert crash.keadaan == "karantina"
    with closing(databases.connect("DATABASE_OWNER_URL", connection.settings_dict["NAME"])) as owner:
        with owner.cursor() as cursor:
            cursor.execute("ALTER FUNCTION kpm_nama_normal(text) RENAME TO kpm_nama_normal_hilang")
    status, page = browser.post("/keluarga/", {"cari": NAMA})
    assert status == 500
    assert found_in(page) == []

    logs = {name: (short_folder / name).read_text() for name in ("web.log", "worker.log", "redis.log")}
    assert "POST /keluarga/" in logs["web.log"]
    assert "galat" in logs["web.log"]
    assert "uji_bocor" in logs["worker.log"] or f"job {crash.pk}" in logs["worker.log"]
    assert "jobs.run" in logs["redis.log"]
    assert {name: found_in(text) for name, text in logs.items() if found_in(text)} == {}
    assert found_in("\n".join(browser.urls + stranger.urls)) == []
    assert found_in(written_rows()) == []
    assert names_on_disk(Path(settings.DATA_DIR)) == []


def written_rows() -> str:
    """Jobs, trail and exports as JSON, one row a line; the name of an uploaded file belongs to its import."""
    tables = [
        "jobs_job",
        "jobs_ekspor",
        "jobs_eksporisi",
        "access_jejak",
        "access_peringatan",
        "pghistory_context",
    ]
    with everything(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('sentral.jejak', '1', false)")
        cursor.execute(" UNION ALL ".join(f"SELECT to_jsonb(t) FROM {name} AS t" for name in tables))
        found = [json.dumps(row) for (row,) in cursor.fetchall()]
        cursor.execute("SELECT set_config('sentral.jejak', '', false)")
    assert len(found) > 10
    return "\n".join(found)


def names_on_disk(folder: Path) -> list[str]:
    return found_in("\n".join(path.name for path in folder.rglob("*")))


def test_an_address_somebody_typed_a_number_into_is_not_logged(loud_site, browser_of, short_folder):
    """Nothing of ours puts a NIK into an address; a person may, and the server's own lines must not keep it."""
    browser = browser_of(make_user("rina", "Rina Marlina", ("dinsos_kab", BANGKA_SELATAN)))
    browser.get("/keluarga/?" + urlencode({"cari": NIK}))
    browser.get(f"/tidak-ada/{NIK}/")
    lines = (short_folder / "web.log").read_text().splitlines()
    ours = [line for line in lines if "django" in line and NIK in line]
    assert ours == []
