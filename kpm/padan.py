"""The latest result of matching with the civil registry, on each anggota: the verb that copies it.

Matching itself is padan's, which keeps every result with its date; here stands a copy of the newest, for lists,
filters and the map. It is no event of the register's history (decision 0029).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from psycopg2 import sql

from access.scope import as_system
from kpm.actions import APPLY_LOCK
from kpm.rekap import rewrite_rekap

CATAT = Path(__file__).parent / "sql" / "padan" / "catat.sql"
REASON = "rekap: menghitung ulang sesudah pencocokan dengan data Dukcapil"
MANY = 5_000  # rows written from which the planner is told


@transaction.atomic
def record_padan(*, tabel: str, pencocokan: int, ekstrak: int, tanggal: date) -> int:
    """Copy the results of one match onto the anggota, count rekap anew, and return how many rows were written.

    tabel: a table with pencocokan_id, anggota_id and hasil.  tanggal: the day of the registry's data.
    In the caller's transaction and territory: what he does not see keeps what it had. It waits for an import or
    an edit that is being written, and holds them back until the commit. Safe to run twice.
    """
    statement = sql.SQL(_text()).format(tabel=sql.Identifier(tabel)).as_string(connection.connection)
    values: dict[str, Any] = {"pencocokan": pencocokan, "ekstrak": ekstrak, "tanggal": tanggal}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [APPLY_LOCK])
        cursor.execute(statement, values)
        written = cursor.rowcount
        if written >= MANY:
            cursor.execute("SELECT kpm_statistik()")
    if written:
        with as_system(REASON):
            rewrite_rekap()
    return written


def _text() -> str:
    return "\n".join(line for line in CATAT.read_text().splitlines() if not line.startswith("--"))
