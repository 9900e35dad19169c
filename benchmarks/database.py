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
REGISTERS = [f"kpm_{table}{part}" for table in TABLES for part in ("", "event")]
RECORDS = ["kpm_impor", "kpm_langkah", "kpm_sisaurung", "pghistory_context"]


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
        cursor.execute(f"TRUNCATE {', '.join(REGISTERS + RECORDS)} CASCADE")
        owner.commit()
        owner.autocommit = True
        cursor.execute(f"VACUUM ANALYZE {', '.join(REGISTERS + RECORDS)}")


def fingerprint() -> dict[str, str]:
    """Every row and column of every register in one number each, whatever order they lie in."""
    found = {}
    with connect("owner") as owner, owner.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('sentral.semua', '1', false)"
        )  # the policies hold for the owner too
        for table in TABLES:
            cursor.execute(
                "SELECT count(*) || ':' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)"
                f" FROM kpm_{table} AS t"
            )
            found[table] = cursor.fetchone()[0]
    return found
