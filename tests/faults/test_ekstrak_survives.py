"""F1: the worker is killed in the middle of loading an extract. Its rows are there once, or not at all."""

from __future__ import annotations

import pytest

from padan.unggah import folder
from tests.conftest import PROVINSI, make_user
from tests.ekstrak import deliver, penduduk_of, siak, siak_csv
from tests.faults.harness import wait_until
from tests.faults.test_impor_survives import ended

pytestmark = pytest.mark.fault("F1", "worker dibunuh di tengah pekerjaan")
ROWS = 2000


@pytest.mark.parametrize(
    ("point", "attempts", "files"),
    [
        ("padan.memuat.staged", 2, 0),
        ("padan.memuat.before_commit", 2, 0),
        ("padan.memuat.after_commit", 1, 1),
    ],
)
def test_an_extract_whose_loading_is_killed_is_loaded_once(worker, point, attempts, files):
    dedi = make_user("dedi", "Dedi Kurnia", ("dukcapil", PROVINSI))
    worker.start(failpoint=f"{point}:kill")
    ekstrak = deliver(siak_csv([siak(number) for number in range(1, ROWS + 1)]), dedi)
    wait_until(worker.fired, f"{point} was reached")
    wait_until(lambda: ended(ekstrak.job), "the loading has ended")
    ekstrak.refresh_from_db()
    assert (ekstrak.job.keadaan, ekstrak.job.percobaan, ekstrak.keadaan) == ("selesai", attempts, "siap")
    assert [one.baris for one in penduduk_of(ekstrak)] == list(range(2, ROWS + 2))
    # killed after the commit the file waits for the hourly task
    wait_until(lambda: (folder() / ekstrak.berkas).exists() == bool(files), "the file is gone")
