"""Picture of the map for the README: `gambar.py ADDRESS FILE`, login in SENTRAL_USER and SENTRAL_PASSWORD."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PAGE = "/peta/?ukuran=program_pkh&tingkat=desa_kelurahan"
DESA = "1903012008"  # Rias, whose numbers stand beside the map
SIZE = {"width": 1366, "height": 960}
# Nothing may be fetched from outside, so the browser's own errands are off.
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]


def main(address: str, target: Path) -> None:
    arguments = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET
    chromium = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        page = browser.new_page(viewport=SIZE, locale="id-ID")
        page.goto(f"{address.rstrip('/')}/akun/login/")
        page.fill("[name=login]", os.environ["SENTRAL_USER"])
        page.fill("[name=password]", os.environ["SENTRAL_PASSWORD"])
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda url: "/akun/" not in url)
        page.goto(address.rstrip("/") + PAGE)
        page.locator(f"path[data-kode='{DESA}']").click()
        page.locator("[data-bagian=panel] h2").first.wait_for()
        page.wait_for_load_state("networkidle")
        target.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=target)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
