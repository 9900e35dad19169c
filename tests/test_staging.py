"""Staging: files of every kind and damage become rows, and none of them is lost or changed."""

from __future__ import annotations

import csv
import io
import os
import re
import time
import zipfile
from datetime import date

import pytest
import xlsxwriter
from django.db import ProgrammingError, connection

from access.scope import Territory, set_territory, use_territory
from jobs import staging, tasks
from jobs.models import Job
from jobs.staging import StagingError
from tests.conftest import BANGKA_SELATAN, RIAS, everything, make_keluarga, make_user

HEADER = ["NIK", "NAMA", "DESA"]
ROWS = [["1903010101800001", "ROSIDI", "RIAS"], ["1903014107800002", "NURHAYATI", "RIAS"]]


@pytest.fixture
def job(swept, bu_rina):
    return Job.objects.create(jenis="uji", pemilik=bu_rina, keadaan="berjalan", percobaan=1)


@pytest.fixture
def committed_job(committed_db):
    owner = make_user("rina", "Rina Marlina", ("dinsos_kab", BANGKA_SELATAN))
    return Job.objects.create(jenis="uji", pemilik=owner, keadaan="berjalan", percobaan=1)


@pytest.fixture
def rows_of(job):
    """Stage a file and give back its rows, as a session that sees everything."""

    def stage(path, sheet: str = "", header_row: int = 1, columns: str = "*") -> list[tuple]:
        staged = staging.stage(job, path, sheet, header_row)
        with everything(), connection.cursor() as cursor:
            cursor.execute(f"SELECT {columns} FROM {staged.table} ORDER BY baris")
            rows = cursor.fetchall()
        assert len(rows) == staged.rows
        return rows

    return stage


@pytest.fixture
def csv_file(tmp_path):
    def write(content: str | bytes) -> object:
        path = tmp_path / "dtks.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def xlsx_file(tmp_path):
    def write(fill, **options) -> object:
        path = tmp_path / "dtks.xlsx"
        with xlsxwriter.Workbook(path, options) as book:
            fill(book)
        return path

    return write


def cells(*rows: list[str], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


# --- CSV -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", ["|", ",", ";", "\t"])
def test_every_delimiter_is_recognised(csv_file, rows_of, delimiter):
    path = csv_file(cells(HEADER, *ROWS, delimiter=delimiter))
    assert staging.peek(path).delimiter == delimiter
    assert rows_of(path, columns="baris, c0, c1, c2") == [(2, *ROWS[0]), (3, *ROWS[1])]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("cp1252", "cp1252"), ("utf-16", "utf-16")],
)
def test_every_encoding_gives_the_same_letters(csv_file, rows_of, encoding, found):
    path = csv_file(cells(HEADER, ["1903010101800001", "ZOË – RENÉ", "RIAS"]).encode(encoding))
    assert staging.peek(path).encoding == found
    assert staging.peek(path).sheets[0].rows[0] == HEADER
    assert rows_of(path, columns="c1") == [("ZOË – RENÉ",)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
def test_every_line_end_gives_the_same_rows(csv_file, rows_of, end):
    path = csv_file(end.join(["NIK|NAMA", "1|ROSIDI", "2|NURHAYATI"]) + end)
    assert rows_of(path, columns="baris, c0, c1") == [(2, "1", "ROSIDI"), (3, "2", "NURHAYATI")]


def test_row_numbers_are_those_of_the_file(csv_file, job, rows_of):
    path = csv_file("DAFTAR KELUARGA\n\nNIK|NAMA\n1|ROSIDI\n\n|\n2|NURHAYATI\n\n")
    assert rows_of(path, header_row=3, columns="baris, c1") == [(4, "ROSIDI"), (7, "NURHAYATI")]
    assert job.laporan["staging"]["headers"] == ["NIK", "NAMA"]
    assert job.laporan["staging"]["blank"] == 3


def test_ragged_rows_are_kept_and_marked(csv_file, rows_of):
    path = csv_file("NIK|NAMA|DESA\n1|ROSIDI\n2|NURHAYATI|RIAS|LEBIH|LAGI\n3|HENDRA|RIAS\n")
    assert rows_of(path, columns="n_kolom, lebih, c0, c1, c2") == [
        (2, None, "1", "ROSIDI", None),
        (5, "LEBIH|LAGI", "2", "NURHAYATI", "RIAS"),
        (3, None, "3", "HENDRA", "RIAS"),
    ]


def test_quoted_cells_may_hold_delimiters_quotes_and_line_ends(csv_file, rows_of):
    path = csv_file('NIK,NAMA,DESA\n1,"ROSIDI, S.PD","RIAS\nTOBOALI"\n2,"H. ""UDIN""",RIAS\n')
    assert rows_of(path, columns="baris, c1, c2") == [
        (2, "ROSIDI, S.PD", "RIAS\nTOBOALI"),
        (3, 'H. "UDIN"', "RIAS"),
    ]


def test_a_quote_that_never_closes_swallows_no_row(csv_file, rows_of):
    lines = ["NIK|NAMA|DESA", '1|"ROSIDI|RIAS', "2|NURHAYATI|RIAS", '3|"HENDRA"|RIAS', '4|MA"RUF|RIAS']
    rows = rows_of(csv_file("\n".join(lines)), columns="baris, c0, c1")
    assert [row[1] for row in rows] == ["1", "2", "3", "4"]
    assert [row[2] for row in rows] == ['"ROSIDI', "NURHAYATI", "HENDRA", 'MA"RUF']


def test_a_quote_open_until_the_end_of_a_long_file_swallows_no_row(csv_file, rows_of):
    lines = ["NIK|NAMA", '1|"ROSIDI', *(f"{n}|ORANG {n}" for n in range(2, 20_001))]
    rows = rows_of(csv_file("\n".join(lines)), columns="c0")
    assert [int(row[0]) for row in rows] == list(range(1, 20_001))


def test_nul_bytes_become_visible(csv_file, rows_of):
    assert rows_of(csv_file(b"NIK|NAMA\n1|ROS\x00IDI\n"), columns="c1") == [("ROS�IDI",)]


def test_cells_are_kept_exactly(csv_file, rows_of):
    odd = ["  1903010101800001 ", "=1+1", "1.9E+15", "0", "\\N", "NULL", "'", "a\tb", "𝔐"]
    rows = rows_of(csv_file(cells([f"K{n}" for n in range(9)], odd, delimiter="|")), columns="*")
    assert list(rows[0][4:]) == odd


def test_more_rows_than_a_sheet_holds(csv_file, job):
    path = csv_file("NIK|NAMA\n" + "1|A\n" * 1_048_600)
    assert staging.stage(job, path).rows == 1_048_600


def test_a_file_with_a_header_only_has_no_rows(csv_file, job):
    staged = staging.stage(job, csv_file("NIK|NAMA\n"))
    assert (staged.rows, staged.headers) == (0, ["NIK", "NAMA"])


# --- XLSX ----------------------------------------------------------------------------------------


def test_a_sheet_arrives_with_its_own_row_numbers(xlsx_file, rows_of):
    def fill(book):
        book.add_worksheet("Catatan")
        sheet = book.add_worksheet("DTKS")
        sheet.write_row(2, 0, HEADER)
        sheet.write_row(3, 0, ROWS[0])
        sheet.write_row(6, 0, ROWS[1])
        sheet.write_string(6, 3, "di kanan judul")
        sheet.set_row(5000, None, book.add_format({"bold": True}))  # formatted, empty

    path = xlsx_file(fill)
    peek = staging.peek(path, rows=10)
    assert [sheet.name for sheet in peek.sheets] == ["Catatan", "DTKS"]
    assert peek.sheets[1].rows == [[], [], HEADER, ROWS[0], [], [], [*ROWS[1], "di kanan judul"]]
    assert rows_of(path, "DTKS", 3, "baris, c0, c1, c2, c3") == [
        (4, *ROWS[0], None),
        (7, *ROWS[1], "di kanan judul"),
    ]


def test_a_nik_kept_as_a_number_is_told_from_text(xlsx_file, rows_of):
    def fill(book):
        sheet = book.add_worksheet("DTKS")
        sheet.write_row(0, 0, ["NO", "NIK", "NO KK"])
        sheet.write_number(1, 0, 1)
        sheet.write_string(1, 1, "1903010101800001")
        sheet.write_number(1, 2, 1903010101800001)
        sheet.write_number(2, 0, 2)
        sheet.write_number(2, 1, 1.9030101018e15, book.add_format({"num_format": "0.00E+00"}))
        sheet.write_string(2, 2, "1.9030101018E+15")
        sheet.write_formula(3, 1, '="1903010101"&"800001"', None, "1903010101800001")

    assert rows_of(xlsx_file(fill), "DTKS", 1, "c1, c2, numerik") == [
        ("1903010101800001", "1903010101800001", 0b100),
        ("1903010101800000", "1.9030101018E+15", 0b010),
        ("1903010101800001", None, 0),
    ]


def test_dates_numbers_and_formulas_arrive_as_the_file_has_them(xlsx_file, rows_of):
    def fill(book):
        sheet = book.add_worksheet("DTKS")
        sheet.write_row(0, 0, ["TGL", "PERSEN", "YA", "RUMUS", "SALAH", "TEKS"])
        sheet.write_datetime(1, 0, date(1980, 1, 2), book.add_format({"num_format": "dd/mm/yyyy"}))
        sheet.write_number(1, 1, 0.25, book.add_format({"num_format": "0%"}))
        sheet.write_boolean(1, 2, True)
        sheet.write_formula(1, 3, "=1+1", None, 2)
        sheet.write_formula(1, 4, "=1/0", None, "#DIV/0!")
        sheet.write_string(1, 5, ' \'H. "UDIN"\nRT 03 ')

    rows = rows_of(xlsx_file(fill), "DTKS", 1, "c0, c1, c2, c3, c4, c5")
    assert rows == [("29222", "0.25", "1", "2", "#DIV/0!", ' \'H. "UDIN"\nRT 03 ')]


def test_the_calendar_of_1904_is_reported(xlsx_file):
    path = xlsx_file(lambda book: book.add_worksheet("DTKS").write(0, 0, "NIK"), date_1904=True)
    assert staging.peek(path).date_1904


def test_rich_text_and_hidden_sheets(xlsx_file):
    def fill(book):
        bold = book.add_format({"bold": True})
        book.add_worksheet("DTKS").write_rich_string(0, 0, "NOMOR ", bold, "NIK")
        book.add_worksheet("Rahasia").hide()

    sheets = staging.peek(xlsx_file(fill)).sheets
    assert sheets[0].rows == [["NOMOR NIK"]]
    assert [sheet.hidden for sheet in sheets] == [False, True]


def test_a_sheet_written_without_shared_strings(xlsx_file, rows_of):
    def fill(book):
        sheet = book.add_worksheet("DTKS")
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, ROWS[0])

    path = xlsx_file(fill, constant_memory=True)
    assert staging.peek(path).sheets[0].rows == [HEADER, ROWS[0]]
    assert rows_of(path, "DTKS", 1, "c0, c1, c2") == [tuple(ROWS[0])]


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        (rb' r="[A-Z]*[0-9]+"', b""),  # no cell says where it stands
        (rb'<row r="[0-9]+"', b"<row"),  # no row says its number
        (rb'<dimension ref="[^"]*"/>', b'<dimension ref="A1"/>'),  # a lie many programs tell
        (rb"<(/?)(\w)", rb"<\1x:\2"),  # a prefix on every name
    ],
)
def test_sheets_as_other_programs_write_them(xlsx_file, tmp_path, rows_of, pattern, replacement):
    def fill(book):
        sheet = book.add_worksheet("DTKS")
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, ROWS[0])
        sheet.write_row(2, 0, ROWS[1])
        sheet.write_number(3, 0, 1903010101800001)

    path = rewritten(xlsx_file(fill), tmp_path / "lain.xlsx", pattern, replacement)
    assert rows_of(path, "DTKS", 1, "baris, numerik, c0, c1, c2") == [
        (2, 0, *ROWS[0]),
        (3, 0, *ROWS[1]),
        (4, 1, "1903010101800001", None, None),
    ]


def rewritten(source, target, pattern: bytes, replacement: bytes):
    """The same workbook with its sheet's XML changed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("xl/worksheets/"):
                content = re.sub(pattern, replacement, content)
                content = content.replace(b'xmlns="', b'xmlns:x="') if b"<x:" in content else content
            new.writestr(name, content)
    return target


# --- what is refused -----------------------------------------------------------------------------


def refusal(path) -> str:
    with pytest.raises(StagingError) as caught:
        staging.peek(path)
    return caught.value.pesan


def test_an_empty_file_is_refused(csv_file):
    assert refusal(csv_file("")) == "Berkas ini kosong. Pilih berkas lain."


def test_a_workbook_with_a_password_is_refused(csv_file):
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le")
    assert refusal(csv_file(ole)).startswith("Berkas ini bersandi.")


def test_an_old_workbook_that_is_none_is_refused(csv_file):
    assert "rusak" in refusal(csv_file(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512))


def test_a_pdf_is_refused(csv_file):
    assert refusal(csv_file(b"%PDF-1.7 ...")).startswith("Berkas ini bukan lembar kerja.")


def test_a_truncated_workbook_is_refused(xlsx_file):
    path = xlsx_file(lambda book: book.add_worksheet("DTKS").write_row(0, 0, HEADER))
    path.write_bytes(path.read_bytes()[:-200])
    assert "rusak atau terpotong" in refusal(path)


def zip_file(path, **parts: str):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return path


def test_a_zip_that_is_no_workbook_is_refused(tmp_path):
    assert "bukan lembar kerja" in refusal(zip_file(tmp_path / "a.xlsx", isi="x"))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = zip_file(tmp_path / "a.xlsx", xl__workbook_xml="<a/>", xl__sheet_xml="0" * 50_000_000)
    assert path.stat().st_size < 100_000
    assert "mengembang tidak wajar" in refusal(path)


def test_entities_are_refused(tmp_path):
    laughs = '<!DOCTYPE a [<!ENTITY b "ha">]><a>&b;</a>'
    path = zip_file(tmp_path / "a.xlsx", xl__workbook_xml=laughs)
    assert "tidak diizinkan" in refusal(path)


def test_a_sheet_of_thousands_of_columns_is_refused(xlsx_file, job):
    path = xlsx_file(lambda book: book.add_worksheet("DTKS").write_row(0, 0, ["X"] * 3000))
    with pytest.raises(StagingError) as caught:
        staging.stage(job, path, "DTKS")
    assert "kolom" in caught.value.pesan


def test_a_sheet_that_is_not_there_is_refused(xlsx_file, job):
    path = xlsx_file(lambda book: book.add_worksheet("DTKS").write_row(0, 0, HEADER))
    with pytest.raises(StagingError):
        staging.stage(job, path, "'; DROP TABLE jobs_job; --")


# --- the table -----------------------------------------------------------------------------------


def test_only_the_owner_and_those_who_see_everything_read_staged_rows(
    csv_file, job, bu_rina, mbak_ayu, pak_hasan
):
    table = staging.stage(job, csv_file(cells(HEADER, *ROWS))).table
    assert count(table, bu_rina) == 2
    assert count(table, pak_hasan) == 2
    assert count(table, mbak_ayu) == 0
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone() == (0,)


def count(table: str, user) -> int:
    with use_territory(user), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def test_rows_lost_in_a_crash_are_staged_again(csv_file, committed_job):
    path = csv_file(cells(HEADER, *ROWS))
    first = staging.stage(committed_job, path)
    with use_territory(committed_job.pemilik):
        assert staging.ensure_staged(committed_job, path) == first
        with staging.loader() as line, line.cursor() as cursor:
            cursor.execute(f"TRUNCATE {first.table}")  # what recovery does to an unlogged table
        Job.objects.filter(pk=committed_job.pk).update(percobaan=2)
        committed_job.refresh_from_db()
        again = staging.ensure_staged(committed_job, path)
    assert again.table != first.table
    assert count(again.table, committed_job.pemilik) == 2


def test_staged_rows_of_another_header_row_are_not_reused(csv_file, committed_job):
    path = csv_file(cells(HEADER, *ROWS))
    staging.stage(committed_job, path)
    with use_territory(committed_job.pemilik):
        assert staging.ensure_staged(committed_job, path, header_row=2).rows == 1
    committed_job.refresh_from_db()
    assert committed_job.laporan["staging"]["headers"] == ["", "", ""], "a person is not noted as a header"


def test_staging_tables_of_ended_jobs_are_swept_away(csv_file, job):
    table = staging.stage(job, csv_file(cells(HEADER, *ROWS))).table
    assert table not in staging.drop_orphans()
    Job.objects.filter(pk=job.pk).update(keadaan="selesai")
    assert table in staging.drop_orphans()


def test_a_reader_that_dies_is_a_sentence_not_a_crash(csv_file, job, monkeypatch):
    monkeypatch.setattr(staging, "STAGE_SECONDS", 0)  # no processor time at all: the kernel kills it
    with pytest.raises(StagingError) as caught:
        staging.stage(job, csv_file(cells(HEADER, *ROWS)))
    assert "tidak dapat dibaca" in caught.value.pesan


def test_the_app_role_cannot_write_staged_rows(csv_file, job):
    table = staging.stage(job, csv_file(cells(HEADER, *ROWS))).table
    set_territory(Territory(semua=True))
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute(f"DELETE FROM {table}")


def test_the_loader_reads_no_register(committed_job, sumber):
    make_keluarga(sumber, RIAS, 1, "ROSIDI")
    with staging.loader() as line, line.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kpm_anggota")
        assert cursor.fetchone() == (0,)


def test_the_loader_connects_as_its_url_says(settings):
    settings.LOADER_DATABASE = settings.LOADER_DATABASE | {"OPTIONS": {"sslmode": "verify-full"}}
    assert "sslmode=verify-full" in staging.loader_dsn()


def test_the_sweep_removes_what_a_killed_reader_left_and_nothing_fresh(swept, db, settings, tmp_path):
    settings.DATA_DIR, uploads = tmp_path / "data", tmp_path / "unggah"
    settings.FILE_UPLOAD_TEMP_DIR = str(uploads)
    uploads.mkdir()
    long_ago = time.time() - settings.CELERY_TASK_TIME_LIMIT - 60
    for age in ("old", "new"):
        for folder in (f"baca-{age}", f"batas-{age}", f"impor-{age}"):
            (settings.DATA_DIR / folder).mkdir(parents=True)
            (settings.DATA_DIR / folder / "isi").write_text("1903010101800001")
        (uploads / f"tmp{age}.upload.csv").write_text("1903010101800001")
    for path in (*settings.DATA_DIR.glob("*-old"), uploads / "tmpold.upload.csv"):
        os.utime(path, (long_ago, long_ago))
    tasks.sweep()
    tasks.sweep()
    left = sorted(path.name for path in settings.DATA_DIR.iterdir())
    assert left == ["baca-new", "batas-new", "impor-new", "impor-old", "keadaan"]
    assert [path.name for path in uploads.iterdir()] == ["tmpnew.upload.csv"]
