"""Two periods compared in a real browser: from the list to the numbers, to a keluarga, and onto the map."""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from access.models import Peran
from access.scope import use_territory
from kpm.models import Keluarga
from tests.berkas import csv_bytes, import_bytes, person
from tests.browser.conftest import log_in, look
from tests.conftest import BANGKA_SELATAN, everything, make_user

PATIENCE = 30_000  # ms, for a busy machine
IN_SERDANG = {"DESA/KELUARAHAN": "SERDANG"}


@pytest.fixture
def rina(committed_db, settings, tmp_path):
    """Dinsos of the kabupaten, with April and October: one left, one came, one moved, one joined PKH."""
    settings.DATA_DIR = tmp_path
    rina = make_user("rina", "Rina Marlina", (Peran.DINSOS_KAB, BANGKA_SELATAN))
    april = [person(1), person(2, NAMA="EFENDI"), person(3, NAMA="HENDRA"), person(4, **IN_SERDANG)]
    october = [
        person(1, BANSOS_PKH="YA"),
        person(3, NAMA="HENDRA", **IN_SERDANG),
        person(4, **IN_SERDANG),
        person(5),
    ]
    with use_territory(rina), transaction.atomic():  # or the worker takes them first
        import_bytes(csv_bytes(april), rina, periode="2026-04")
        import_bytes(csv_bytes(october), rina, periode="2026-10")
    return rina


def test_from_the_list_to_who_moved(site, page: Page, rina):
    log_in(page, site, "rina")
    page.goto(f"{site}/keluarga/")
    page.get_by_role("link", name="Bandingkan periode").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bandingkan periode")
    expect(page.get_by_text("4 dulu + 1 masuk − 1 keluar = 4 kini.")).to_be_visible()
    look(page, "banding")

    page.get_by_role("link", name="Kec. Toboali").click()
    expect(page.get_by_role("rowheader", name="Desa Serdang")).to_be_visible()
    page.locator('a[href*="perubahan=datang"]').locator("visible=true").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Datang dari wilayah lain")
    look(page, "banding-daftar")
    page.go_back()

    # what one keluarga was in
    with everything():
        moved = Keluarga.objects.get(no_kk__endswith="0003")
    page.goto(f"{site}/keluarga/{moved.pk}/")
    told = page.locator("section", has=page.get_by_role("heading", name="Tercatat di"))
    expect(told.get_by_role("rowheader", name="DTKS April 2026")).to_be_visible()
    expect(told.get_by_text("Desa Rias").locator("visible=true")).to_be_visible()
    look(page, "keluarga-periode")
    page.goto(f"{site}/sumber/")
    expect(page.get_by_role("rowheader", name="DTKS Oktober 2026")).to_be_visible()
    look(page, "sumber")


def test_a_measure_of_two_periods_brings_its_own_form(site, page: Page, rina):
    """Choosing it on the map loads the page anew with the two periods; leaving it brings the list's filter back."""
    log_in(page, site, "rina")
    page.goto(f"{site}/peta/")
    page.get_by_label("Ukuran").select_option(label="Keluarga yang keluar dari daftar")
    expect(page.get_by_label("Dulu")).to_be_visible(timeout=PATIENCE)
    expect(page).to_have_url(re.compile("ukuran=periode_keluar"))
    expect(page.get_by_label("Kini").locator("option:checked")).to_have_text("DTKS Oktober 2026")
    look(page, "peta-periode")
    page.get_by_label("Ukuran").select_option(label="Keluarga terdaftar")
    expect(page.get_by_label("Dulu")).to_have_count(0, timeout=PATIENCE)
