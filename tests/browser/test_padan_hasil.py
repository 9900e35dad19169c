"""What a match found, in a real browser: the panel that the page of a keluarga fetches, the numbers of a run down to
one person, and a threshold that is tried."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect

from access.models import Peran
from kpm.models import Keluarga, Sumber
from tests.browser.conftest import log_in, look
from tests.conftest import LALANG_JAYA, PROVINSI, RIAS, SERDANG, make_keluarga, make_user
from tests.test_padan_hasil import make_ekstrak, make_run, people, record

REASONS = {
    "PADAN": ["nik_sama"],
    "BEDA_ORANG": ["nik_orang_lain"],
    "CALON": ["nik_tidak_ada", "calon_ragu"],
    "TIDAK_DITEMUKAN": ["nik_tidak_ada"],
    "MENINGGAL": ["nik_sama", "meninggal"],
}


@pytest.fixture
def matched(committed_db) -> Keluarga:
    """Two runs over three villages; the family of Rosidi has one result of each kind."""
    hasan = make_user("hasan", "Yusuf Hasan", (Peran.DINSOS_PROV, PROVINSI))
    sumber = Sumber.objects.create(jenis="DTKS", periode="2026-10")
    names = ("ROSIDI", "NURHAYATI", "HENDRA RAHMAN", "SITI AMINAH BINTI ROSIDI", "M. ILHAM")
    family = make_keluarga(sumber, RIAS, 1, *names, program="PKH")
    others = [
        make_keluarga(sumber, place, number, f"KEPALA {number}", "ANGGOTA SATU", "ANGGOTA DUA")
        for number, place in enumerate((SERDANG, LALANG_JAYA) * 6, start=2)
    ]
    first = make_ekstrak(hasan, date(2026, 5, 1))
    record(hasan, make_run(hasan, dict.fromkeys(people(family), "TIDAK_DITEMUKAN"), first))
    kinds = list(REASONS)
    found = {
        one: {
            "hasil": kinds[n % len(kinds)],
            "alasan": REASONS[kinds[n % len(kinds)]],
            "skor": (n % 40) / 40 if kinds[n % len(kinds)] == "CALON" else None,
            "kk_sesuai": None if kinds[n % len(kinds)] == "TIDAK_DITEMUKAN" else n % 3 > 0,
            "wilayah_sesuai": n % 4 > 0,
        }
        for n, one in enumerate(people(family, *others))
    }
    record(hasan, make_run(hasan, found))
    return family


def test_what_a_match_found_is_read_down_to_one_person(site, page, matched):
    log_in(page, site, "hasan")
    page.goto(f"{site}/keluarga/{matched.pk}/")
    panel = page.locator("#panel-padan")
    expect(panel.get_by_text("satu orang mungkin sama")).to_be_visible()
    panel.get_by_text("1 hasil sebelumnya").first.click()
    expect(panel.get_by_text("Tidak ditemukan di data Dukcapil per 1 Mei 2026").first).to_be_visible()
    look(page, "padan-panel")
    panel.get_by_role("link", name="pencocokan").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hasil pencocokan")
    look(page, "padan-jalan")
    page.get_by_role("link", name="Kab. Bangka Selatan").click()
    page.get_by_role("link", name="Kec. Toboali").click()
    expect(page.get_by_text("Desa Serdang")).to_be_visible()
    look(page, "padan-jalan-kecamatan")
    page.get_by_role("link", name="lihat siapa saja").click()
    expect(page.get_by_role("heading", name="Belum padan")).to_be_visible()
    look(page, "padan-orang")
    page.get_by_role("link", name="Nurhayati").click()
    expect(page.locator("#panel-padan")).to_be_visible()


def test_a_threshold_is_tried(site, page, matched):
    log_in(page, site, "hasan")
    page.goto(f"{site}/padan/")
    look(page, "padan-beranda")
    page.get_by_role("link", name="Ambang", exact=True).click()
    page.get_by_label("Sangat mirip, mulai dari (%)").fill("60")
    page.get_by_role("button", name="Hitung").click()
    expect(page.get_by_text("Tidak ada hasil yang berubah")).to_be_visible()
    assert "kuat=60" in page.url
    look(page, "padan-ambang")
    page.get_by_label("Mungkin sama, mulai dari (%)").fill("80")
    page.get_by_role("button", name="Hitung").click()
    expect(page.get_by_text("tidak boleh di atas")).to_be_visible()
    page.goto(f"{site}/keluarga/?padan=perlu")
    expect(page.locator(".saring-kaki").get_by_text("Ada yang belum padan")).to_be_visible()
    look(page, "padan-daftar")
