"""Boundaries in a real browser: a file dropped, its report, two maps that move together, the switch."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from access.models import Peran
from tests.batas_berkas import drawn, geojson
from tests.browser.conftest import check_accessible
from tests.conftest import PASSWORD, PROVINSI, make_user


@pytest.fixture
def page(browser, site):
    page = browser.new_context(locale="id-ID", base_url=site, bypass_csp=True).new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.context.close()
    assert errors == []


AREA = "path.banding-area"
WORD = "Batas indikatif, bukan batas resmi"


def test_from_the_file_to_the_map(page):
    make_user("hasan", "Yusuf Hasan", (Peran.DINSOS_PROV, PROVINSI))
    page.goto("/akun/login/?next=/peta/")
    page.get_by_label("Nama pengguna").fill("hasan")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    expect(page.get_by_text(WORD)).to_be_visible()
    page.get_by_role("link", name="Versi batas").click()
    page.get_by_role("link", name="Unggah batas").click()
    page.get_by_label("Nama versi").fill("Batas uji")
    page.get_by_label("Sumber").fill("Kantor uji")
    halves = [geojson(*drawn(kode, shift=0.02)) for kode in ("1903", "1906")]
    page.locator("[name=berkas]").set_input_files(
        [
            {"name": f"{n}.geojson", "mimeType": "application/geo+json", "buffer": half}
            for n, half in enumerate(halves)
        ]
    )
    expect(page.get_by_text("0.geojson, 1.geojson")).to_be_visible()
    page.get_by_role("button", name="Unggah dan periksa").click()
    expect(page).to_have_url(re.compile(r"/peta/versi/\d+/$"), timeout=60_000)
    check_accessible(page)

    page.get_by_role("link", name="Bandingkan di peta").click()
    right = page.get_by_role("group", name="Peta Batas uji")
    left = page.get_by_role("group", name="Peta Batas indikatif")
    first_left, first_right = left.locator(AREA).first, right.locator(AREA).first
    before = first_left.get_attribute("d"), first_right.get_attribute("d")
    right.get_by_role("button", name="Perbesar").click()
    expect(first_left).not_to_have_attribute("d", before[0] or "")
    expect(first_right).not_to_have_attribute("d", before[1] or "")
    check_accessible(page)

    page.set_viewport_size({"width": 360, "height": 740})
    expect(left).to_be_hidden()
    page.get_by_role("radio", name="Sekarang").check()
    expect(left).to_be_visible()
    expect(right).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    check_accessible(page)

    page.get_by_role("link", name="Pakai versi ini…").click()
    page.get_by_role("dialog").get_by_role("button", name="Pakai versi ini").click()
    expect(page.get_by_text("sekarang dipakai di semua peta")).to_be_visible()
    page.goto("/peta/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text(WORD)).to_have_count(0)
