"""Workbooks in older formats, and files in a ZIP, give the same rows as XLSX would."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
from django.conf import settings
from django.db import connection

from jobs import staging
from jobs.models import Job
from jobs.staging import StagingError
from kpm.models import Anggota
from tests.berkas import CLEAN, HEADERS, csv_bytes, import_bytes, person, xlsx_bytes
from tests.berkas_lama import ods_bytes, xls_bytes, xlsb_bytes, zip_bytes
from tests.conftest import everything

TITLE = ["DAFTAR KELUARGA"]
HEADER = ["NIK", "NAMA", "LAHIR"]
BORN = date(1980, 7, 7)
TABLE = [
    TITLE,
    [""],
    HEADER,
    ["1903010707800001", "ROSIDI", BORN],
    ["", "", ""],
    [1903010707800002, "HENDRA", BORN],
]
SERIAL = [[cell if cell != BORN else 29409 for cell in row] for row in TABLE]
MAKERS = {"xls": (xls_bytes, TABLE), "ods": (ods_bytes, TABLE), "xlsb": (xlsb_bytes, SERIAL)}


@pytest.fixture
def job(db, bu_rina):
    return Job.objects.create(jenis="uji", pemilik=bu_rina, keadaan="berjalan", percobaan=1)


@pytest.fixture
def file(tmp_path):
    def write(content: bytes):
        path = tmp_path / "dtks"
        path.write_bytes(content)
        return path

    return write


def staged_rows(job, path, columns: str, **where) -> list[tuple]:
    staged = staging.stage(job, path, **where)
    with everything(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {staged.table} ORDER BY baris")
        rows = cursor.fetchall()
    assert len(rows) == staged.rows
    return rows


@pytest.mark.parametrize("kind", MAKERS)
def test_an_old_workbook_is_peeked_and_staged(swept, job, file, kind):
    make, table = MAKERS[kind]
    path = file(make(table))
    peek = staging.peek(path)
    assert peek.kind == kind
    assert peek.sheets[-1].rows[:3] == [TITLE, [], HEADER]
    born = "29409" if kind == "xlsb" else "1980-07-07"
    assert staged_rows(job, path, "baris, numerik, c0, c1, c2", sheet="Data", header_row=3) == [
        (4, 0, "1903010707800001", "ROSIDI", born),
        (6, 1, "1903010707800002", "HENDRA", born),
    ]
    assert job.laporan["staging"]["blank"] == 1


def test_columns_keep_their_letters_and_hidden_sheets_are_told(swept, job, file):
    path = file(xls_bytes(TABLE, first_column=2, hidden="Rahasia"))
    assert [(sheet.name, sheet.hidden) for sheet in staging.peek(path).sheets] == [
        ("Rahasia", True),
        ("Data", False),
    ]
    rows = staged_rows(job, path, "c1, c2, c3", sheet="Data", header_row=3)
    assert rows[0] == (None, "1903010707800001", "ROSIDI")


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("cut", [0.3, 0.6, 0.95])
def test_a_truncated_old_workbook_is_refused_with_one_sentence(file, kind, cut):
    make, table = MAKERS[kind]
    content = make(table)
    with pytest.raises(StagingError) as refusal:
        staging.peek(file(content[: int(len(content) * cut)]))
    assert refusal.value.pesan.endswith(".")


@pytest.mark.parametrize("repeated", [200_001, 100_000_000])
def test_more_rows_than_an_old_format_may_have_are_sent_to_xlsx(swept, job, file, repeated):
    path = file(ods_bytes([HEADER, ["1", "ROSIDI", BORN]], repeated=repeated))
    assert staging.peek(path, rows=3).sheets[0].rows[0] == HEADER
    with pytest.raises(StagingError, match=r"200\.000 baris"):
        staging.stage(job, path, "Data")


def test_a_wide_sheet_that_repeats_itself_costs_its_reader_nothing(swept, job, file):
    path = file(ods_bytes([["X" * 50] * 200], repeated=1_000_000))
    with pytest.raises(StagingError, match=r"200\.000 baris"):
        staging.stage(job, path, "Data", 0)


READ = """
import re, sys
from pathlib import Path
from jobs.reader.old import list_of
header, rows, _ = list_of(Path(sys.argv[1]), {"sheet": "Data", "header_row": 1})
count = sum(1 for _ in rows)
print(count, re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.parametrize("kind", ["xlsb", "ods"])
def test_memory_does_not_grow_with_the_rows(file, kind):
    """20,000 rows as 2,000: the process that reads stays as small."""
    make, _ = MAKERS[kind]
    peaks = []
    for rows in (2_000, 20_000):
        lines = [["K" * 8] * 23] + [[f"isi {n} {k}" for k in range(23)] for n in range(rows)]
        path = file(make(lines))
        found = subprocess.run(
            [sys.executable, "-c", READ, path],
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=True,
        )
        read, peak = map(int, found.stdout.split())
        assert read == rows
        peaks.append(peak)
    assert peaks[1] < peaks[0] + 8_000 < 100_000  # kB


SHARED = [["NIK", "NAMA", "KET"], ["1903010707800001", "ROSIDI", ""], ["", "", "x"]]


def test_texts_that_rows_of_an_xlsb_share_and_its_kinds_of_numbers(swept, job, file):
    path = file(xlsb_bytes(SHARED, shared=True, numbers={(1, 2): 0.25, (2, 0): 7}))
    assert staged_rows(job, path, "c0, c1, c2", sheet="Data", header_row=1) == [
        ("1903010707800001", "ROSIDI", "0.25"),
        ("7", None, "x"),
    ]


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        (b"<html><table><tr><td>NIK", "halaman web"),
        (b"\xef\xbb\xbf\n <!DOCTYPE html>", "halaman web"),
        (b'<?xml version="1.0"?><Workbook>', "halaman web"),
    ],
)
def test_a_web_page_named_xls_is_refused(file, head, sentence):
    with pytest.raises(StagingError, match=sentence):
        staging.peek(file(head))


PEOPLE = [person(1), person(2, NAMA="HENDRA")]
LINES = [HEADERS] + [[row.get(name, "") for name in HEADERS] for row in PEOPLE]


def bent(content: bytes) -> bytes:
    """A ZIP whose list of files is whole, and whose packed bytes are not."""
    at = content.index(b"a.csv") + 5
    return content[:at] + b"\xff" * 40 + content[at + 40 :]


WRAPPED = {
    "csv": lambda: zip_bytes({"dtks.csv": csv_bytes(PEOPLE)}),
    "xlsx": lambda: zip_bytes({"a/dtks.XLSX": xlsx_bytes(PEOPLE), "__MACOSX/dtks.xlsx": b"x", "a/": b""}),
    "xls": lambda: zip_bytes({"dtks.xls": xls_bytes(LINES), "surat.pdf": b"x"}),
}


@pytest.mark.parametrize("kind", WRAPPED)
def test_the_one_file_in_a_zip_is_imported(swept, pak_hasan, settings, tmp_path, kind):
    settings.DATA_DIR = tmp_path
    impor = import_bytes(WRAPPED[kind](), pak_hasan, nama="dtks.zip")
    assert impor.job.keadaan == "selesai"
    with everything():
        names = list(Anggota.objects.order_by("id_dtks").values_list("nama", flat=True))
    assert names == [CLEAN["NAMA"], "HENDRA"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (lambda: zip_bytes({f"{n}.csv": b"x" for n in range(9)}), "berisi 9 lembar kerja"),
        (lambda: zip_bytes({"__MACOSX/a.csv": b"x"}), "tidak berisi"),
        (lambda: zip_bytes({"a.csv": zip_bytes({"b.csv": b"x"})}), "ZIP lain"),
        (lambda: zip_bytes({"a.csv": b"NIK,NAMA\n" + b"0" * 80_000_000}), "mengembang tidak wajar"),
        (lambda: zip_bytes({"a.csv": csv_bytes(PEOPLE)})[:-30], "rusak"),
        (lambda: bent(zip_bytes({"a.csv": csv_bytes(PEOPLE)})), "ZIP ini rusak"),
    ],
)
def test_a_zip_that_holds_something_else_is_refused(file, content, sentence):
    with pytest.raises(StagingError, match=sentence):
        staging.peek(file(content()))
