"""Every address of the access table on a phone: axe finds nothing, nothing sticks out sideways."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, Page

from access.models import Peran, User
from kpm.models import Sumber
from tests.browser.conftest import picture_folder
from tests.conftest import BANGKA_SELATAN, PROVINSI, RIAS, make_keluarga, make_user
from tests.test_access import PEOPLE, TABLE, make_places

PHONE = {"width": 360, "height": 740}
# Who opens a page: the first of them whom the table promises one.
OPENERS = ("bu_rina", "pak_hasan", "bu_wati")
ONLY_ADMIN = {"sehat_rinci"}


@pytest.fixture
def people(committed_db) -> dict[str, User]:
    return {
        "bu_rina": make_user("rina", "Rina Marlina", (Peran.DINSOS_KAB, BANGKA_SELATAN)),
        "pak_hasan": make_user("hasan", "Yusuf Hasan", (Peran.DINSOS_PROV, PROVINSI)),
        "bu_wati": make_user("wati", "Wati Auditor", (Peran.AUDITOR, PROVINSI)),
        "pak_yusuf": make_user("yusuf", "Yusuf Admin", (Peran.ADMIN, PROVINSI), is_staff=True),
    }


@pytest.fixture
def places(people) -> dict[str, int]:
    sumber = Sumber.objects.create(jenis="DTKS", periode="2026-10")
    family = make_keluarga(sumber, RIAS, 1, "ROSIDI", "NURHAYATI", "HENDRA", program="PKH")
    return make_places(family, people["bu_rina"])


def opener_of(name: str, answers: str) -> str | None:
    if name in ONLY_ADMIN:
        return "pak_yusuf"
    promised = dict(zip(PEOPLE, answers.split(), strict=True))
    return next((person for person in OPENERS if promised[person] in {"200", "410"}), None)


def open_as(browser: Browser, site: str, user: User) -> Page:
    client = Client()
    client.force_login(user)
    context = browser.new_context(viewport=PHONE, has_touch=True, locale="id-ID", bypass_csp=True)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    return context.new_page()


def faults_of(page: Page, name: str) -> list[str]:
    found = [
        f"{name}: {one['id']} {one['nodes'][0]['target']}" for one in Axe().run(page).response["violations"]
    ]
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if folder := picture_folder():
        page.screenshot(path=folder / f"{name.replace(':', '-')}-360.png", full_page=True)
    return found + ([f"{name}: {width} px too wide"] if width > 0 else [])


def test_every_page_is_accessible_on_a_phone(site, browser, people, places):
    windows = {person: open_as(browser, site, user) for person, user in people.items()}
    faults, looked_at = [], 0
    for name, (method, path, answers) in TABLE.items():
        person = opener_of(name, answers)
        if method != "get" or person is None or path.endswith((".xlsx", ".pdf", ".json")):
            continue
        page = windows[person]
        answer = page.goto(site + path.format(**places))
        if "html" in answer.headers["content-type"] and page.locator("main").count():
            faults += faults_of(page, name)
            looked_at += 1
    assert faults == []
    assert looked_at > 30
