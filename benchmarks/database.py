"""The scratch database of a bench: emptied between runs, filled as three roles."""

from __future__ import annotations

from contextlib import closing

import psycopg2
from django.conf import settings
from django.db import connection

from access.actions import save_penugasan, save_user
from access.models import Penugasan, Peran, User
from access.scope import use_territory
from sentral.settings import database
from spatial.models import Wilayah

TABLES = [
    "keluarga",
    "anggota",
    "kepesertaan",
    "peringkat",
    "tercatat",
    "jawabankeluarga",
    "jawabananggota",
]
REGISTERS = [f"kpm_{table}{part}" for table in TABLES for part in ("", "event")] + ["kpm_impor"]


def connect(role: str) -> closing[psycopg2.extensions.connection]:
    """A bare connection as owner, app or loader."""
    config = database(role)
    return closing(
        psycopg2.connect(
            dbname=config["NAME"],
            user=config["USER"],
            password=config.get("PASSWORD") or None,
            host=config["HOST"] or None,
            port=config.get("PORT") or None,
        )
    )


def refuse_a_used_database() -> None:
    """The bench empties the registers, so it does not touch a database that holds a family."""
    if settings.PRODUCTION:
        raise SystemExit("Bench tidak dijalankan pada SENTRAL_ENV=production.")
    with use_territory(importer()), connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM kpm_keluarga)")
        if cursor.fetchone()[0]:
            raise SystemExit("Basis data ini berisi keluarga. Bench hanya memakai basis data kosong.")


def importer() -> User:
    """The user who imports: admin of the whole province."""
    user = User.objects.filter(username="bench").first()
    if user is None:
        user = User(username="bench", nama="Bench")
        user.set_unusable_password()
        save_user(user=user, by=None, changed=[])
        provinsi = Wilayah.objects.get(tingkat=Wilayah.Tingkat.PROVINSI)
        save_penugasan(penugasan=Penugasan(user=user, wilayah=provinsi, peran=Peran.ADMIN), by=None)
    return user


def empty_registers() -> None:
    """Back to fresh tables and indexes, as the owner."""
    with connect("owner") as owner, owner.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(REGISTERS)}")
        owner.commit()
        owner.autocommit = True
        cursor.execute(f"VACUUM ANALYZE {', '.join(REGISTERS)}")
