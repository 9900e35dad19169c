"""F15: an import is undone. The registers are as before, what people did since is kept and told, also when the
worker is killed in the middle.
"""

from __future__ import annotations

import io

import pytest
from django.db import connection

from access.scope import use_territory
from kpm import urung
from kpm.actions import queue_directly
from kpm.models import Anggota, Impor, Keluarga, SisaUrung
from kpm.uploads import accept_upload
from tests.berkas import csv_bytes, person
from tests.conftest import BANGKA_SELATAN, everything, make_user
from tests.faults.harness import Reader, wait_until
from tests.faults.test_impor_survives import ended
from tests.urungkan import by_hand, registers

pytestmark = pytest.mark.fault("F15", "impor diurungkan")
ROWS = 2000
EDITED = 7
COUNTS = "SELECT (SELECT count(*) FROM kpm_keluarga), (SELECT count(*) FROM kpm_anggota)"


@pytest.fixture
def owner(worker):
    return make_user("rina", "Rina Marlina", ("dinsos_kab", BANGKA_SELATAN))


@pytest.fixture
def imported(worker, owner):
    """An import by the worker, and the registers before it."""

    def send(rows: int = ROWS) -> Impor:
        content = csv_bytes([person(number) for number in range(1, rows + 1)])
        with use_territory(owner):
            impor = accept_upload(
                berkas=io.BytesIO(content), nama="dtks.csv", pemilik=owner, jenis="DTKS", periode="2026-10"
            )
            job = queue_directly(impor)
        worker.start()
        wait_until(lambda: ended(job), "the import has ended")
        worker.kill()
        impor.refresh_from_db()
        return impor

    return send


def undo(impor: Impor, owner):
    with use_territory(owner):
        return urung.request_undo(impor_id=impor.pk, arah=urung.URUNG, by=owner)


def edit(owner) -> set[int]:
    """Seven households put right by hand."""
    with by_hand(owner):
        mine = set(Keluarga.objects.order_by("pk").values_list("pk", flat=True)[:EDITED])
        Keluarga.objects.filter(pk__in=mine).update(alamat="DIBETULKAN")
    return mine


@pytest.mark.parametrize(
    ("point", "attempts"),
    [("kpm.undo.judged", 2), ("kpm.urung.before_commit", 2), ("kpm.urung.after_commit", 1)],
)
def test_an_undo_killed_anywhere_is_done_once(worker, owner, imported, point, attempts):
    before = registers()
    impor = imported()
    worker.start(failpoint=f"{point}:kill")
    with Reader(COUNTS, connection.settings_dict["NAME"]) as reader:
        job = undo(impor, owner)
        wait_until(worker.fired, f"{point} was reached")
        wait_until(lambda: ended(job), "the undo has ended")
        wait_until(lambda: (0, 0) in reader.seen, "the reader saw the undo")
    assert (job.keadaan, job.percobaan) == ("selesai", attempts)
    assert registers() == before
    assert reader.seen <= {(0, 0), (ROWS, ROWS)}


def test_edited_households_are_told_and_not_lost(worker, owner, imported):
    impor = imported()
    edited = edit(owner)
    worker.start()
    job = undo(impor, owner)
    wait_until(lambda: ended(job), "the undo has ended")
    with everything():
        told = set(SisaUrung.objects.filter(job=job, sebab="orang").values_list("keluarga_id", flat=True))
        left = set(Keluarga.objects.values_list("pk", flat=True))
        assert Anggota.objects.count() == EDITED
    assert told == left == edited
    assert job.laporan["hapus"]["keluarga"] == ROWS - EDITED
