"""Connections by a URL, and what a database holds: rows, digests, rights, policies."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg2

FORMAT = 1
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)  # the last when the administrator's line breaks
PIECE = 8 * 1024 * 1024
SQL = Path(__file__).parent.parent / "sql"
# Words of a database URL that are Django's, not PostgreSQL's (environ.Env._DB_BASE_OPTIONS).
DJANGOS = {
    "CONN_MAX_AGE",
    "ATOMIC_REQUESTS",
    "AUTOCOMMIT",
    "DISABLE_SERVER_SIDE_CURSORS",
    "CONN_HEALTH_CHECKS",
}


class Refused(Exception):
    """One sentence for whoever runs the script."""


def say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


def number(value: float, decimals: int = 0) -> str:
    """1.234,5."""
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def first_line(said: bytes) -> str:
    """What a program of PostgreSQL complained of first, without the row it may quote below."""
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[0] if lines else "tanpa keterangan"


def dsn(url: str, name: str = "") -> dict[str, Any]:
    """psycopg2's parameters of a database URL; socket folder, sslmode and the like may stand behind `?`."""
    parts = urlsplit(url)
    options = {key: values[-1] for key, values in parse_qs(parts.query).items() if key.upper() not in DJANGOS}
    found = options | {
        "dbname": name or unquote(parts.path.lstrip("/")),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "host": options.get("host", parts.hostname or ""),
        "port": parts.port or "",
    }
    return {key: value for key, value in found.items() if value}


def libpq(url: str, name: str = "") -> dict[str, str]:
    """The environment for PostgreSQL's own programs: a password does not stand in the process list."""
    irregular = {
        "dbname": "PGDATABASE",
        "connect_timeout": "PGCONNECT_TIMEOUT",
        "application_name": "PGAPPNAME",
    }
    return os.environ | {
        irregular.get(key, "PG" + key.upper().replace("_", "")): str(value)
        for key, value in dsn(url, name).items()
    }


def connect(url: str, name: str = ""):
    try:
        ours = {"connect_timeout": 10, "application_name": "sentral-cadangan"}
        return psycopg2.connect(**dsn(url, name) | ours)
    except psycopg2.OperationalError as error:
        raise Refused(
            "Basis data tidak menjawab atau menolak. Periksa apakah PostgreSQL berjalan."
        ) from error


def database_of(url: str) -> str:
    return dsn(url)["dbname"]


def program(name: str) -> str:
    """A program of PostgreSQL from $SENTRAL_PG_BIN (script/lib/install.sh), else from PATH."""
    folder = os.environ.get("SENTRAL_PG_BIN", "")
    return str(Path(folder) / name) if folder else name


def tables_of(cursor) -> dict[str, list[Any]]:
    """{table: [rows, digest]} of every table of ours, whatever order the rows lie in."""
    # A value must read the same here and there; and a role that the policies hold gets an error, not 0 rows.
    cursor.execute("SET LOCAL row_security = off")
    cursor.execute("SET LOCAL timezone = 'UTC'")
    cursor.execute("SET LOCAL datestyle = 'ISO'")
    cursor.execute("SET LOCAL intervalstyle = 'iso_8601'")
    cursor.execute("SET LOCAL extra_float_digits = 1")
    cursor.execute("SET LOCAL bytea_output = 'hex'")
    cursor.execute((SQL / "tables.sql").read_text())
    found = {}
    digest = (SQL / "digest.sql").read_text()
    for name in [name for (name,) in cursor.fetchall()]:
        cursor.execute(digest.format(table=name))
        found[name] = list(cursor.fetchone())
    return found


def walls_of(cursor) -> list[str]:
    """Owner, rights and row-level security of every table, and every policy, as sorted lines."""
    cursor.execute((SQL / "walls.sql").read_text())
    return [line for (line,) in cursor.fetchall()]


def refuse_a_held_role(cursor) -> None:
    """FORCE ROW LEVEL SECURITY hides every row from the owner too; such a dump would be empty."""
    cursor.execute("SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    role, free = cursor.fetchone()
    if not free:
        raise Refused(
            f"Peran basis data {role} tidak melihat semua baris, sehingga cadangannya tidak lengkap:"
            " pakai sentral_backup di DATABASE_BACKUP_URL (dibuat oleh script/lib/cluster.sql)."
        )
