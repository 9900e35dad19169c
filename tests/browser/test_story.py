"""The whole story in a real browser, on a phone and on a desk: from the log-in to the log-out."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from access.models import Peran
from sentral.demo.families import Families
from sentral.demo.files import write_file
from sentral.demo.province import read_villages
from tests.browser.conftest import PATIENCE, look
from tests.conftest import PASSWORD, PROVINSI, make_user

KELUARGA = 500


@pytest.fixture
def dtks(committed_db, tmp_path):
    """A DTKS file of an invented province, with its dirt."""
    path = tmp_path / "DTKS_OKT2026.xlsx"
    write_file(path, Families(read_villages(7), 7).rows(KELUARGA))
    return path


def test_from_log_in_to_log_out(site, page, dtks):
    make_user("yusuf", "Yusuf Hasan", (Peran.ADMIN, PROVINSI))

    page.goto(site)
    expect(page).to_have_url(re.compile("/akun/login/"))
    look(page, "masuk")
    page.get_by_label("Nama pengguna atau surel").fill("yusuf")
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    look(page, "beranda-kosong")

    page.goto(f"{site}/impor/baru/")
    look(page, "unggah")
    page.locator("input[type=file]").set_input_files(dtks)
    expect(page.get_by_text("DTKS_OKT2026.xlsx")).to_be_visible()
    page.get_by_role("button", name="Unggah berkas").click()
    expect(page).to_have_url(re.compile(r"/impor/\d+/"), timeout=PATIENCE)

    page.reload()  # loses nothing
    expect(page.get_by_text("Belum ada yang ditulis.")).to_be_visible(timeout=PATIENCE)
    look(page, "pratinjau")
    page.get_by_role("link", name=re.compile(r"[\d.]+ orang")).first.click()
    expect(page.get_by_role("heading", name="Orang yang baru")).to_be_visible()
    assert re.search(r"\d{16}", page.locator("main").inner_text()) is None
    look(page, "pratinjau-rincian")
    page.go_back()
    page.get_by_role("link", name="Ubah aturan").click()
    look(page, "pratinjau-aturan")
    page.get_by_label("Tandai keluar dari daftar").check()
    page.get_by_role("button", name="Simpan dan tinjau lagi").click()
    expect(page.get_by_text("ditandai keluar")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("link", name=re.compile("Terapkan")).click()
    expect(page.get_by_role("heading", name="Terapkan DTKS")).to_be_visible()
    look(page, "pratinjau-terapkan")
    page.get_by_role("button", name="Terapkan").click()
    expect(page.get_by_role("link", name="Lihat di peta")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("baris dibaca")).to_be_visible(timeout=PATIENCE)
    look(page, "laporan")
    page.goto(f"{site}/pekerjaan/")
    look(page, "pekerjaan-saya")
    page.locator("main a[href*='/pekerjaan/'], main a[href*='/impor/']").first.click()
    look(page, "pekerjaan")

    page.goto(f"{site}/peta/?tingkat=desa_kelurahan")
    expect(page.get_by_text("bukan batas resmi").first).to_be_visible()
    area = page.locator("path.leaflet-interactive[role=button], path.leaflet-interactive[tabindex]").first
    expect(area).to_be_visible(timeout=PATIENCE)
    look(page, "peta")
    area.focus()
    page.keyboard.press("Enter")
    to_list = page.get_by_role("link", name=re.compile("daftar keluarga", re.I)).first
    expect(to_list).to_be_visible()
    look(page, "peta-panel")
    to_list.click()

    expect(page).to_have_url(re.compile(r"/keluarga/\?.*wilayah=\d{10}"))
    look(page, "daftar")
    page.locator("main tbody a[href^='/keluarga/']").first.click()
    expect(page).to_have_url(re.compile(r"/keluarga/\d+/"))
    expect(page.get_by_role("heading", name="Anggota")).to_be_visible()
    assert re.search(r"\d{16}", page.locator("main").inner_text()) is None
    look(page, "keluarga")

    page.goto(site)
    look(page, "beranda")
    page.goto(f"{site}/akun/logout/")
    page.get_by_role("main").get_by_role("button", name=re.compile("keluar", re.I)).click()
    page.goto(f"{site}/keluarga/")
    expect(page).to_have_url(re.compile("/akun/login/"))
