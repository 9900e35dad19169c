"""Somebody sees an unknown file for the first time and gets it onto the list, on a phone and on a desk."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from access.models import Peran
from tests.browser.conftest import PATIENCE, log_in, look
from tests.conftest import BANGKA_SELATAN, make_user
from tests.test_columns import recap


@pytest.fixture
def berkas(tmp_path):
    path = tmp_path / "REKAP TOBOALI.csv"
    path.write_bytes(recap())
    return path


def test_an_unknown_layout_is_named_and_imported(site, page, berkas):
    make_user("rina", "Rina Marlina", (Peran.DINSOS_KAB, BANGKA_SELATAN))
    log_in(page, site, "rina")
    page.goto(f"{site}/impor/baru/")
    page.locator("input[type=file]").set_input_files(berkas)
    page.get_by_role("button", name="Unggah berkas").click()

    expect(page.get_by_role("heading", name="Cocokkan kolom")).to_be_visible(timeout=PATIENCE)
    look(page, "cocokkan-kolom")
    page.get_by_role("button", name="Muat berkas").click()
    expect(page.get_by_role("alert")).to_contain_text("Tunjukkan dahulu kolom Nama")
    look(page, "cocokkan-kolom-kurang")
    page.get_by_label("Isi kolom B").select_option("Nama")
    page.get_by_label("Nama susunan kolom ini").fill("Rekap kecamatan")
    page.get_by_role("button", name="Muat berkas").click()
    page.get_by_role("link", name=re.compile("Terapkan")).click(timeout=PATIENCE)
    page.get_by_role("button", name="Terapkan").click()
    expect(page.get_by_role("link", name="Lihat di peta")).to_be_visible(timeout=PATIENCE)

    page.goto(f"{site}/keluarga/")
    expect(page.get_by_role("link", name=re.compile("Rosidi", re.I)).first).to_be_visible()
