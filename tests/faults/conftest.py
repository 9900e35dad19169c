"""Fixtures that start real processes and take every one of them down again."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings

from tests.faults.harness import Ledger, Postgres, Redis, Web, Worker


@pytest.fixture
def short_folder():
    """A folder whose path is short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="sf"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def postgres():
    """A PostgreSQL of its own, running and empty."""
    folder = Path(tempfile.mkdtemp(prefix="sp"))
    server = Postgres(folder)
    server.start()
    yield server
    server.kill()
    shutil.rmtree(folder)


@pytest.fixture
def redis(short_folder, committed_db):
    """A Redis of its own, used by this process and by the workers it starts."""
    server = Redis(short_folder)
    server.start()
    before = current_app.conf.broker_url
    use_broker(server.url.replace("unix://", "redis+socket://", 1))
    yield server
    use_broker(before)
    server.kill()


def use_broker(url: str) -> None:
    """Send this process's messages to another broker from now on."""
    current_app.conf.broker_url = current_app.conf.broker_write_url = current_app.conf.broker_read_url = url
    current_app._after_fork()  # forgets the pools of the old one


@pytest.fixture
def worker(redis, committed_db, short_folder):
    """A worker on the test's database and Redis; the test starts it, with a failpoint or without."""
    environment = committed_db | {
        "REDIS_URL": redis.url,
        "SENTRAL_DATA": str(settings.DATA_DIR),
        "SENTRAL_LOG": "INFO",
    }
    worker = Worker(environment, short_folder, ["tests.faults.kinds"])
    yield worker
    worker.kill()


@pytest.fixture
def web(redis, committed_db, short_folder):
    """A web server on the test's database and Redis; the test starts it."""
    environment = committed_db | {
        "REDIS_URL": redis.url,
        "SENTRAL_DATA": str(settings.DATA_DIR),
        "SENTRAL_LOG": "WARNING",
    }
    web = Web(environment, short_folder)
    yield web
    web.stop()


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "buku")
