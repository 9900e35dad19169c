"""Accounts in a real browser: a list taken in, its slips, the first log-in, a new password, the end of duty."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from access.models import Peran
from tests.browser.conftest import check_accessible, log_in, picture_folder
from tests.conftest import BANGKA_SELATAN, TOBOALI, make_user

SIZES = {"ponsel": (360, 740), "meja": (1280, 900)}
PATIENCE = 120_000  # ms, for work a worker does
LIST = """Nama;No. HP;Jabatan;Desa;Kecamatan;Selesai
Hj. Siti Aminah, S.Pd;0812-0000-0001;PSM;Rias;Toboali;31-12-2030
Karim;+62 812 0000 0002;TKSK;;Toboali;
Budi;12;PSM;Serdang;Toboali;
"""
OWN = "perahu-biru-di-teluk-9"


@pytest.fixture
def page(browser):
    context = browser.new_context(locale="id-ID", bypass_csp=True)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def look(page: Page, name: str) -> None:
    """On both sizes axe finds nothing and nothing sticks out sideways; a picture when somebody wants one."""
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        check_accessible(page)
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert beyond <= 0, f"{name} scrolls sideways by {beyond} px at {width}"
        if folder := picture_folder():
            page.screenshot(path=folder / f"akun-{name}-{size}.png", full_page=True)


def test_from_a_list_to_the_first_log_in_and_the_end_of_duty(site, page, browser, tmp_path):
    make_user("rina", "Rina Marlina", (Peran.DINSOS_KAB, BANGKA_SELATAN))
    (tmp_path / "daftar.csv").write_text(LIST, encoding="cp1252")
    log_in(page, site, "rina")
    page.goto(f"{site}/akun/daftar/")
    look(page, "daftar-kosong")
    page.get_by_role("link", name="Unggah daftar").click()
    look(page, "unggah")
    page.locator("input[name=berkas]").set_input_files(tmp_path / "daftar.csv")
    page.get_by_role("button", name="Periksa daftar").click()
    expect(page.get_by_text("Belum ada yang ditulis.")).to_be_visible()
    expect(page.get_by_text("Nomor telepon harus 9 sampai 14 angka").locator("visible=true")).to_be_visible()
    look(page, "pratinjau")
    page.get_by_role("button", name="Buat 2 akun").click()
    expect(page.get_by_text("2 akun dibuat")).to_be_visible(timeout=PATIENCE)
    look(page, "hasil")
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="Unduh 2 slip").click()
    text = "\n".join(p.extract_text() for p in PdfReader(downloaded.value.path()).pages)
    password = re.search(r"siti\.aminah\s+Kata sandi pertama (\S+)", text)[1]

    phone = browser.new_context(locale="id-ID", bypass_csp=True).new_page()
    log_in(phone, site, "siti.aminah", password)
    expect(phone.get_by_role("heading", name="Buat kata sandi Anda sendiri")).to_be_visible()
    phone.goto(f"{site}/keluarga/")
    expect(phone.get_by_role("heading", name="Buat kata sandi Anda sendiri")).to_be_visible()
    look(phone, "ganti-sandi")
    phone.get_by_label("Kata sandi sekali pakai").fill(password)
    phone.get_by_label("Kata sandi baru", exact=True).fill(OWN)
    phone.get_by_label("Kata sandi baru sekali lagi").fill(OWN)
    phone.get_by_role("button", name="Simpan kata sandi baru").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Rias")

    page.goto(f"{site}/akun/daftar/?wilayah={TOBOALI}")
    look(page, "kecamatan")
    page.get_by_role("link", name="Siti Aminah").click()
    look(page, "orang")
    page.get_by_role("link", name="Akhiri").click()
    page.get_by_role("button", name="Akhiri sekarang").click()
    expect(page.get_by_text("sudah diakhiri")).to_be_visible()
    look(page, "orang-sesudah")
    phone.goto(f"{site}/keluarga/")
    expect(phone).to_have_url(re.compile("/akun/login/"))
    phone.context.close()

    page.get_by_role("link", name="Akun", exact=True).first.click()
    page.get_by_role("link", name="Akun baru").first.click()
    look(page, "baru")
