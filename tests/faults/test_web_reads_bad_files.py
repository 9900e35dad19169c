"""T8: while a file is read that costs as much as it can, the site answers everybody else."""

from __future__ import annotations

import json
import threading

import pytest

from tests import hostile
from tests.conftest import BANGKA_SELATAN, make_user
from tests.faults.harness import Answer, log_in

pytestmark = pytest.mark.fault("T8", "berkas jahat dibaca saat diunggah")


def test_pages_are_answered_while_a_hostile_file_is_read(web, record_property):
    rina = make_user("rina", "Rina Marlina", ("dinsos_kab", BANGKA_SELATAN))
    ayu = make_user("ayu", "Ayu Lestari", ("dinsos_kab", BANGKA_SELATAN))
    content = hostile.many_sheets(30)
    web.start()
    sender, other = log_in(web.port, rina), log_in(web.port, ayu)
    answers: list[Answer] = []

    def send() -> None:
        answers.append(sender.upload("/impor/baru/", "dtks.xlsx", content, jenis="DTKS", periode="2026-10"))

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    statuses = []
    while thread.is_alive():
        statuses.append(other.get("/impor/").status)
    record_property("halaman dijawab sementara itu", len(statuses))
    assert set(statuses) == {200}
    assert len(statuses) >= 3
    assert answers[0].status == 422
    assert "terlalu panjang" in json.loads(answers[0].body)["pesan"]
