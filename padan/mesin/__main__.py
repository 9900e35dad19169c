"""The process: reads one order, is confined, matches, answers.

It reads the two tables from PostgreSQL as the app role inside the matcher's wall, and writes results and candidates
into tables of the loader role, with numbers of rows and no person in them. What does not fit into DuckDB's memory lies
in the folder of the order, which goes with it.
"""

from __future__ import annotations

import ctypes
import json
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from jobs.reader.__main__ import no_room
from jobs.reader.limits import cost, tell
from jobs.reader.sheets import quoted
from jobs.reader.table import create_own
from padan.mesin import jalan, latih, model

MEMORY = "1300MB"  # DuckDB's; with Python, Splink and the connections 2 GB at a million and a half of rows
DATA_MEMORY = 4 * 1024**3  # reserved, not held
THREADS = 2
TABLES = {
    "hasil": "anggota_id bigint NOT NULL, penduduk_id bigint, hasil text NOT NULL, kk_sesuai boolean,"
    " wilayah_sesuai boolean, skor double precision, alasan text NOT NULL",
    "kandidat": "anggota_id bigint NOT NULL, penduduk_id bigint NOT NULL, jenis text NOT NULL, urutan integer NOT NULL,"
    " skor double precision, bobot text NOT NULL",
}
RESULT = {
    "hasil": "SELECT orang, penduduk, hasil, kk_sesuai, wilayah_sesuai, skor, array_to_string(alasan, ',')"
    " FROM hasil ORDER BY orang",
    "kandidat": "SELECT orang, penduduk, jenis, urutan, skor, bobot FROM kandidat ORDER BY orang, urutan",
}


def confine(seconds: int) -> None:
    """Die with the parent, and never take more than a match may cost."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_DATA, (DATA_MEMORY, DATA_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def database(folder: Path):
    """DuckDB with the PostgreSQL scanner, no network and no other extension."""
    import duckdb
    import duckdb_extension_postgres_scanner as scanner

    db = duckdb.connect(
        config={
            "memory_limit": MEMORY,
            "threads": THREADS,
            "temp_directory": str(folder),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    (extension,) = Path(str(scanner.__file__)).parent.glob("extensions/*/postgres_scanner.duckdb_extension")
    db.execute(f"LOAD {quoted(str(extension))}")
    return db


def read(db, order: dict[str, Any]) -> None:
    """The tables orang and penduduk, by the statements of the order."""
    db.execute(f"ATTACH {quoted(order['app'])} AS app (TYPE postgres, READ_ONLY)")
    for table in ("orang", "penduduk"):
        db.execute(
            f"CREATE OR REPLACE TABLE {table} AS FROM postgres_query('app', {quoted(order['baca'][table])})"
        )


def keys_from(order: dict[str, Any]):
    """What fills the table kunci: PostgreSQL's own keys, for those alone who are left."""

    def fill(db) -> None:
        (ids,) = db.execute("SELECT coalesce(string_agg(id, ','), '') FROM sisa").fetchone()
        if ids:
            statement = order["baca"]["kunci"].replace("{ids}", "{" + ids + "}")
            db.execute(f"INSERT INTO kunci FROM postgres_query('app', {quoted(statement)})")

    return fill


def write(db, order: dict[str, Any]) -> None:
    """The results into the tables of the order, which are made here."""
    import psycopg2

    connection = psycopg2.connect(order["loader"])
    with connection, connection.cursor() as cursor:
        for name, columns in TABLES.items():
            create_own(cursor, order["tulis"][name], columns, order["owner"])
    db.execute(f"ATTACH {quoted(order['loader'])} AS loader (TYPE postgres)")
    for name, select in RESULT.items():
        db.execute(f"INSERT INTO loader.{order['tulis'][name]} {select}")
    with connection, connection.cursor() as cursor:
        for table in order["tulis"].values():
            cursor.execute(f"SET default_statistics_target = 10; ANALYZE {table}")
    connection.close()


def carry_out(order: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Match, or train; the answer holds counts, seconds and what was learnt, and no person."""
    clock = jalan.Clock()
    tell(fase="baca")
    with clock("baca"):
        db = database(folder)
        read(db, order)
    if order["do"] == "latih":
        return {"model": latih.train(db, keys_from(order))}
    run = jalan.match(
        db,
        model.load(),
        jalan.Ambang(**order["ambang"]),
        exact=order["exact"],
        keys=keys_from(order),
        tell=lambda fase: tell(fase=fase),
    )
    tell(fase="simpan")
    with clock("tulis"):
        write(db, order)
    db.close()
    return {"detik": clock.seconds | run.detik, "pasangan": run.pasangan}


def main() -> None:
    """Carry out one order."""
    order = json.loads(sys.stdin.readline())
    confine(order["seconds"])
    try:
        answer = carry_out(order, Path(order["folder"]))
    except latih.TooFew as refusal:
        tell(refused=str(refusal))
        return
    except Exception as error:
        if not no_room(error):
            raise
        tell(full=True)
        return
    tell(cost=cost(order["do"]))
    tell(answer=answer)


if __name__ == "__main__":
    main()
