"""F6: the disk is full while a file is received, kept, and staged. A sentence, nothing written, and again.

Needs root: a small disk is a mount.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from jobs.files import NO_ROOM
from jobs.models import Job
from kpm import uploads
from kpm.keputusan import apply_reviewed, review_again
from kpm.models import Impor
from tests import databases
from tests.conftest import BANGKA_SELATAN, PROVINSI, make_user
from tests.faults.bad_rows import HEADERS, clean
from tests.faults.harness import Reader, wait_until
from tests.faults.test_impor_survives import COUNTS, ended, stored

pytestmark = pytest.mark.fault("F6", "ruang simpan habis saat mengunggah dan menyalin")
ROWS = 20_000


@pytest.fixture
def small_disk():
    """A disk of 8 MB, mounted."""
    folder = Path(tempfile.mkdtemp(prefix="sd"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", folder], check=True)
    yield folder
    subprocess.run(["umount", folder], check=True)
    folder.rmdir()


def grow(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=256m", disk], check=True)


@pytest.fixture
def owner(committed_db):
    return make_user("rina", "Rina Marlina", ("dinsos_kab", BANGKA_SELATAN))


def people() -> bytes:
    lines = ["|".join(HEADERS), *("|".join(clean(n)[name] for name in HEADERS) for n in range(1, ROWS + 1))]
    return "\n".join(lines).encode() + b"\n"


@pytest.fixture
def staging_there(small_disk, committed_db):
    """Whatever the loader makes stands on the small disk."""
    name = connection.settings_dict["NAME"]
    place = small_disk / "meja"
    place.mkdir()
    shutil.chown(place, "postgres")
    small_disk.chmod(0o755)
    with closing(databases.connect("DATABASE_SUPER_URL", name)) as line, line.cursor() as cursor:
        cursor.execute(f"CREATE TABLESPACE sempit LOCATION '{place}'")
        cursor.execute("GRANT CREATE ON TABLESPACE sempit TO sentral_loader")
        cursor.execute(f"ALTER ROLE sentral_loader IN DATABASE {name} SET default_tablespace = sempit")
    yield small_disk
    with closing(databases.connect("DATABASE_SUPER_URL", name)) as line, line.cursor() as cursor:
        cursor.execute("SELECT format('staging.%I', tablename) FROM pg_tables WHERE schemaname = 'staging'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"DROP TABLE {table} CASCADE")
        cursor.execute(f"ALTER ROLE sentral_loader IN DATABASE {name} RESET default_tablespace")
        cursor.execute("CHECKPOINT")
        cursor.execute("DROP TABLESPACE sempit")


def test_no_room_while_staging_fails_in_words_and_goes_on_when_there_is(worker, owner, staging_there):
    with Reader(COUNTS, connection.settings_dict["NAME"]) as reader:
        worker.start()
        impor = uploads.accept_upload(
            berkas=io.BytesIO(people()), nama="dtks.csv", pemilik=owner, jenis="DTKS", periode="2026-10"
        )
        job: Job = impor.langkah_list.get().job
        wait_until(lambda: ended(job), "the preview has ended")
        assert (job.keadaan, job.percobaan, job.pesan) == ("gagal", 1, NO_ROOM)
        assert stored() == (0, 0, 0)
        grow(staging_there)
        review_again(impor_id=impor.pk, by=owner)
        wait_until(lambda: ended(impor.langkah_list.latest("pk").job), "the second preview has ended")
        impor.refresh_from_db()
        apply_reviewed(impor_id=impor.pk, by=owner, sidik=impor.tinjauan["sidik"])
        wait_until(lambda: ended(impor.langkah_list.latest("pk").job), "the import has ended")
        assert stored() == (ROWS, ROWS, ROWS)
        wait_until(lambda: (ROWS, ROWS) in reader.seen, "the reader saw the import")
    assert reader.seen == {(0, 0), (ROWS, ROWS)}


def test_no_room_for_an_upload_is_said_and_leaves_nothing(owner, small_disk, settings):
    settings.DATA_DIR = small_disk
    client = Client(raise_request_exception=False)
    client.force_login(owner)
    content = people() * 3

    def send():
        data = {"jenis": "DTKS", "periode": "2026-10", "berkas": SimpleUploadedFile("dtks.csv", content)}
        return client.post("/impor/baru/", data, HTTP_ACCEPT="application/json")

    answer = send()
    assert (answer.status_code, answer.json()["pesan"]) == (422, NO_ROOM)
    assert list(uploads.folder().iterdir()) == []
    assert not Impor.objects.exists()
    grow(small_disk)
    assert send().status_code == 201


@pytest.mark.parametrize("path", ["/impor/baru/", "/akun/daftar/unggah/", "/peta/versi/baru/"])
def test_no_room_before_any_view_is_said_to_script_and_page(committed_db, small_disk, settings, path):
    """The temporary folder of uploads is full while the request is read."""
    settings.FILE_UPLOAD_TEMP_DIR = str(small_disk)
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.force_login(make_user("hasan", "Yusuf Hasan", ("dinsos_prov", PROVINSI)))
    token = client.get(path).cookies["csrftoken"].value
    content = people() * 6
    assert len(content) > 9 * 1024**2

    def send(accept: str):
        data = {"jenis": "DTKS", "periode": "2026-10", "berkas": SimpleUploadedFile("dtks.csv", content)}
        # the token in the header: a field after the file would never be reached
        return client.post(path, data, headers={"accept": accept, "x-csrftoken": token})

    answer = send("application/json")
    assert (answer.status_code, answer.json()) == (507, {"pesan": NO_ROOM})
    page = send("text/html")
    assert page.status_code == 507
    assert NO_ROOM in page.content.decode()
    assert list(small_disk.iterdir()) == []
    assert not Impor.objects.exists()
    grow(small_disk)
    assert send("application/json").status_code != 507
