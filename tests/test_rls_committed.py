"""Walls that show only with connections of their own."""

from contextlib import contextmanager

from django.db import connection

from access.models import Peran
from access.scope import TerritorialQuerySet, reset_territory
from kpm.models import Sumber
from tests import databases
from tests.conftest import RIAS, SERDANG, make_keluarga, make_user


@contextmanager
def as_role(name: str):
    """Let Django talk to the database as another role."""
    before = connection.settings_dict["USER"]
    connection.close()
    connection.settings_dict["USER"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["USER"] = before


def test_policies_hold_where_a_patched_gate_leaks(committed_db, client, monkeypatch):
    """Without the gate a role that bypasses the policies shows a foreign family; the app role does not."""
    sumber = Sumber.objects.create(jenis="DTKS", periode="2026-10")
    budi = make_user("budi", "Budi Santoso", (Peran.OPERATOR_DESA, SERDANG))
    path = f"/keluarga/{make_keluarga(sumber, RIAS, 1, 'ROSIDI', 'NURHAYATI').pk}/"
    client.force_login(budi)
    assert client.get(path).status_code == 404

    monkeypatch.setattr(TerritorialQuerySet, "visible_to", lambda self, user: self.all())
    assert client.get(path).status_code == 404
    with as_role("sentral_lewat"):
        leak = client.get(path)
    assert leak.status_code == 200
    assert b"Rosidi" in leak.content


def test_reset_throws_a_broken_connection_away(committed_db):
    connection.ensure_connection()
    connection.connection.close()
    reset_territory()
    assert connection.connection is None


def test_loader_sees_no_register(committed_db):
    with databases.connect("DATABASE_LOADER_URL", connection.settings_dict["NAME"]) as loader:
        with loader.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM kpm_keluarga")
            assert cursor.fetchone() == (0,)
