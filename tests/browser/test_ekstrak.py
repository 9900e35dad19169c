"""The officer of Dukcapil: an extract delivered, loaded, read as counts; another one named by hand; the first ended."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from tests.berkas import csv_bytes
from tests.browser.conftest import PATIENCE, log_in, look
from tests.conftest import PROVINSI, make_user
from tests.ekstrak import siak, siak_csv
from tests.test_padan_ekstrak import OTHER, OTHER_ROWS


def deliver(page, name: str, content: bytes) -> None:
    today = timezone.localdate()
    page.get_by_label("Nomor PKS").fill("470/12/PKS/2026")
    page.get_by_label("Tujuan").fill("Pemadanan DTSEN")
    page.get_by_label("Diserahkan oleh").fill("Endang, DP3ACSKB")
    page.get_by_label("Tanggal data").fill(today.isoformat())
    page.get_by_label("Berlaku sampai").fill((today + timedelta(days=90)).isoformat())
    page.locator("#id_berkas").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Serahkan ekstrak").click()


def test_an_extract_from_its_delivery_to_its_end(site, page):
    make_user("dedi", "Dedi Kurnia", ("dukcapil", PROVINSI))
    log_in(page, site, "dedi")
    page.goto(f"{site}/padan/")
    expect(page.get_by_role("heading", name="Belum ada ekstrak")).to_be_visible()
    look(page, "padan-kosong")
    page.get_by_role("link", name="Serahkan ekstrak").first.click()
    look(page, "ekstrak-unggah")
    rows = [siak(number) for number in range(1, 40)]
    bad = [siak(41, NIK="1903"), siak(42, NIK=""), siak(1, Nama_Penduduk="HENDRA"), rows[3]]
    deliver(page, "siak.csv", siak_csv([*rows, *bad]))
    expect(page.get_by_text("NIK bukan 16 angka")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Berlaku 91 hari lagi")).to_be_visible()
    expect(page.get_by_text("ROSIDI")).to_have_count(0)
    look(page, "ekstrak")

    page.goto(f"{site}/padan/ekstrak/unggah/")
    deliver(page, "siak-lagi.csv", siak_csv([*rows, *bad]))
    expect(page.get_by_text("Ekstrak ini sudah diserahkan")).to_be_visible()
    look(page, "ekstrak-kembar")

    page.goto(f"{site}/padan/ekstrak/unggah/")
    deliver(page, "rekap.csv", csv_bytes(OTHER_ROWS, OTHER))
    expect(page.get_by_role("heading", name="Cocokkan kolom")).to_be_visible()
    look(page, "ekstrak-kolom")
    for letter, field in zip("ABCD", ("NIK", "Nama", "Tanggal Lahir", "No. KK"), strict=True):
        page.get_by_label(f"Isi kolom {letter},").select_option(label=field)
    page.get_by_role("button", name="Muat berkas").click()
    expect(page.get_by_text("siap dipakai")).to_be_visible(timeout=PATIENCE)

    page.goto(f"{site}/padan/")
    look(page, "padan")
    page.locator("table a").last.click()
    page.get_by_role("link", name="Hapus isinya…").click()
    expect(page.get_by_text("baris ekstrak ini?")).to_be_visible()
    look(page, "ekstrak-hapus")
    page.get_by_role("button", name="Hapus isinya").click()
    expect(page.get_by_text("Hasil pencocokannya tetap ada")).to_be_visible()
    look(page, "ekstrak-dihapus")
