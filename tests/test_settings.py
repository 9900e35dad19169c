"""Settings: nothing falls back to a guess outside development."""

import base64
import logging
import os
import subprocess
import sys

import pytest
from django.test import RequestFactory

from sentral.logs import ScrubbingFormatter
from sentral.views import server_error
from tests.databases import ROOT


def start_with(*, print: str = "settings.SECRET_KEY", **environment: str) -> subprocess.CompletedProcess:
    """Load the settings in a process of its own, with `environment` on top of the test's.

    It prints the expression `print`.
    """
    base = {k: v for k, v in os.environ.items() if k not in {"SECRET_KEY", "SENTRAL_FAILPOINT"}}
    return subprocess.run(
        [sys.executable, "-c", f"from django.conf import settings; print({print})"],
        cwd=ROOT,
        env=base | {"DJANGO_SETTINGS_MODULE": "sentral.settings"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_missing_secret_refuses_to_start_in_production():
    done = start_with(SENTRAL_ENV="production")
    assert done.returncode != 0
    assert "SECRET_KEY belum diisi" in done.stderr


KEY = base64.urlsafe_b64encode(b"k" * 32).decode()


def test_production_starts_with_its_secrets():
    done = start_with(SENTRAL_ENV="production", SECRET_KEY="rahasia-uji", SENTRAL_FACTOR_KEYS=KEY)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("keys", ["", "pendek", f"{KEY},bukan-kunci", f"{KEY},"])
def test_production_refuses_missing_and_broken_factor_keys(keys):
    done = start_with(SENTRAL_ENV="production", SECRET_KEY="rahasia-uji", SENTRAL_FACTOR_KEYS=keys)
    assert done.returncode != 0
    assert "SENTRAL_FACTOR_KEYS" in done.stderr


def test_development_starts_without_one():
    assert start_with(SENTRAL_ENV="development").returncode == 0


@pytest.mark.parametrize("environment", ["development", "production"])
def test_failpoints_are_for_tests_alone(environment):
    done = start_with(
        SENTRAL_ENV=environment,
        SECRET_KEY="x",
        SENTRAL_FACTOR_KEYS=KEY,
        SENTRAL_FAILPOINT="kpm.impor.staged:kill",
    )
    assert done.returncode != 0
    assert "hanya untuk pengujian" in done.stderr


def test_unknown_environment_is_named():
    done = start_with(SENTRAL_ENV="produksi")
    assert "pilih development, test atau production" in done.stderr


def test_unforeseen_error_shows_a_code_that_stands_in_the_log(caplog):
    caplog.set_level("ERROR")
    request = RequestFactory().get("/keluarga/")
    response = server_error(request)
    assert response.status_code == 500
    (record,) = [r for r in caplog.records if r.levelname == "ERROR"]
    assert str(record.args[0]).encode() in response.content
    assert b"tidak hilang" in response.content


def test_log_lines_name_no_citizen():
    """What psycopg2 says of a refused row, as a traceback would carry it."""
    message = (
        'duplicate key value violates unique constraint "keluarga_no_kk_unik"\n'
        "DETAIL:  Key (no_kk, nama)=(1903010101200001, ROSIDI) already exists.\n"
    )
    record = logging.LogRecord("x", logging.ERROR, "x", 1, "NIK 1903014507710002: %s", (message,), None)
    line = ScrubbingFormatter("%(message)s").format(record)
    assert "ROSIDI" not in line
    assert "1903010101200001" not in line
    assert "190301**********" in line
    assert "keluarga_no_kk_unik" in line


def test_log_lines_quote_no_statement_and_no_value():
    """What psycopg2 says of a broken search and of a value it cannot read."""
    message = (
        "function kpm_nama_normal(text) does not exist\n"
        "LINE 1: SELECT kpm_nama_normal(upper('ROSIDI'))\n"
        'invalid input syntax for type integer: "NURHAYATI"\n'
        'date/time field value out of range: "HENDRA"'
    )
    record = logging.LogRecord("x", logging.ERROR, "x", 1, "%s", (message,), None)
    line = ScrubbingFormatter("%(message)s").format(record)
    assert [name for name in ("ROSIDI", "NURHAYATI", "HENDRA") if name in line] == []
    assert "kpm_nama_normal(text) does not exist" in line
