"""A birth and a move, by hand, in a real browser: asked, shown before it is written, written, told in the timeline."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from access.models import Peran
from kpm.models import Anggota, Sumber
from tests.browser.conftest import log_in, look
from tests.conftest import BANGKA_SELATAN, RIAS, SERDANG, everything, make_keluarga, make_user

PAPER = "1903-LT-01112026-0003"


@pytest.fixture
def family(committed_db):
    """A family in Rias, and the Dinsos of its kabupaten."""
    make_user("rina", "Rina Marlina", (Peran.DINSOS_KAB, BANGKA_SELATAN))
    sumber = Sumber.objects.create(jenis="DTKS", periode="2026-10")
    keluarga = make_keluarga(sumber, RIAS, 1, "ROSIDI", "NURHAYATI", program="PKH")
    make_keluarga(sumber, SERDANG, 2, "EFENDI")
    with everything():
        Anggota.objects.filter(nama="NURHAYATI").update(jenis_kelamin="P", hubungan="istri")
    return keluarga


def test_a_birth_and_a_move(site, page, family):
    log_in(page, site, "rina")
    page.goto(f"{site}/keluarga/{family.pk}/")
    page.get_by_role("link", name="Ubah data…").click()
    look(page, "ubah-menu")
    page.get_by_role("link", name="Kelahiran").click()
    page.get_by_role("button", name="Lihat yang akan berubah…").click()
    expect(page.get_by_text("Isi namanya.", exact=True)).to_be_visible()
    look(page, "ubah-salah")

    page.get_by_label("Nama", exact=True).fill("Siti Aminah")
    page.get_by_label("Jenis kelamin").select_option("P")
    page.get_by_label("Tanggal lahir").fill("2026-11-01")
    page.get_by_label("Ibu kandung", exact=True).select_option(label="Nurhayati, istri, 46 tahun")
    page.get_by_label("Nomor surat").fill(PAPER)
    page.get_by_label("Tanggal surat").fill("2026-11-02")
    look(page, "ubah-kelahiran")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Yang akan berubah")).to_be_visible()
    expect(page.get_by_role("row", name="Siti Aminah Nama ibu")).to_contain_text("NURHAYATI")
    look(page, "ubah-lihat")
    page.get_by_role("button", name="Ubah isian").click()
    expect(page.get_by_label("Nama", exact=True)).to_have_value("Siti Aminah")
    page.get_by_role("button", name="Lihat yang akan berubah…").click()
    page.get_by_role("button", name="Catat kelahiran").click()
    expect(page.get_by_text("Kelahiran tersimpan.")).to_be_visible()
    expect(page.get_by_text(f"Akta kelahiran {PAPER}, 2 Nov 2026")).to_be_visible()
    page.get_by_text("ditulis petugas, bukan oleh berkas").click()
    look(page, "ubah-sesudah-lahir")

    page.get_by_role("link", name="Ubah data…").click()
    page.get_by_role("link", name="Pindah", exact=True).click()
    page.get_by_label("Desa atau kelurahan tujuan").select_option(SERDANG)
    page.get_by_label("Alamat yang baru").fill("Jl. Pantai 2")
    page.get_by_label("Alasan").select_option("dokumen")
    page.get_by_label("Nomor surat").fill("475/33/RIAS")
    page.get_by_label("Tanggal surat").fill("2026-11-20")
    page.get_by_role("button", name="Lihat yang akan berubah…").click()
    expect(page.get_by_role("row", name="Keluarga Desa")).to_contain_text("Serdang")
    look(page, "ubah-lihat-pindah")
    page.get_by_role("button", name="Pindahkan keluarga").click()
    expect(page.get_by_text("Pindah tersimpan.")).to_be_visible()
    expect(page.get_by_role("navigation", name="Letak")).to_contain_text("Serdang")
    look(page, "ubah-sesudah-pindah")


def test_a_house_is_picked_on_the_map(site, page, family):
    log_in(page, site, "rina")
    page.goto(f"{site}/keluarga/{family.pk}/")
    page.get_by_role("link", name="Ubah letak rumah").click()
    board = page.get_by_role("img", name="Peta Rias")
    board.click()
    expect(page.get_by_role("textbox", name="Lintang")).to_have_value(re.compile(r"-2\.\d{6}"))
    coarse = int(page.get_by_label("Ketelitian dalam meter").input_value())
    look(page, "ubah-titik")
    page.get_by_role("button", name="Perbesar").click()
    page.get_by_role("button", name="Perbesar").click()
    board.click()
    assert int(page.get_by_label("Ketelitian dalam meter").input_value()) < coarse / 2
    look(page, "ubah-titik-dekat")
    page.get_by_role("button", name="Lihat yang akan berubah…").click()
    expect(page.get_by_role("row", name="Letak rumah")).to_contain_text("kosong")
    look(page, "ubah-titik-lihat")
    page.get_by_role("button", name="Simpan letak rumah").click()
    expect(page.get_by_text("Letak rumah tersimpan.")).to_be_visible()
    expect(page.get_by_text("Sumber titik: petugas.")).to_be_visible()
    expect(page.get_by_role("img", name="Peta letak rumah di Rias")).to_be_visible()
    look(page, "ubah-titik-sesudah")
