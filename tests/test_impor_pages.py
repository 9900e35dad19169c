"""Imports as their users meet them: the form, the list, the report, the workbook."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from jobs.models import Job
from kpm.models import Impor
from tests.berkas import csv_bytes, import_bytes, person

JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def logged_in(client, bu_rina):
    client.force_login(bu_rina)
    return client


@pytest.fixture
def impor(bu_rina):
    return import_bytes(csv_bytes([person(1), person(2, NAMA=""), person(3, NIK="")]), bu_rina)


def upload(client, content: bytes, **fields):
    data = {"jenis": "DTKS", "periode": "2026-10", "berkas": SimpleUploadedFile("dtks.csv", content)} | fields
    return client.post("/impor/baru/", data, **JSON)


def test_a_file_is_taken_in_and_queued(logged_in, django_capture_on_commit_callbacks):
    answer = upload(logged_in, csv_bytes([person(1)]))
    job = Job.objects.get()
    assert (answer.status_code, answer.json()) == (201, {"url": f"/impor/{job.langkah.impor_id}/"})
    assert (job.jenis, job.keadaan, job.langkah.impor.nama_berkas) == ("impor_tinjau", "menunggu", "dtks.csv")


def test_without_script_the_form_goes_to_the_import(logged_in):
    data = {
        "jenis": "DTKS",
        "periode": "2026-10",
        "berkas": SimpleUploadedFile("dtks.csv", csv_bytes([person(1)])),
    }
    answer = logged_in.post("/impor/baru/", data)
    assert (answer.status_code, answer["Location"]) == (302, f"/impor/{Impor.objects.get().pk}/")


def test_a_refused_file_says_why(logged_in):
    answer = upload(logged_in, b"halo")
    assert answer.status_code == 422
    assert answer.json()["pesan"].startswith("Judul kolom tidak ditemukan")


def test_without_script_the_sentence_stands_on_the_page(logged_in):
    data = {"jenis": "DTKS", "periode": "2026-10", "berkas": SimpleUploadedFile("x.csv", b"halo")}
    answer = logged_in.post("/impor/baru/", data)
    assert answer.status_code == 422
    assert "Judul kolom tidak ditemukan" in answer.content.decode()


def test_a_twin_is_refused_and_may_be_repeated(logged_in, impor):
    content = csv_bytes([person(1), person(2, NAMA=""), person(3, NIK="")])
    answer = upload(logged_in, content)
    assert answer.status_code == 422
    assert "sudah dimuat pada" in answer.json()["pesan"]
    assert upload(logged_in, content, ulangi="on").status_code == 201
    assert upload(logged_in, content, ulangi="on").json()["pesan"].startswith("Berkas ini sedang dimuat")


def test_no_file_is_said_in_words(logged_in):
    answer = logged_in.post("/impor/baru/", {"jenis": "DTKS", "periode": "2026-10"}, **JSON)
    assert (answer.status_code, answer.json()) == (422, {"pesan": "Pilih berkas yang akan diunggah."})


def test_the_form_and_the_list_before_anything_is_loaded(logged_in):
    assert "Letakkan berkas di sini" in logged_in.get("/impor/baru/").content.decode()
    assert "Belum ada yang dimuat" in logged_in.get("/impor/").content.decode()


def test_the_report_begins_with_the_balance(logged_in, impor):
    page = logged_in.get(f"/impor/{impor.pk}/").content.decode()
    assert "DTKS Oktober 2026 diterapkan" in page
    assert (
        page.index("baris dibaca")
        < page.index("1 baris yang ditolak dapat diperbaiki.")
        < page.index("Nama kosong")
    )
    assert "NIK kosong" in page
    assert person(1)["NIK"] not in page
    assert f"/impor/{impor.pk}/ditolak.xlsx" in page


def test_the_report_opens_a_wilayah(logged_in, impor):
    page = logged_in.get(f"/impor/{impor.pk}/?wilayah=190301").content.decode()
    assert "Desa Rias" in page


def test_the_list_shows_ones_own_and_to_the_province_all(logged_in, client, impor, mbak_ayu, pak_hasan):
    assert "DTKS Oktober 2026" in logged_in.get("/impor/").content.decode()
    client.force_login(mbak_ayu)
    assert "DTKS Oktober 2026" not in client.get("/impor/").content.decode()
    assert client.get(f"/impor/{impor.pk}/").status_code == 404
    client.force_login(pak_hasan)
    assert "Rina Marlina" in client.get("/impor/").content.decode()
    assert "hanya dapat diunduh Rina Marlina" in client.get(f"/impor/{impor.pk}/").content.decode()


def test_the_workbook_goes_to_the_importer_alone(logged_in, client, impor, pak_hasan):
    answer = logged_in.get(f"/impor/{impor.pk}/ditolak.xlsx")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).startswith(b"PK")
    assert "no-store" in answer["Cache-Control"]
    client.force_login(pak_hasan)
    assert client.get(f"/impor/{impor.pk}/ditolak.xlsx").status_code == 404


def test_an_import_that_runs_shows_how_far_it_is(logged_in):
    upload(logged_in, csv_bytes([person(1)]))
    one = Impor.objects.get()
    page = logged_in.get(f"/impor/{one.pk}/").content.decode()
    assert "Menunggu giliran" in page
    assert f'data-url="/impor/{one.pk}/keadaan/"' in page
    assert "Menunggu giliran" in logged_in.get(f"/impor/{one.pk}/keadaan/").content.decode()
    job = Job.objects.get()
    assert "Meninjau DTKS Oktober 2026" in logged_in.get(f"/pekerjaan/{job.pk}/").content.decode()


def test_the_list_asks_as_much_for_many_as_for_one(logged_in, impor, bu_rina, django_assert_num_queries):
    with django_assert_num_queries(8) as one:
        logged_in.get("/impor/")
    for n in range(4, 12):
        import_bytes(csv_bytes([person(n)]), bu_rina)
    with django_assert_num_queries(len(one)):
        logged_in.get("/impor/")


def test_rejected_rows_wait_in_the_inbox_of_their_importer(logged_in, impor, client, pak_hasan):
    page = logged_in.get("/pekerjaan/").content.decode()
    assert "Baris ditolak dari DTKS" in page
    assert f"/impor/{impor.pk}/" in page
    client.force_login(pak_hasan)
    assert "Baris ditolak dari" not in client.get("/pekerjaan/").content.decode()


def test_nothing_waits_once_the_workbook_has_expired(logged_in, impor):
    Impor.objects.update(tolak_kedaluwarsa=timezone.now())
    assert "Baris ditolak dari" not in logged_in.get("/pekerjaan/").content.decode()
