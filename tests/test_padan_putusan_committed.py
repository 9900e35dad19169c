"""Deciding pairs among others: two officers at once, a later run beside a decision. Real transactions and waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from access.scope import use_territory
from kpm.isian import Refused
from kpm.models import Anggota, Sumber, Suntingan
from padan.models import Kandidat, Putusan, UsulNik
from padan.putusan import BUSY, carry_over, decide_kandidat, hold, undo_putusan
from padan.usul import confirm_usul
from tests.conftest import BANGKA_SELATAN, PROVINSI, RIAS, everything, make_keluarga, make_user
from tests.padan_kandidat import make_kandidat, make_run, run_on, without_nik

NIK = "1903011507800077"


@pytest.fixture
def officers(committed_db):
    return [make_user(name, name.title(), ("dinsos_kab", BANGKA_SELATAN)) for name in ("rina", "sinta")]


@pytest.fixture
def pairs(officers):
    """Two candidates of one person."""
    run = make_run(make_user("hasan", "Yusuf Hasan", ("dinsos_prov", PROVINSI)))
    sumber = Sumber.objects.create(jenis="DTKS", periode="2026-10")
    hendra = without_nik(make_keluarga(sumber, RIAS, 1, "ROSIDI", "HENDRA"), "HENDRA")
    return [make_kandidat(run, hendra, nik=NIK), make_kandidat(run, hendra, urutan=2)]


def decide(user, kandidat, hasil: str) -> Putusan:
    with use_territory(user):
        return decide_kandidat(by=user, kandidat_id=kandidat.pk, hasil=hasil)


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


def beside(first: Callable[[], object], second: Callable[[], object]) -> object:
    """Do the first, and before it is committed the second in another connection; what that one said."""
    said: list[object] = []

    def at_once() -> None:
        try:
            said.append(second())
        except Exception as error:  # whatever it is, the test says what it has to be
            said.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=at_once)
    with transaction.atomic():
        first()
        thread.start()
        until = time.monotonic() + 30
        while thread.is_alive() and not somebody_waits() and time.monotonic() < until:
            pass
    thread.join()
    return said[0]


def test_two_officers_decide_one_pair_at_once_and_the_first_word_stands(officers, pairs):
    rina, sinta = officers
    error = beside(lambda: decide(rina, pairs[0], "tolak"), lambda: decide(sinta, pairs[0], "terima"))
    assert isinstance(error, Refused)
    assert "Sudah diputuskan orang lain oleh Rina" in str(error)
    with everything():
        assert Putusan.objects.get().hasil == "tolak"
        assert not UsulNik.objects.exists()


def test_one_person_is_not_two_people_at_once(officers, pairs):
    rina, sinta = officers
    error = beside(lambda: decide(rina, pairs[0], "terima"), lambda: decide(sinta, pairs[1], "terima"))
    assert isinstance(error, Refused)
    assert "Calon lain dari orang ini sudah diterima" in str(error)
    with everything():
        assert [one.keadaan for one in Kandidat.objects.order_by("urutan")] == ["diterima", "gugur"]


def test_a_double_click_is_one_decision(officers, pairs):
    rina, _ = officers
    first: list[Putusan] = []
    second = beside(
        lambda: first.append(decide(rina, pairs[0], "terima")), lambda: decide(rina, pairs[0], "terima")
    )
    assert second == first[0]
    with everything():
        assert (Putusan.objects.count(), UsulNik.objects.count()) == (1, 1)


def test_who_opens_a_pair_at_the_same_moment_reads_who_was_first(officers, pairs):
    rina, sinta = officers

    def take(user):
        with use_territory(user):
            return hold(by=user, kandidat_id=pairs[0].pk)

    held = beside(lambda: take(rina), lambda: take(sinta))
    assert str(held).startswith("Rina sedang memutuskan pasangan ini.")


def test_a_decision_is_not_made_while_a_later_run_brings_the_earlier_ones(officers, pairs):
    rina, _ = officers
    hasan = pairs[0].pencocokan.oleh

    def carry():
        with use_territory(hasan):
            later = run_on(pairs[0].pencocokan.ekstrak, hasan)
            carry_over(later.pk)

    error = beside(carry, lambda: decide(rina, pairs[0], "tolak"))
    assert isinstance(error, Refused)
    assert str(error) == BUSY


def test_a_later_run_waits_for_a_taking_back_that_is_on_its_way(officers, pairs):
    rina, _ = officers
    hasan = pairs[0].pencocokan.oleh
    putusan = decide(rina, pairs[0], "tolak")
    with everything():
        hendra = Anggota.objects.get(pk=pairs[0].anggota_id)
    later = run_on(pairs[0].pencocokan.ekstrak, hasan)
    again = make_kandidat(later, hendra, nik=NIK)

    def take_back():
        with use_territory(rina):
            undo_putusan(by=rina, putusan_id=putusan.pk)

    def carry():
        with use_territory(hasan):
            return carry_over(later.pk)

    beside(take_back, carry)
    with everything():
        again.refresh_from_db()
    assert (again.keadaan, again.putusan_id) == ("terbuka", None)


def test_two_second_persons_at_once_write_a_nik_once(officers, pairs):
    rina, sinta = officers
    tono = make_user("tono", "Tono", ("tksk", RIAS[:6]))
    decide(tono, pairs[0], "terima")
    with everything():
        usul = UsulNik.objects.get()

    def confirm(user):
        with use_territory(user):
            return confirm_usul(by=user, usul_id=usul.pk)

    error = beside(lambda: confirm(rina), lambda: confirm(sinta))
    assert isinstance(error, Refused)
    assert "Usul ini disetujui oleh Rina" in str(error)
    with everything():
        assert Suntingan.objects.get().oleh == rina
        assert Anggota.objects.get(pk=usul.anggota_id).nik == NIK
