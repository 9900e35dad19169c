"""The worker is killed while it makes accounts: nobody is made twice, and everybody made has his slip."""

from __future__ import annotations

import pytest
from pypdf import PdfReader

from access.models import User
from jobs.models import Job
from sentral.akun.actions import accept_list, queue_list
from sentral.akun.models import Slip, slip_folder
from tests.conftest import BANGKA_SELATAN, make_user
from tests.faults.harness import wait_until

PEOPLE = 12


@pytest.fixture
def queued(worker, tmp_path):
    """A list of people to make, taken in and agreed to."""

    def send() -> Job:
        owner = make_user("rina", "Rina Marlina", ("dinsos_kab", BANGKA_SELATAN))
        path = tmp_path / "daftar.csv"
        rows = [f"Siti {chr(65 + n) * 4},0812000000{n:02d},PSM,Rias,Toboali" for n in range(PEOPLE)]
        path.write_text("\n".join(["Nama,Telepon,Peran,Wilayah,Kecamatan", *rows]))
        daftar = accept_list(path=path, nama=path.name, pemilik=owner)
        return queue_list(daftar=daftar, by=owner, situs="http://localhost")

    return send


def ended(job: Job) -> bool:
    job.refresh_from_db()
    return not job.is_live


@pytest.mark.parametrize("point", ["akun.hashed", "akun.slip_written", "akun.before_commit"])
def test_accounts_killed_anywhere_are_there_once_with_their_slips(worker, queued, point):
    before = set(slip_folder().glob("*.pdf"))
    worker.start(failpoint=f"{point}:kill")
    job = queued()
    wait_until(worker.fired, f"{point} was reached")
    wait_until(lambda: ended(job), "the accounts are made")
    assert (job.keadaan, job.percobaan, job.laporan["baru"]) == ("selesai", 2, PEOPLE)
    made = User.objects.filter(nama__startswith="Siti ")
    assert made.count() == PEOPLE
    slip = Slip.objects.get()
    text = "\n".join(page.extract_text() for page in PdfReader(slip.path).pages)
    for user in made:
        password = text.split(f"{user.username}\n", 1)[1].split("Kata sandi pertama", 1)[1].split()[0]
        assert user.check_password(password)
    left = set(slip_folder().glob("*.pdf")) - before - {slip.path}
    assert len(left) == (point != "akun.hashed")  # the dead attempt's file, which delete_expired sweeps
