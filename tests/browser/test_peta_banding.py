"""Two measures side by side in a real browser: maps that move together, keys, the address, the way back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from access.models import Peran
from kpm.models import Peringkat, Sumber
from tests.browser.conftest import log_in, look
from tests.conftest import TOBOALI, everything, make_keluarga, make_user
from tests.faults.harness import wait_until

PATIENCE = 30_000  # ms, for a busy machine
VILLAGES = ["1903012010", "1903012004", "1903012005", "1903012006", "1903012007", "1903012008"]


@pytest.fixture
def tono(committed_db):
    """A TKSK with seven families in six villages, of unlike rank and help."""
    sumber = Sumber.objects.get_or_create(jenis="DTKS", periode="2026-10")[0]
    for nomor, wilayah in enumerate([*VILLAGES, VILLAGES[0]], start=1):
        keluarga = make_keluarga(sumber, wilayah, nomor, "SEORANG", program="PKH" if nomor % 2 else "")
        with everything():
            Peringkat.objects.create(
                keluarga=keluarga, sumber=sumber, wilayah_id=wilayah, desil=1 + nomor % 4, persentil=nomor
            )
    return make_user("tono", "Tono Subagyo", (Peran.TKSK, TOBOALI))


def area(page: Page, canvas: str, kode: str = "1903012008"):
    return page.locator(f'[data-bagian="{canvas}"] path[data-kode="{kode}"]')


def test_two_measures_side_by_side(site, page, tono):
    log_in(page, site, "tono")
    page.goto(f"{site}/peta/?ukuran=rata_desil")
    expect(area(page, "gambar")).to_be_visible(timeout=PATIENCE)
    other = page.locator('[data-bagian="kanvas-banding"]')
    expect(other).to_be_hidden()

    page.get_by_label("Bandingkan dengan").select_option(label="Program per keluarga")
    expect(area(page, "gambar-banding")).to_be_visible(timeout=PATIENCE)
    expect(page).to_have_url(re.compile("ukuran=rata_desil&banding=rata_program"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Rata-rata desil dan Program per keluarga")
    expect(page.get_by_text("Hubungan kedua ukuran")).to_be_visible()
    look(page, "peta-banding")

    # a click in the second map marks the wilayah in both, and the keys work there too
    area(page, "gambar-banding").focus()
    page.keyboard.press("Enter")
    expect(area(page, "gambar")).to_have_attribute("aria-pressed", "true")
    expect(area(page, "gambar-banding")).to_have_attribute("aria-pressed", "true")
    expect(area(page, "gambar-banding")).to_have_attribute(
        "aria-label", re.compile("Rias, .*dari 1 keluarga")
    )
    expect(page.locator('[data-bagian="panel"]')).to_contain_text("Program per keluarga:")

    # whichever is moved, the other one follows
    page.locator('[data-bagian="gambar-banding"] .leaflet-control-zoom-in').click()
    same_place(page)
    page.locator('[data-bagian="gambar"] .leaflet-control-zoom-out').click()
    same_place(page)

    # classes follow the choice; the address keeps it all, and the way back takes it away again
    page.get_by_label("Pembagian warna").select_option("sama")
    expect(page.locator("#peta-kelas-keterangan")).to_contain_text("sama lebar")
    expect(page).to_have_url(re.compile("kelas=sama"))
    address = page.url
    page.get_by_label("Bandingkan dengan").select_option("")
    expect(other).to_be_hidden()
    page.go_back()
    expect(area(page, "gambar-banding")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_label("Bandingkan dengan")).to_have_value("rata_program")
    page.goto(address)
    expect(area(page, "gambar-banding")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_label("Pembagian warna")).to_have_value("sama")


def same_place(page: Page) -> None:
    """Both maps draw the village at the same place and size of their own frames."""

    def seen(canvas: str) -> list[int]:
        frame = page.locator(f'[data-bagian="{canvas}"]').bounding_box()
        box = area(page, canvas).bounding_box()
        assert frame and box
        return [
            round(box["x"] - frame["x"]),
            round(box["y"] - frame["y"]),
            round(box["width"]),
            round(box["height"]),
        ]

    def settled() -> bool:
        one, two = seen("gambar"), seen("gambar-banding")
        return all(abs(a - b) <= 2 for a, b in zip(one, two, strict=True))

    wait_until(settled, "both maps show the same place")
