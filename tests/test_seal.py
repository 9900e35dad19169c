"""The seal over the trail: what somebody does to it in the database itself is found, and named (T4)."""

from __future__ import annotations

import io
from contextlib import closing
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from access import segel
from access.models import Jejak, JejakIsi, JejakSegel
from access.scope import reading_jejak
from access.segel import seal
from tests import databases
from tests.conftest import RIAS, make_user


def check() -> str:
    out = io.StringIO()
    try:
        call_command("periksa_jejak", stdout=out)
    except CommandError as error:
        out.write(str(error))
    return out.getvalue()


def write_lines(user, *hours_ago: int) -> list[Jejak]:
    """Lines of hours ago, each with a row it showed."""
    rows = [
        Jejak(
            pengguna=user,
            aksi="lihat_orang",
            objek="keluarga",
            objek_id=str(hours),
            wilayah_id=RIAS,
            alamat="10.0.0.7",
            rincian={"b": hours, "a": [1, 2]},
            waktu=timezone.now() - timedelta(hours=hours),
        )
        for hours in hours_ago
    ]
    Jejak.objects.bulk_create(rows)
    JejakIsi.objects.bulk_create(JejakIsi(jejak=row, objek="keluarga", ids=[7, 8]) for row in rows)
    return rows


@pytest.fixture
def sealed(committed_db, monkeypatch):
    """Five lines in three seals, and a hand in the database that nothing holds back."""
    monkeypatch.setattr(segel, "LINES", 2)
    rows = write_lines(make_user("sri", "Sri Wahyuni"), 100, 99, 98, 97, 1)
    assert seal() == 5
    with closing(databases.connect("DATABASE_OWNER_URL", connection.settings_dict["NAME"])) as owner:
        with owner.cursor() as cursor:
            cursor.execute("ALTER TABLE access_jejak NO FORCE ROW LEVEL SECURITY")
            yield rows, cursor


def test_an_untouched_trail_is_whole(sealed):
    assert JejakSegel.objects.count() == 3
    last = JejakSegel.objects.order_by("-pk").first()
    assert check().strip() == f"Jejak utuh. Segel terakhir nomor {last.pk}: {last.hash}"


@pytest.mark.parametrize(
    "change",
    [
        "alasan = 'x'",
        "pengguna_id = NULL",
        "waktu = waktu + interval '1 microsecond'",
        "alamat = '10.0.0.8'",
        "rincian = '{}'",
        "objek_id = '9'",
    ],
)
def test_one_changed_line_is_named_and_no_other(sealed, change):
    rows, cursor = sealed
    cursor.execute(f"UPDATE access_jejak SET {change} WHERE id = %s", [str(rows[2].pk)])
    found = check()
    assert f"Baris {rows[2].pk} diubah" in found
    assert [str(row.pk) in found for row in rows] == [False, False, True, False, False]


def test_changed_list_of_shown_rows_is_named(sealed):
    rows, cursor = sealed
    cursor.execute("UPDATE access_jejakisi SET ids = '{7}' WHERE jejak_id = %s", [str(rows[0].pk)])
    assert f"Baris {rows[0].pk} diubah" in check()


def test_removed_line_is_named(sealed):
    rows, cursor = sealed
    cursor.execute("DELETE FROM access_jejakisi WHERE jejak_id = %s", [str(rows[1].pk)])
    cursor.execute("DELETE FROM access_jejak WHERE id = %s", [str(rows[1].pk)])
    assert f"Baris {rows[1].pk} hilang" in check()


def test_line_slipped_in_long_afterwards_is_named(sealed):
    rows, _ = sealed
    late = write_lines(rows[0].pengguna, 98)[0]
    seal()
    assert f"Baris {late.pk} tidak bersegel" in check()


def test_line_of_a_long_transaction_is_sealed_later(sealed):
    """An import writes its line, works for an hour, and commits after the seal of that hour."""
    rows, _ = sealed
    write_lines(rows[0].pengguna, 2)
    assert seal() == 1
    assert seal() == 0
    assert "Jejak utuh" in check()


def test_removed_seal_breaks_the_chain(sealed):
    _, cursor = sealed
    first = JejakSegel.objects.order_by("pk").first()
    cursor.execute("DELETE FROM access_jejaksegel WHERE id = %s", [first.pk])
    assert "segel sebelumnya hilang" in check()


def test_seal_made_again_without_the_key_does_not_fit(sealed, settings):
    rows, cursor = sealed
    cursor.execute("UPDATE access_jejak SET alasan = 'x' WHERE id = %s", [str(rows[4].pk)])
    key, settings.SEGEL_KEY = settings.SEGEL_KEY, "tebakan"
    with reading_jejak():
        finger = segel.fingerprints([rows[4].pk])[rows[4].pk]
    settings.SEGEL_KEY = key
    last = JejakSegel.objects.order_by("-pk").first()
    cursor.execute("UPDATE access_jejaksegel SET sidik = %s WHERE id = %s", [[finger], last.pk])
    found = check()
    assert f"Baris {rows[4].pk} diubah" in found and f"Segel {last.pk} diubah" in found


def test_lines_of_the_last_minutes_wait(sealed):
    rows, _ = sealed
    Jejak.objects.bulk_create([Jejak(pengguna=rows[0].pengguna, aksi="masuk")])
    assert seal() == 0


@pytest.mark.django_db
def test_app_role_cannot_change_a_seal():
    for sentence in ("UPDATE access_jejaksegel SET hash = ''", "DELETE FROM access_jejaksegel"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(sentence)


@pytest.mark.django_db
def test_without_a_seal_it_says_so():
    assert "Belum ada segel" in check()
