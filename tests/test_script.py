"""What script/ decides: the port, the processes, and whom the start refuses to serve as."""

from __future__ import annotations

import re
import runpy
import socket
import subprocess
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from django.core.checks import run_checks
from django.db import connection

from access.checks import errors_of_role

ROOT = Path(__file__).resolve().parent.parent
PORT = runpy.run_path(str(ROOT / "script" / "lib" / "port.py"))


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def superuser(db):
    """A cursor of the private cluster's superuser, on the suite's database; rolled back afterwards."""
    settings = connection.settings_dict
    with closing(psycopg2.connect(dbname=settings["NAME"], host=settings["HOST"], user="postgres")) as root:
        yield root.cursor()


def bash(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run bash with the shared functions at hand."""
    return subprocess.run(
        ["bash", "-c", f". script/lib/base.sh; {script}"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_port_that_was_asked_for_and_is_taken_is_refused(taken_port):
    with pytest.raises(SystemExit, match=f"Port {taken_port} sedang dipakai"):
        PORT["choose"](str(taken_port))


def test_without_a_wish_a_free_port_is_found():
    assert PORT["is_free"](PORT["choose"](""))


def test_a_port_that_is_no_number_is_refused():
    with pytest.raises(SystemExit, match="PORT=abc bukan nomor port"):
        PORT["choose"]("abc")


def test_procfile_names_web_worker_and_beat():
    names = re.findall(r"^(\w+):", (ROOT / "Procfile").read_text(), re.MULTILINE)
    assert names == ["web", "worker", "beat"]  # honcho gives PORT itself to the first


def test_a_full_disk_is_one_sentence_and_a_failure():
    result = bash("need_space 999999999 /")
    assert result.returncode == 1
    assert re.fullmatch(r"Ruang disk di / tinggal \d+ MB, perlu 999999999 MB: .*\n", result.stderr)


def test_the_environment_wins_over_the_default():
    assert bash("setting REDIS_URL unix:///lain", REDIS_URL="unix:///ini").stdout == "unix:///ini"
    assert bash("setting SENTRAL_TIDAK_ADA bawaan").stdout == "bawaan"


def test_every_setting_of_the_program_is_in_the_example():
    read = set(re.findall(r'env\.\w+\(\s*"(\w+)"', (ROOT / "sentral" / "settings.py").read_text()))
    shown = set(re.findall(r"^#?(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    for_the_code_alone = {"SENTRAL_DB_ROLE", "SENTRAL_FAILPOINT"}
    assert read - for_the_code_alone <= shown


def test_the_app_role_of_this_suite_passes(db):
    assert run_checks(tags=["database"], databases=["default"]) == []


def test_a_role_that_owns_a_table_stops_the_start(db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE milik_sendiri (id int)")
    (error,) = run_checks(tags=["database"], databases=["default"])
    assert error.id == "access.E003"
    assert "sentral_app memiliki tabel" in error.msg


def test_a_superuser_stops_the_start(superuser):
    (error,) = errors_of_role(superuser)
    assert error.id == "access.E001"


def test_a_role_that_bypasses_the_policies_stops_the_start(superuser):
    superuser.execute("CREATE ROLE uji_tembus BYPASSRLS")
    superuser.execute("SET ROLE uji_tembus")
    (error,) = errors_of_role(superuser)
    assert error.id == "access.E002"


def test_a_member_of_the_owner_stops_the_start(superuser):
    superuser.execute("CREATE ROLE uji_anak IN ROLE sentral_owner")
    superuser.execute("SET ROLE uji_anak")
    (error,) = errors_of_role(superuser)
    assert error.id == "access.E003"
