"""A NIK in full, in a real browser: asked for in a dialog, copied, covered again, gone after going back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from access.models import Peran
from kpm.models import Sumber
from tests.browser.conftest import log_in, look
from tests.conftest import RIAS, TOBOALI, make_keluarga, make_user

NUMBER = re.compile(r"\b\d{16}\b")
TWO_MINUTES = 121_000


@pytest.fixture
def family(committed_db):
    """A family in Rias, and its TKSK."""
    make_user("tono", "Tono Subagyo", (Peran.TKSK, TOBOALI))
    sumber = Sumber.objects.create(jenis="DTKS", periode="2026-10")
    return make_keluarga(sumber, RIAS, 1, "ROSIDI", "NURHAYATI")


def open_numbers(page: Page) -> None:
    """From the page of the family to the numbers in the dialog."""
    page.get_by_role("link", name="Tampilkan NIK…").click()
    page.get_by_label("Alasan").select_option("cocok")
    page.get_by_label("Keterangan").fill("warga datang membawa KK")
    page.get_by_role("button", name="Tampilkan satu kali").click()
    expect(page.get_by_text("Tampil satu kali")).to_be_visible()


def test_numbers_are_shown_once_and_covered_again(site, page, family):
    page.clock.install()
    log_in(page, site, "tono")
    page.goto(f"{site}/keluarga/{family.pk}/")
    look(page, "keluarga-tertutup")
    page.get_by_role("link", name="Tampilkan NIK…").click()
    expect(page.get_by_role("button", name="Tampilkan satu kali")).to_be_visible()
    look(page, "tampilkan-alasan")
    page.get_by_label("Alasan").select_option("lainnya")
    page.get_by_role("button", name="Tampilkan satu kali").click()
    expect(page.get_by_text("Tulis alasannya, sedikitnya")).to_be_visible()
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").count() == 0

    open_numbers(page)
    assert len(NUMBER.findall(page.content())) == 2
    look(page, "tampilkan-nomor")
    assert NUMBER.search(page.url) is None
    page.clock.fast_forward(TWO_MINUTES)
    expect(page.get_by_text("Nomor sudah ditutup kembali")).to_be_visible()
    assert NUMBER.findall(page.content()) == []
    page.get_by_role("link", name="Tutup sekarang").click()
    expect(page.get_by_role("link", name="Tampilkan NIK…")).to_be_focused()

    open_numbers(page)
    page.goto(f"{site}/")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Rosidi")
    assert NUMBER.findall(page.content()) == []
