"""Editing by hand among others: two officers who enter the same new number at once. Real transactions, real waiting."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction

from access.scope import use_territory
from kpm.isian import Refused
from kpm.models import Anggota, Keluarga, Sumber
from kpm.suntingan import add_keluarga
from tests.conftest import BANGKA_SELATAN, RIAS, SERDANG, everything, make_user
from tests.test_suntingan import BABY, why

NUMBERS = {"no_kk": "1903010101209009", "nik": "1903014107809009", "id_dtks": "DT90090"}


@pytest.fixture
def officers(committed_db):
    Sumber.objects.create(jenis="DTKS", periode="2026-10")
    return [make_user(name, name.title(), ("dinsos_kab", BANGKA_SELATAN)) for name in ("rina", "sinta")]


def add(user, wilayah: str, name: str) -> None:
    family = {"no_kk": NUMBERS[name] if name == "no_kk" else ""}
    kepala = BABY | ({} if name == "no_kk" else {name: NUMBERS[name]})
    with use_territory(user):
        add_keluarga(by=user, why=why(), wilayah_id=wilayah, keluarga=family, kepala=kepala)


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


@pytest.mark.parametrize("name", NUMBERS)
def test_the_same_new_number_at_once_is_recorded_once_and_told(officers, name):
    first, second = officers
    said: list[BaseException | None] = []

    def at_once() -> None:
        try:
            add(second, SERDANG, name)
            said.append(None)
        except Exception as error:  # whatever it is, the test says below what it has to be
            said.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=at_once)
    with transaction.atomic():
        add(first, RIAS, name)
        thread.start()
        until = time.monotonic() + 30
        while thread.is_alive() and not somebody_waits() and time.monotonic() < until:
            pass
    thread.join()
    (error,) = said
    assert isinstance(error, Refused)
    assert "sudah tercatat pada keluarga Siti Aminah" in error.errors[name]
    with everything():
        assert (Keluarga.objects.count(), Anggota.objects.count()) == (1, 1)
