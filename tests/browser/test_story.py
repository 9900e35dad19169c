"""The whole story in a real browser, on a phone and on a desk: from the log-in to the log-out."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from access.models import Peran
from sentral.demo.families import Families
from sentral.demo.files import write_file
from sentral.demo.province import read_villages
from tests.browser.conftest import check_accessible, picture_folder
from tests.conftest import PASSWORD, PROVINSI, make_user

KELUARGA = 500
SIZES = {"ponsel": {"width": 360, "height": 740}, "meja": {"width": 1366, "height": 900}}
PATIENCE = 60_000  # ms, for work a worker does


@pytest.fixture
def dtks(committed_db, tmp_path):
    """A DTKS file of an invented province, with its dirt."""
    path = tmp_path / "DTKS_OKT2026.xlsx"
    write_file(path, Families(read_villages(7), 7).rows(KELUARGA))
    return path


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
    expect(page).to_have_url(re.compile(r"/(pekerjaan|impor)/\d+/"), timeout=PATIENCE)

    page.reload()  # loses nothing
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
