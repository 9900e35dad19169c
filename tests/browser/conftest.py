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
from tests.conftest import PASSWORD
from tests.faults.conftest import redis, short_folder, worker  # noqa: F401
from tests.faults.harness import wait_until

# Playwright's loop runs in this thread while a browser is open; Django takes that for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
# Nothing may be fetched from outside, so the browser's own errands are off.
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
SIZES = {"ponsel": {"width": 360, "height": 740}, "meja": {"width": 1366, "height": 900}}
PATIENCE = 60_000  # ms, for work a worker does
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


def log_in(page: Page, site: str, name: str, password: str = PASSWORD) -> None:
    """Fill in the log-in and wait until it has led on: to work, or to what the account must do first.

    site: empty where the page's own context knows the address.
    """
    page.goto(f"{site}/akun/login/")
    page.get_by_label("Nama pengguna atau surel").fill(name)
    page.get_by_label("Kata sandi", exact=True).fill(password)
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.wait_for_url(lambda url: "/akun/login/" not in url)


def check_accessible(page: Page) -> None:
    """axe finds nothing on the page once its colours stand still: half-way between two they contrast with nothing."""
    page.evaluate(
        "() => Promise.allSettled(document.getAnimations()"
        ".filter(one => one.effect.getComputedTiming().iterations !== Infinity).map(one => one.finished))"
    )
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


def picture_folder() -> Path | None:
    """Where pictures of each step go, when somebody wants to look: SENTRAL_PICTURES=folder."""
    folder = os.environ.get("SENTRAL_PICTURES")
    return Path(folder) if folder else None


@pytest.fixture(params=SIZES)
def page(request, browser):
    size = SIZES[request.param]
    context = browser.new_context(
        viewport=size, has_touch=request.param == "ponsel", locale="id-ID", bypass_csp=True
    )
    page = context.new_page()
    page.sentral_size = request.param  # type: ignore[attr-defined]
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda sent: errors.append(sent.url) if outside(sent.url) else None)
    yield page
    context.close()
    assert errors == [], "errors of scripts, or requests to outside servers"


def outside(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "data:", "blob:"))


def look(page: Page, name: str) -> None:
    """axe finds nothing, nothing sticks out sideways; and a picture, when somebody wants one."""
    check_accessible(page)
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, f"{name} scrolls sideways by {width} px"
    if folder := picture_folder():
        page.screenshot(path=folder / f"{name}-{page.sentral_size}.png", full_page=True)
