"""Pictures for the README: `gambar.py ADDRESS FILE FOLDER`, login in SENTRAL_USER and SENTRAL_PASSWORD.

The map, and the preview of FILE, which is discarded afterwards.
"""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

MAP = "/peta/?ukuran=program_pkh&tingkat=desa_kelurahan"
DESA = "1903012008"  # Rias, whose numbers stand beside the map
SIZE = {"width": 1366, "height": 960}
PATIENCE = 120_000  # ms, for work a worker does
# Nothing may be fetched from outside, so the browser's own errands are off.
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]


def main(address: str, file: str, folder: Path) -> None:
    arguments = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET
    chromium = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        page = browser.new_page(viewport=SIZE, locale="id-ID", base_url=address)
        page.goto("/akun/login/")
        page.fill("[name=login]", os.environ["SENTRAL_USER"])
        page.fill("[name=password]", os.environ["SENTRAL_PASSWORD"])
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda url: "/akun/" not in url)
        folder.mkdir(parents=True, exist_ok=True)
        picture_map(page, folder / "peta.png")
        picture_preview(page, file, folder / "pratinjau.png")
        browser.close()


def picture_map(page: Page, target: Path) -> None:
    page.goto(MAP)
    page.locator(f"path[data-kode='{DESA}']").click()
    page.locator("[data-bagian=panel] h2").first.wait_for()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=target)


def picture_preview(page: Page, file: str, target: Path) -> None:
    page.goto("/impor/baru/")
    page.select_option("[name=periode]", "2026-11")
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Unggah berkas").click()
    page.get_by_role("link", name="Terapkan").wait_for(timeout=PATIENCE)
    page.screenshot(path=target)
    page.goto(f"{page.url}buang/")
    page.get_by_role("button", name="Buang berkas").click()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
