"""Two at once: forms of accounts sent twice in the same moment."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from access.actions import ACCOUNTS_LOCK, lock_accounts
from access.models import Penugasan, Peran, User
from sentral.akun.models import Slip
from tests.conftest import BANGKA_SELATAN, RIAS, SERDANG, make_user

PAGE = "/akun/daftar/"
PATIENCE = 20  # seconds


@pytest.fixture(autouse=True)
def data_dir(tmp_path, settings):
    settings.DATA_DIR = tmp_path / "data"


@pytest.fixture
def rina(committed_db):
    return make_user("rina", "Rina Marlina", (Peran.DINSOS_KAB, BANGKA_SELATAN))


def twice(by: User, address: str, fields: dict, times: int = 2, meanwhile=None) -> list:
    """The answers to requests that all got as far as the lock before any could write."""
    answers = []

    def press(client):
        try:
            answers.append(client.post(address, fields))
        finally:
            connection.close()

    clients = [Client() for _ in range(times)]
    for client in clients:
        client.force_login(by)
    threads = [threading.Thread(target=press, args=[client]) for client in clients]
    with transaction.atomic():
        lock_accounts()
        for thread in threads:
            thread.start()
        until_waiting(times)
        if meanwhile:
            meanwhile()
    for thread in threads:
        thread.join()
    return sorted(answers, key=lambda answer: answer.status_code)


def until_waiting(count: int) -> None:
    """Return when so many others wait for the lock of accounts."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), pg_sleep(0.02) FROM pg_locks"
                " WHERE locktype = 'advisory' AND objid = %s AND NOT granted"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
                [ACCOUNTS_LOCK],
            )
            if cursor.fetchone()[0] == count:
                return
    raise AssertionError(f"{count} requests never waited for the lock of accounts")


def form(**changed):
    return {
        "nama": "Siti Aminah",
        "telepon": "081200000001",
        "peran": "psm",
        "wilayah": RIAS,
        "mulai": timezone.localdate().isoformat(),
        "selesai": "",
    } | changed


def test_two_forms_at_once_make_one_account(rina):
    made, refused = twice(rina, f"{PAGE}baru/", form())
    assert (made.status_code, refused.status_code) == (200, 422)
    assert "sudah punya akun dan penugasan yang sama" in refused.content.decode()
    user = User.objects.get(nama="Siti Aminah")
    assert user.check_password(made.context["baru"].sandi)
    assert user.penugasan_list.count() == 1
    assert Slip.objects.count() == 1


def test_two_forms_at_once_give_one_further_penugasan(rina):
    sri = make_user("sri", "Sri Wahyuni", (Peran.PSM, RIAS), telepon="081200000001")
    given, refused = twice(rina, f"{PAGE}baru/", form(nama="Sri Wahyuni", wilayah=SERDANG))
    assert (given.status_code, refused.status_code) == (302, 422)
    assert "sudah punya akun dan penugasan yang sama" in refused.content.decode()
    assert sri.penugasan_list.count() == 2


def test_who_is_taken_off_while_he_waits_makes_nobody(rina):
    def end():
        Penugasan.objects.filter(user=rina).update(diakhiri=timezone.now())

    (refused,) = twice(rina, f"{PAGE}baru/", form(), times=1, meanwhile=end)
    assert refused.status_code == 422
    assert not User.objects.filter(nama="Siti Aminah").exists()
