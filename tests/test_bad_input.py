"""Files sent by mistake or on purpose (T8): one sentence and a state, never an error, never "0 baris, sukses".

Every file goes in by the upload page. What is taken in is carried out by the worker's own function. No reader
may take more than 512 MB, and none opens a connection. The figures are in the report of `script/test --junitxml`.
"""

from __future__ import annotations

import logging
import re
import socket
from functools import cache

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jobs import tasks
from jobs.staging import CRASHED
from kpm import uploads
from kpm.models import Anggota, Impor, Unggahan
from tests import hostile
from tests.berkas import HEADERS, csv_bytes, person, xlsx_bytes
from tests.conftest import BANGKA_SELATAN, everything, make_user
from tests.hostile import PEOPLE

MEMORY_MB = 512
SENTENCE = re.compile(r"[A-Z][^<>{}\n]{15,400}[.?!]")


@cache
def listener() -> socket.socket:
    """Somebody on this machine whom hostile files want called."""
    server = socket.create_server(("127.0.0.1", 0))
    server.setblocking(False)
    return server


@cache
def refused_files() -> dict[str, tuple[str, bytes, str]]:
    return hostile.refused_files(f"http://127.0.0.1:{listener().getsockname()[1]}/a")


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def readers(caplog, record_property):
    """What each reader has cost; afterwards none was too large, and none has called anybody."""
    caplog.set_level(logging.INFO, logger="jobs.staging")
    costs: list[tuple[str, float, int]] = []
    yield costs
    costs += [one.args for one in caplog.get_records("call") if "s of CPU" in one.msg]
    record_property("pembaca", ", ".join(f"{what} {seconds} s {mb} MB" for what, seconds, mb in costs))
    assert costs
    assert max(mb for _, _, mb in costs) <= MEMORY_MB
    with pytest.raises(BlockingIOError):
        listener().accept()


def send(client: Client, name: str, content: bytes):
    data = {"jenis": "DTKS", "periode": "2026-10", "berkas": SimpleUploadedFile(name, content)}
    return client.post("/impor/baru/", data, HTTP_ACCEPT="application/json")


@pytest.mark.parametrize("what", list(hostile.REFUSED))
def test_a_file_that_cannot_be_read_is_sent_back_with_a_sentence(client, bu_rina, readers, what):
    name, content, words = refused_files()[what]
    client.force_login(bu_rina)
    answer = send(client, name, content)
    assert answer.status_code == 422
    assert SENTENCE.fullmatch(answer.json()["pesan"])
    assert re.search(words, answer.json()["pesan"])
    assert not Impor.objects.exists()
    assert not Unggahan.objects.exists()
    assert list(uploads.folder().iterdir()) == []


def test_a_row_that_never_ends_costs_its_reader_its_life(client, bu_rina):
    client.force_login(bu_rina)
    answer = send(client, "dtks.xlsx", hostile.junk_in_a_row(2_500_000))
    assert (answer.status_code, answer.json()["pesan"]) == (422, CRASHED)
    assert not Impor.objects.exists()


def test_two_columns_of_one_meaning_are_left_to_their_sender(client, bu_rina, readers):
    client.force_login(bu_rina)
    answer = send(client, "dtks.csv", csv_bytes(PEOPLE, [*HEADERS, "NO KK"]))
    page = client.get(answer.json()["url"]).content.decode()
    assert "Dua kolom berisi No. KK: kolom J dan kolom X" in page
    assert not Impor.objects.exists()


@pytest.fixture
def imported(committed_db, readers):
    """Send a file as Bu Rina and let the worker's function carry out its steps, as far as they go."""

    def carry_out(name: str, content: bytes) -> Impor:
        owner = make_user("rina", "Rina Marlina", ("dinsos_kab", BANGKA_SELATAN))
        client = Client(raise_request_exception=False)
        client.force_login(owner)
        answer = send(client, name, content)
        assert answer.status_code == 201, answer.content
        impor = Impor.objects.get()
        tasks.run(impor.langkah_list.get().job_id, 1)
        impor.refresh_from_db()
        page = client.get(f"/impor/{impor.pk}/")
        assert page.status_code == 200
        if impor.keadaan == "ditinjau":
            client.post(f"/impor/{impor.pk}/terapkan/", {"sidik": impor.tinjauan["sidik"]})
            tasks.run(impor.langkah_list.latest("pk").job_id, 1)
            impor.refresh_from_db()
        return impor

    return carry_out


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("dtks.csv", lambda: csv_bytes([]), "Tidak ada baris di bawah judul kolom"),
        ("dtks.xlsx", lambda: xlsx_bytes([]), "Tidak ada baris di bawah judul kolom"),
        ("dtks.xlsx", lambda: hostile.wide(16_384, 2), "lebih dari 250 kolom"),
        ("dtks.csv", lambda: csv_bytes(PEOPLE, [*HEADERS, *map(str, range(16_361))]), "lebih dari 250 kolom"),
    ],
    ids=["only a header, csv", "only a header, xlsx", "16384 columns, xlsx", "16384 columns, csv"],
)
def test_a_file_that_holds_no_list_fails_in_words(imported, name, content, words):
    impor = imported(name, content())
    job = impor.langkah_list.get().job
    assert (job.keadaan, impor.keadaan) == ("gagal", "diperiksa")
    assert SENTENCE.fullmatch(job.pesan)
    assert words in job.pesan
    with everything():
        assert not Anggota.objects.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("dtks.xlsx", lambda: hostile.empty_rows(300_000, numbered=True)),
        ("dtks.xlsx", lambda: hostile.empty_rows(300_000, numbered=False)),
        ("dtks.csv", lambda: xlsx_bytes(PEOPLE)),
        ("dtks.xlsx", lambda: csv_bytes(PEOPLE)),
        ("dtks.xlsx", lambda: hostile.with_external_link("http://127.0.0.1:9/a.xlsx")),
    ],
    ids=["empty rows", "empty rows without numbers", "xlsx named csv", "csv named xlsx", "external link"],
)
def test_a_file_that_only_looks_bad_is_read(imported, name, content):
    impor = imported(name, content())
    assert (impor.keadaan, impor.laporan["dibaca"], impor.laporan["diterapkan"]) == ("diterapkan", 3, 3)


def test_cells_of_ten_thousand_characters_are_refused_row_by_row(imported):
    impor = imported("dtks.xlsx", hostile.long_strings(2000, 10_000, varied=True))
    laporan = impor.laporan
    assert (impor.keadaan, laporan["diterapkan"]) == ("diterapkan", 3)
    assert laporan["dibaca"] == 3 + laporan["ditolak"] == 1943


def test_odd_signs_in_a_cell_are_seen_or_gone(imported):
    rows = [
        person(1, NAMA="ROS\0IDI"),
        person(2, NAMA="\u202eIDISOR\u202c"),
        person(3, NAMA="NUR\u200bHA\u2060YATI\ufeff"),
        person(4, NAMA="SITI\nAMINAH"),
        person(5, NAMA="BUDI\u2028\t SANTOSO", ALAMAT="JL. MAWAR\r\nRUMAH 3"),
    ]
    impor = imported("dtks.csv", csv_bytes(rows))
    with everything():
        names = dict(Anggota.objects.values_list("id_dtks", "nama"))
        alamat = Anggota.objects.get(id_dtks="ID-A0005X").keluarga.alamat
    assert names == {
        "ID-A0001X": "ROS\ufffdIDI",
        "ID-A0002X": "IDISOR",
        "ID-A0003X": "NURHAYATI",
        "ID-A0004X": "SITI AMINAH",
        "ID-A0005X": "BUDI SANTOSO",
    }
    assert alamat == "JL. MAWAR RUMAH 3"
    noted = {line["kode"]: line["baris"] for line in impor.laporan["vonis_dirapikan"]}
    assert noted["TANDA_TAK_TAMPAK"] == 4
