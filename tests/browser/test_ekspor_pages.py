"""An export in the browser, by keyboard alone: asked for, approved by a second person, fetched (T4, T9)."""

from __future__ import annotations

import openpyxl
import pytest
from playwright.sync_api import Browser, Page

from kpm.models import Sumber
from tests.browser.conftest import check_accessible, log_in
from tests.conftest import BANGKA_SELATAN, RIAS, TOBOALI, make_keluarga, make_user

WIDTHS = (360, 1280)


@pytest.fixture(autouse=True)
def few_need_a_second_person(monkeypatch, settings, tmp_path):
    """The site and its worker read the environment of this process."""
    monkeypatch.setenv("SENTRAL_EKSPOR_TANPA_SETUJU", "2")
    settings.DATA_DIR = tmp_path


@pytest.fixture
def people(committed_db):
    make_keluarga(
        Sumber.objects.create(jenis="DTKS", periode="2026-10"), RIAS, 1, "=ROSIDI", "NURHAYATI", "X"
    )
    make_user("tono", "Tono Subagyo", ("tksk", TOBOALI))
    make_user("rina", "Rina Marlina", ("dinsos_kab", BANGKA_SELATAN))


def open_as(browser: Browser, site: str, username: str) -> Page:
    page = browser.new_context(base_url=site, accept_downloads=True).new_page()
    log_in(page, site, username)
    return page


def look(page: Page) -> None:
    """axe at both widths, and nothing that has to be scrolled sideways."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        check_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until that element has the focus; it must be within sixty presses."""
    wanted = page.locator(selector).first
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError(f"Tab never reaches {selector} on {page.url}")


def test_an_export_is_asked_for_approved_and_fetched_by_keyboard(site, browser, people, tmp_path):
    tono = open_as(browser, site, "tono")
    tono.goto("/keluarga/")
    tab_to(tono, "a[href='/keluarga/unduh/']")
    tono.keyboard.press("Enter")
    tono.wait_for_url("/keluarga/unduh/")
    look(tono)
    tab_to(tono, "input[name=jenis]")
    tono.keyboard.press("ArrowDown")
    tab_to(tono, "textarea[name=alasan]")
    tono.keyboard.type("bahan musdes bulan ini")
    tab_to(tono, "main form button")
    tono.keyboard.press("Enter")
    tono.wait_for_url("**/ekspor/*/")
    assert tono.get_by_text("Rina Marlina").count()
    look(tono)

    rina = open_as(browser, site, "rina")
    rina.goto("/pekerjaan/")
    look(rina)
    tab_to(rina, "a[href$='/putusan/']")
    rina.keyboard.press("Enter")
    rina.wait_for_url("**/putusan/")
    look(rina)
    tab_to(rina, "input[name=putusan]")
    rina.keyboard.press("Space")
    tab_to(rina, "main form button")
    rina.keyboard.press("Enter")
    rina.wait_for_url("**/ekspor/")
    look(rina)

    tono.wait_for_function(
        "async () => (await (await fetch(location.href)).text()).includes('Berkas siap')", timeout=60_000
    )
    tono.reload()
    look(tono)
    tab_to(tono, "a[href$='/unduh/']")
    with tono.expect_download() as coming:
        tono.keyboard.press("Enter")
    file = tmp_path / "hasil.xlsx"
    coming.value.save_as(file)
    rows = list(openpyxl.load_workbook(file)["Data"].iter_rows(min_row=2, values_only=True))
    assert [row[4] for row in rows] == ["=ROSIDI", "NURHAYATI", "X"]
    tono.goto("/ekspor/")
    look(tono)
