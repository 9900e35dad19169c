"""Walls that show only with connections of their own."""

from django.db import connection

from access.scope import reset_territory
from tests import databases


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
