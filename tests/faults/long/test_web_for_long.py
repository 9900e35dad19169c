"""F18 at full length: ten killed workers and three reloads while files are being uploaded."""

from __future__ import annotations

import hashlib
import json

import pytest

from kpm.models import Impor
from kpm.uploads import folder
from tests.berkas import csv_bytes, person
from tests.faults.harness import Crowd, log_in
from tests.faults.test_web_survives import CLIENTS, owner  # noqa: F401

FILES = 20  # a client
pytestmark = pytest.mark.fault("F18", "proses web dibunuh dan dimuat ulang di bawah beban")


def content_of(item: str) -> bytes:
    """A file of its own for every item, as another officer would send it."""
    return csv_bytes([person(int(item), NAMA=f"PEMILIK {item}")])


def test_uploads_through_ten_kills_and_three_reloads(web, ledger, owner, record_property):  # noqa: F811
    web.start()
    visitors = [log_in(web.port, owner) for _ in range(CLIENTS)]
    items = [[str(1 + client * FILES + n) for n in range(FILES)] for client in range(CLIENTS)]

    def send(client: int, item: str) -> tuple[str, int]:
        content = content_of(item)
        fields = {"jenis": "DTKS", "periode": "2026-10"}
        answer = visitors[client].upload("/impor/baru/", f"{item}.csv", content, **fields)
        told = json.loads(answer.body) if answer.status < 500 else {}
        # A file whose answer was cut is there already: the twin is refused, and that is an answer too.
        assert answer.status >= 500 or answer.status == 201 or "sedang dimuat" in told["pesan"], told
        return hashlib.sha256(content).hexdigest(), answer.status

    step = CLIENTS * FILES // 14
    with Crowd(ledger, send, items) as crowd:
        for number in range(1, 14):
            crowd.wait_for(number * step)
            if number % 4:
                web.kill_worker()
            else:
                web.reload()
    kills = 10
    record_property("jawaban", dict(ledger.statuses()))
    record_property("gagal per proses yang dibunuh", f"{sum(ledger.failed.values())} dari {kills}")
    assert max(ledger.failed.values(), default=0) <= kills
    stored = dict(Impor.objects.values_list("sha256", "berkas"))
    assert set(ledger.acked.values()) == set(stored)
    assert Impor.objects.count() == CLIENTS * FILES
    for digest, name in stored.items():
        assert hashlib.sha256((folder() / name).read_bytes()).hexdigest() == digest
