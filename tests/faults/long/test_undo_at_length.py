"""F15 at length: 9,900 rows, undone while people work on households, undone again, and every hash compared."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from access.history import acting
from access.scope import use_territory
from kpm import urung
from kpm.models import Anggota, Keluarga, SisaUrung
from tests.conftest import everything
from tests.faults.harness import wait_until
from tests.faults.test_impor_survives import ended
from tests.faults.test_undo_survives import edit, imported, owner, undo  # noqa: F401  (fixtures)
from tests.urungkan import registers

pytestmark = pytest.mark.fault("F15", "impor diurungkan")
ROWS = 9_900  # as many as tests.berkas.person can number
PATIENCE = 300


def test_undone_and_applied_again_many_times(worker, owner, imported, record_property):  # noqa: F811
    before = registers()
    impor = imported(ROWS)
    after = registers()
    worker.start()
    for turn in range(3):
        job = undo(impor, owner)
        wait_until(lambda job=job: ended(job), "the undo has ended", PATIENCE)
        assert registers() == before
        with use_territory(owner):
            job = urung.request_undo(impor_id=impor.pk, arah=urung.TERAP, by=owner)
        wait_until(lambda job=job: ended(job), "the import is there again", PATIENCE)
        assert registers() == after
        record_property(f"putaran {turn + 1}", job.laporan["detik"])


def test_nobodys_edit_is_lost_while_it_runs(worker, owner, imported, record_property):  # noqa: F811
    """Households are edited one after another while the undo judges and deletes: each is told, or was not there."""
    impor = imported(ROWS)
    edited = edit(owner)
    stop = threading.Event()
    by_then: set[int] = set()

    def work() -> None:
        with use_territory(owner):
            ids = list(Keluarga.objects.order_by("-pk").values_list("pk", flat=True)[:500])
            for pk in ids:
                if stop.is_set():
                    break
                with acting(user=owner.pk):
                    if Keluarga.objects.filter(pk=pk).update(alamat="SAMBIL JALAN"):
                        by_then.add(pk)
        connection.close()

    hands = threading.Thread(target=work)
    worker.start()
    hands.start()
    job = undo(impor, owner)
    wait_until(lambda: ended(job), "the undo has ended", PATIENCE)
    stop.set()
    hands.join()
    with everything():
        left = set(Keluarga.objects.values_list("pk", flat=True))
        told = set(SisaUrung.objects.filter(job=job).values_list("keluarga_id", flat=True))
        assert set(Keluarga.objects.filter(alamat="SAMBIL JALAN").values_list("pk", flat=True)) == by_then
        assert Anggota.objects.count() == len(left)
    assert job.keadaan == "selesai"
    assert edited | by_then == left == told
    record_property("diubah sementara itu, semuanya tetap", len(by_then))
