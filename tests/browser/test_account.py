"""The account in a real browser: an app and a passkey set up and used, every page looked at, on both sizes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import CDPSession, Page, expect

from access.models import Peran
from tests.browser.conftest import check_accessible, log_in, picture_folder
from tests.codes import code_of, wrong_code
from tests.conftest import BANGKA_SELATAN, PASSWORD, PROVINSI, RIAS, make_user

SIZES = {"ponsel": (360, 740), "meja": (1280, 900)}
INDEX = "/akun/langkah-kedua/"


@pytest.fixture
def demanded(monkeypatch):
    """Before `site`: its processes ask for a second factor."""
    monkeypatch.setenv("SENTRAL_SECOND_FACTOR", "true")


@pytest.fixture
def home(demanded, site) -> str:
    """The site under a name: a passkey belongs to a name, never to a number."""
    return site.replace("127.0.0.1", "localhost")


def open_page(browser, home: str, **context) -> Page:
    page = browser.new_context(locale="id-ID", base_url=home, **context).new_page()
    page.complaints = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on(
        "console", lambda line: page.complaints.append(line.text) if "Content Security" in line.text else None
    )
    return page


@pytest.fixture
def page(browser, home):
    """A page into which axe can be put; the next one keeps the site's own policy."""
    page = open_page(browser, home, bypass_csp=True)
    yield page
    page.context.close()
    assert page.complaints == []


@pytest.fixture
def guarded_page(browser, home):
    page = open_page(browser, home)
    yield page
    page.context.close()
    assert page.complaints == []


def device_with_passkeys(page: Page) -> CDPSession:
    """A phone with a finger on it, as Chromium pretends it."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return cdp


def look(page: Page, name: str) -> None:
    """axe finds nothing and nothing sticks out, on a phone and on a desk."""
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        check_accessible(page)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{name} scrolls sideways by {over} px at {width}"
        if folder := picture_folder():
            page.screenshot(path=folder / f"{name}-{size}.png", full_page=True)


def log_out(page: Page) -> None:
    page.goto("/akun/logout/")
    page.locator("main").get_by_role("button", name="Keluar").click()
    expect(page).to_have_url(re.compile("/akun/login/"))


def confirm_password(page: Page) -> None:
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("button", name="Lanjutkan").click()


def test_app_from_the_forced_set_up_to_the_log_in_with_a_code(page):
    make_user("rina", "Rina Marlina", (Peran.DINSOS_KAB, BANGKA_SELATAN))
    device_with_passkeys(page)
    page.goto("/akun/login/?akhir=diam")
    look(page, "berakhir")
    log_in(page, "", "rina")
    expect(page).to_have_url(re.compile(INDEX))
    look(page, "wajib")
    page.goto("/keluarga/")
    expect(page.get_by_text("Pasang langkah kedua dulu.")).to_be_visible()

    page.get_by_role("link", name="Pasang aplikasi autentikator").click()
    look(page, "pastikan")
    confirm_password(page)
    expect(page.get_by_alt_text("Kode QR")).to_be_visible()
    page.get_by_text("Tidak dapat memindai?").click()
    look(page, "aplikasi")
    secret = page.locator("#kunci-totp").inner_text().replace(" ", "")
    page.get_by_label("Kode 6 angka").fill(wrong_code(secret))
    page.get_by_role("button", name="Pasang", exact=True).click()
    expect(page.get_by_text("Kode keliru.")).to_be_visible()
    look(page, "aplikasi-keliru")
    page.get_by_label("Kode 6 angka").fill(code_of(secret))
    page.get_by_role("button", name="Pasang", exact=True).click()

    expect(page.get_by_role("heading", name="Kode cadangan")).to_be_visible()
    look(page, "kode-cadangan")
    codes = page.locator(".kode-cadangan li").all_inner_texts()
    assert len(set(codes)) == 10
    with page.expect_download() as download:
        page.get_by_role("link", name="Unduh").click()
    assert download.value.suggested_filename == "kode-cadangan-sentral.txt"
    assert codes[0] in download.value.path().read_text()
    page.get_by_role("link", name="Sudah saya simpan").click()
    expect(page).to_have_url(re.compile("/$"))

    for path, name in (
        ("/akun/", "akun-saya"),
        ("/akun/sesi/", "sesi"),
        ("/akun/password/change/", "ganti-sandi"),
        (INDEX, "langkah-kedua"),
        (f"{INDEX}totp/deactivate/", "lepas-aplikasi"),
        (f"{INDEX}recovery-codes/generate/", "buat-kode"),
        (f"{INDEX}reauthenticate/", "pastikan-kode"),
        (f"{INDEX}webauthn/add/", "tambah-kunci"),
    ):
        page.goto(path)
        look(page, name)
    page.get_by_role("button", name="Tambah kunci").click()
    expect(page.get_by_text("Kunci sandi ditambahkan.")).to_be_visible()
    for path, name in (
        (f"{INDEX}webauthn/", "daftar-kunci"),
        (f"{INDEX}webauthn/reauthenticate/", "pastikan-kunci"),
    ):
        page.goto(path)
        look(page, name)
    page.goto(f"{INDEX}webauthn/")
    page.get_by_role("link", name="Ganti nama Kunci saya").click()
    look(page, "ganti-nama")
    page.get_by_label("Nama kunci").fill("Ponsel Rina")
    page.get_by_role("button", name="Simpan nama").click()
    page.get_by_role("link", name="Lepas Ponsel Rina").click()
    look(page, "lepas-kunci")
    page.get_by_role("button", name="Lepas kunci").click()
    expect(page.get_by_text("Belum ada kunci sandi.")).to_be_visible()

    log_out(page)
    log_in(page, "", "rina")
    expect(page).to_have_url(re.compile("/authenticate/"))
    look(page, "kode")
    page.get_by_label("Kode").fill(wrong_code(secret))
    page.get_by_role("button", name="Masuk", exact=True).click()
    expect(page.get_by_text("Kode keliru atau sudah dipakai.")).to_be_visible()
    look(page, "kode-keliru")
    page.goto("/keluarga/")
    expect(page).to_have_url(re.compile("/authenticate/"))
    page.get_by_label("Kode").fill(code_of(secret, 1))  # the one of the set-up is used up
    page.get_by_role("button", name="Masuk", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto("/keluarga/")
    expect(page).to_have_url(re.compile("/keluarga/$"))


def test_passkey_under_the_policy_of_the_site(guarded_page):
    page = guarded_page
    make_user("ratna", "Ratna Wulandari", (Peran.DINSOS_PROV, PROVINSI))
    device_with_passkeys(page)
    log_in(page, "", "ratna")
    page.get_by_role("link", name="Tambah kunci sandi").click()
    confirm_password(page)
    page.get_by_label("Nama kunci").fill("Komputer kantor")
    page.get_by_role("button", name="Tambah kunci").click()
    expect(page.get_by_role("heading", name="Kode cadangan")).to_be_visible()
    page.goto("/keluarga/")
    expect(page).to_have_url(re.compile("/keluarga/$"))

    log_out(page)  # the passkey as second factor
    log_in(page, "", "ratna")
    page.get_by_role("button", name="Pakai kunci sandi").click()
    expect(page).to_have_url(re.compile(r"localhost:\d+/$"))
    page.goto("/keluarga/")
    expect(page).to_have_url(re.compile("/keluarga/$"))

    log_out(page)  # and instead of name and password, back to the page that was asked for
    page.goto("/peta/")
    page.get_by_role("button", name="Pakai kunci sandi").click()
    expect(page).to_have_url(re.compile("/peta/$"))


def test_a_foreign_device_is_told_so(guarded_page):
    page = guarded_page
    make_user("sri", "Sri Wahyuni", (Peran.PSM, RIAS))
    cdp = device_with_passkeys(page)
    log_in(page, "", "sri")
    page.goto(f"{INDEX}webauthn/add/")
    confirm_password(page)
    page.get_by_role("button", name="Tambah kunci").click()
    expect(page.get_by_role("heading", name="Kode cadangan")).to_be_visible()
    log_out(page)
    cdp.send("WebAuthn.disable")
    cdp.send("WebAuthn.enable")
    device_with_passkeys(page)
    page.get_by_role("button", name="Pakai kunci sandi").click()
    expect(page.get_by_role("alert")).to_contain_text("Tekan tombolnya sekali lagi")
    page.goto("/keluarga/")
    expect(page).to_have_url(re.compile("/akun/login/"))


def test_back_after_the_log_out_shows_nobodys_data(guarded_page):
    page = guarded_page
    make_user("sri", "Sri Wahyuni", (Peran.PSM, RIAS))
    log_in(page, "", "sri")
    page.goto("/keluarga/")
    page.goto("/akun/")
    expect(page.get_by_text("Sri Wahyuni").first).to_be_attached()
    page.get_by_role("link", name="Atur langkah kedua").click()
    log_out(page)
    for _ in range(4):
        page.go_back()
        expect(page.get_by_text("Sri Wahyuni")).to_have_count(0)
