"""F17: the machine and its disk are gone. The last backup brings every row back, and only its key does.

The other refusals of script/backup and script/restore are in tests/test_backup.py.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import BELITUNG_TIMUR, RIAS
from tests.faults.harness import Postgres
from tests.test_backup import backups, filled, make_key, one_sentence, run

CANARIES = ["ROSIDI", "NURHAYATI", "MAWAR", "190301010120", "KENARI-SESUDAH", "sentral_owner", "CREATE TABLE"]
TABLES = """
    SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tablename <> 'spatial_ref_sys' ORDER BY 1
"""
WALLS = """
    SELECT relname::text, relrowsecurity, relforcerowsecurity, relowner::regrole::text, relacl::text
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')
    UNION ALL SELECT tablename, true, true, policyname, cmd || qual FROM pg_policies ORDER BY 1, 4, 5
"""

pytestmark = pytest.mark.fault("F17", "mesin dan diska hilang, dipulihkan dari cadangan")


def digests(server: Postgres) -> dict[str, tuple]:
    """Rows and md5 of the ordered rows of every table: a second way of counting than the script's own."""
    found = {}
    for (table,) in server.query(TABLES):
        ordered = "md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), ''))"
        found[table] = server.query(f"SELECT count(*), {ordered} FROM {table} AS t")[0]
    return found


@pytest.fixture
def key(tmp_path):
    return make_key(tmp_path, "kunci")


@pytest.fixture
def machine(
    postgres, django_db_setup, django_db_blocker, tmp_path, key
) -> tuple[Postgres, dict[str, object]]:
    """A server of its own with the demo family on it, brought there by a first backup and restore."""
    with filled(django_db_blocker, tmp_path / "asal", key, "pindah") as place:
        assert run("backup", **place).returncode == 0
        here = place | postgres.environment() | {"SENTRAL_DATA": tmp_path / "data"}
        done = run("restore", backups(place)[0], "--identity", key[0], **here)
        assert done.returncode == 0, done.stderr
    return postgres, here | {"SENTRAL_BACKUP_DIR": tmp_path / "cadangan"}


def write_ledger(server: Postgres, data: Path, rows: int) -> None:
    """Work of a day: rows through the app role, and an upload that they refer to."""
    alone = "SELECT set_config('sentral.semua', '1', false);"
    for number in range(rows):
        server.query(
            f"{alone} UPDATE kpm_keluarga SET alamat = 'KENARI-SESUDAH {number}' RETURNING 1",
            role="sentral_app",
        )
    (data / "impor" / "b2").write_bytes(os.urandom(300_000) + b"ROSIDI")


def test_every_row_comes_back_on_a_new_machine(machine, key, tmp_path):
    server, place = machine
    data = Path(str(place["SENTRAL_DATA"]))
    write_ledger(server, data, rows=20)
    upload = hashlib.sha256((data / "impor" / "b2").read_bytes()).hexdigest()
    before, walls = digests(server), server.query(WALLS)
    assert before["public.kpm_anggota"][0] == 2
    assert before["public.kpm_keluargaevent"][0] == 20  # what it was, each time
    assert run("backup", **place).returncode == 0
    (backup,) = backups(place)

    words = subprocess.run(
        ["strings", "-n", "4", str(backup)], capture_output=True, text=True, check=True
    ).stdout
    assert [canary for canary in CANARIES if canary in words] == []
    assert subprocess.run(["grep", "-rlaE", "ROSIDI|KENARI", str(backup.parent)], check=False).returncode == 1

    server.lose()
    server.start()
    place |= {"SENTRAL_DATA": tmp_path / "data-baru"}
    stranger = make_key(tmp_path, "kunci-lain")[0]
    assert "Kunci ini tidak cocok" in one_sentence(run("restore", backup, "--identity", stranger, **place))
    assert server.query("SELECT datname FROM pg_database WHERE datname LIKE 'sentral%'", "postgres") == []
    assert not (tmp_path / "data-baru").exists()

    done = run("restore", backup, "--identity", key[0], **place)
    assert done.returncode == 0, done.stderr
    assert digests(server) == before
    assert server.query(WALLS) == walls
    restored = tmp_path / "data-baru" / "impor" / "b2"
    assert hashlib.sha256(restored.read_bytes()).hexdigest() == upload
    assert server.query("SELECT count(*) FROM kpm_keluarga", role="sentral_app") == [(0,)]
    assert server.query("SELECT count(*) FROM kpm_keluargaevent", role="sentral_app") == [(0,)]
    assert rows_in(server, RIAS) == 1
    assert rows_in(server, BELITUNG_TIMUR) == 0
    leakproof = (
        "SELECT bool_and(proleakproof) FROM pg_proc WHERE proname IN ('geometry_overlaps', 'texticlike')"
    )
    assert server.query(leakproof) == [(True,)]


def rows_in(server: Postgres, desa: str) -> int:
    seen = server.query(
        f"SELECT set_config('sentral.desa', '{desa}', false); SELECT count(*) FROM kpm_keluarga",
        role="sentral_app",
    )
    return seen[0][0]
