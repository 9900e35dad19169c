"""Twenty pairs decided by keyboard alone, in a real browser; and a pair that two officers open at once."""

from __future__ import annotations

from collections import Counter

import pytest
from playwright.sync_api import Page, expect

from access.models import Peran
from kpm.models import Anggota, Sumber
from padan.models import Kandidat, Putusan, UsulNik
from tests.browser.conftest import log_in, look
from tests.conftest import BANGKA_SELATAN, PROVINSI, RIAS, everything, make_keluarga, make_user
from tests.padan_kandidat import make_kandidat, make_run, without_nik

MANY = 20
KEYS = "ytrtytttyttrttytttyt"  # what is pressed, one pair after another


@pytest.fixture
def pairs(committed_db) -> list[Kandidat]:
    """Twenty people of Desa Rias without a NIK, each with a candidate; and two officers of the kabupaten."""
    make_user("rina", "Rina Marlina", (Peran.DINSOS_KAB, BANGKA_SELATAN))
    make_user("sinta", "Sinta Dewi", (Peran.DINSOS_KAB, BANGKA_SELATAN))
    run = make_run(make_user("hasan", "Yusuf Hasan", (Peran.DINSOS_PROV, PROVINSI)))
    sumber = Sumber.objects.create(jenis="DTKS", periode="2026-10")
    found = []
    for number in range(MANY):
        keluarga = make_keluarga(
            sumber, RIAS, 300 + number, f"SARKAWI {number}", "NURHAYATI", "HENDRA RAHMAN"
        )
        found.append(make_kandidat(run, without_nik(keluarga, "HENDRA RAHMAN"), skor=0.99 - number / 100))
    return found


def ready(page: Page) -> None:
    """The island has come: from here on letters press buttons."""
    page.locator('[data-bagian="pakai-tombol"]:not([hidden])').wait_for(state="attached")


def press(page: Page, key: str) -> None:
    ready(page)
    with page.expect_navigation():
        page.keyboard.press(key)


def tab_to(page: Page, name: str) -> None:
    """Go from one control to the next until the one of this name has the focus."""
    seen = ""
    for _ in range(60):
        page.keyboard.press("Tab")
        seen = page.evaluate("document.activeElement.innerText")
        if seen.strip() == name:
            return
    raise AssertionError(f"{name} is not reached by Tab, only {seen}")


def test_twenty_pairs_by_keyboard_alone(site, page, pairs):
    log_in(page, site, "rina")
    page.goto(f"{site}/padan/putusan/")
    expect(page.get_by_text("20 orang", exact=True)).to_be_visible()
    look(page, "putusan-daftar")
    tab_to(page, "Mulai memutuskan")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Apakah ini orang yang sama?")).to_be_visible()
    ready(page)
    look(page, "putusan-pasangan")

    first = page.url
    press(page, "n")
    assert page.url != first
    press(page, "p")
    assert page.url == first

    press(page, "t")
    expect(page.get_by_text("Tersimpan: orang lain.")).to_be_visible()
    press(page, "u")
    assert page.url == first
    expect(page.get_by_text("Putusan dibatalkan.")).to_be_visible()

    for key in KEYS:
        press(page, key)
    expect(page.get_by_text("Tidak ada pasangan yang menunggu putusan")).to_be_visible()
    look(page, "putusan-habis")
    with everything():
        rows = Counter(Putusan.objects.in_force().values_list("hasil", flat=True))
        assert rows == {"terima": KEYS.count("y"), "tolak": KEYS.count("t"), "ragu": KEYS.count("r")}
        assert UsulNik.objects.waiting().count() == KEYS.count("y")
        assert not Anggota.objects.filter(nama="HENDRA RAHMAN").exclude(nik="").exists()

    page.goto(f"{site}/padan/usul/")
    look(page, "usul-daftar")
    page.get_by_role("link", name="Hendra Rahman").first.click()
    expect(page.get_by_text("Petugas lain yang menyetujui")).to_be_visible()
    look(page, "usul-sendiri")


def test_letters_that_are_typed_or_switched_off_decide_nothing(site, page, pairs):
    log_in(page, site, "rina")
    page.goto(f"{site}/padan/putusan/{pairs[0].pk}/")
    ready(page)
    here = page.url
    page.get_by_label("Catatan, boleh kosong").press_sequentially("tyrnu")
    expect(page.get_by_label("Catatan, boleh kosong")).to_have_value("tyrnu")
    page.evaluate("localStorage.setItem('sentral-tombol-huruf', 'mati')")
    page.reload()
    ready(page)
    page.keyboard.press("t")
    page.keyboard.press("n")
    page.evaluate("() => new Promise(requestAnimationFrame)")
    assert page.url == here
    with everything():
        assert not Putusan.objects.exists()


def test_a_pair_is_held_while_its_page_is_open(site, browser, page, pairs):
    log_in(page, site, "rina")
    page.goto(f"{site}/padan/putusan/{pairs[0].pk}/")
    ready(page)
    context = browser.new_context(locale="id-ID", bypass_csp=True)
    other = context.new_page()
    log_in(other, site, "sinta")
    other.goto(f"{site}/padan/putusan/{pairs[0].pk}/")
    expect(other.get_by_text("Rina Marlina sedang memutuskan pasangan ini")).to_be_visible()
    expect(other.get_by_role("button", name="Sama")).to_have_count(0)
    page.goto(f"{site}/padan/putusan/")
    other.wait_for_function(
        "async () => (await (await fetch(location.href)).text()).includes('name=\"hasil\"')"
    )
    context.close()
