"""A whole site in its own processes, and Debian's Chromium before it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright

from script.lib.port import LAST, is_free
from tests import databases
from tests.faults.conftest import redis, short_folder, worker  # noqa: F401
from tests.faults.harness import wait_until

# Playwright's loop runs in this thread while a browser is open; Django takes that for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
# Nothing may be fetched from outside, so the browser's own errands are off.
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
FREE = range(LAST + 1, LAST + 400)


@pytest.fixture
def site(committed_db, redis, worker, short_folder) -> Iterator[str]:  # noqa: F811
    """The address of a running web server with its worker, on the test's own database."""
    port = next(p for p in FREE if is_free(p))
    environment = committed_db | {
        "REDIS_URL": redis.url,
        "SENTRAL_DATA": str(settings.DATA_DIR),
        "SENTRAL_LOG": "WARNING",
    }
    log = (short_folder / "web.log").open("w")
    web = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "sentral.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4"],
        cwd=databases.ROOT,
        env=environment,
        stdout=log,
        stderr=log,
    )
    worker.start(concurrency=2)
    wait_until(lambda: not is_free(port), "the web server listens")
    yield f"http://127.0.0.1:{port}"
    web.terminate()
    web.wait()
    log.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    arguments = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


def check_accessible(page: Page) -> None:
    """axe finds nothing on the page as it is now."""
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


def picture_folder() -> Path | None:
    """Where pictures of each step go, when somebody wants to look: SENTRAL_PICTURES=folder."""
    folder = os.environ.get("SENTRAL_PICTURES")
    return Path(folder) if folder else None
