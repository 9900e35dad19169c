"""Cells of a file do nothing: whatever text stands in the register, Excel shows it and calculates nothing (T9)."""

from __future__ import annotations

import csv
import io
import stat
import zipfile

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from jobs.cells import LAST_ROW, LONGEST, Book, clean, inert
from jobs.ekspor import files as ekspor_files
from jobs.ekspor.files import Batch, Cover, CsvFile, Kolom, Tabel, XlsxFile
from kpm.imports import Layout
from kpm.rejects import write_rejects

# What PostgreSQL stores in a text column: anything but NUL and halves of a surrogate pair.
STORED = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1, max_size=60)
DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠x"]
CALCULATED = tuple("=+-@＝＋－＠\t\r\n")
COVER = Cover("Uji", "EKSPOR 1 · rina · 24-11-2026", [("Untuk", "=HYPERLINK(1)")])


def written_xlsx(folder, rows) -> openpyxl.Workbook:
    path = folder / "uji.xlsx"
    path.unlink(missing_ok=True)
    file = XlsxFile(path, folder, [Tabel("Data", [Kolom("NAMA")])], COVER)
    file.write(Batch(rows, {}))
    file.close()
    return openpyxl.load_workbook(path)


def written_csv(folder, rows) -> list[list[str]]:
    path = folder / "uji.zip"
    path.unlink(missing_ok=True)
    file = CsvFile(path, folder, [Tabel("Data", [Kolom("NAMA")])], COVER)
    file.write(Batch(rows, {}))
    file.close()
    with zipfile.ZipFile(path) as archive:
        text = archive.read("data.csv").decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("sel")


@settings(deadline=None)  # each example writes a file
@given(st.lists(STORED, min_size=1, max_size=12))
@example(DANGEROUS)
@example(["<r><t>x</t></r>", "<r></sheetData>", "_x0041_", "_x005F_", " depan", "belakang ", "&amp;"])
@example(["http://x.id", "mailto:a@b.id", "{=1}", "1,90301E+15", "0001", "TRUE", "\x01\x1f\x7f", "\ufffe"])
def test_any_stored_text_comes_back_as_the_same_string(folder, texts):
    sheet = written_xlsx(folder, [[text] for text in texts])["Data"]
    for row, text in enumerate(texts, start=2):
        cell = sheet.cell(row, 1)
        assert unescape(cell.value or "") == clean(text)
        assert cell.value is None or cell.data_type == "s"
        assert cell.hyperlink is None
    assert sheet.max_row == len(texts) + 1


@settings(deadline=None)  # each example writes a file
@given(st.lists(STORED, min_size=1, max_size=12))
@example(DANGEROUS)
@example(["\u200b=1", "\ufeff@x", "   =1+1", "\u00a0-1", '"=1', ";=1", "a;b\n=c"])
def test_no_csv_cell_begins_what_a_spreadsheet_calculates(folder, texts):
    rows = written_csv(folder, [[text] for text in texts])[1:]
    assert len(rows) == len(texts)
    for (cell, _mark), text in zip(rows, texts, strict=True):
        assert cell[:1] not in CALCULATED
        assert cell.lstrip(" \u00a0\u200b\ufeff")[:1] not in CALCULATED
        assert cell in (clean(text), f"'{clean(text)}")


@given(STORED)
def test_clean_leaves_printable_text_alone(text):
    plain = "".join(letter for letter in text if letter.isprintable())
    assert clean(plain) == plain


def test_every_csv_cell_is_quoted_behind_a_byte_order_mark(folder):
    written_csv(folder, [["0001"]])
    with zipfile.ZipFile(folder / "uji.zip") as archive:
        assert archive.namelist() == ["data.csv", "keterangan.txt"]
        assert archive.read("data.csv").decode() == (
            '\ufeff"NAMA";"TANDA"\r\n"0001";"EKSPOR 1 · rina · 24-11-2026"\r\n'
        )
        assert "Untuk: =HYPERLINK(1)" in archive.read("keterangan.txt").decode()


def test_a_row_whose_text_no_xml_can_hold_is_not_lost(folder):
    sheet = written_xlsx(folder, [["SITI\x0b\x00 AMINAH"], ["\x01"], ["BUDI"]])["Data"]
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["SITI AMINAH", None, "BUDI"]


def test_a_text_longer_than_a_cell_is_cut_and_says_so():
    assert clean("x" * LONGEST) == "x" * LONGEST
    cut = clean("x" * (LONGEST + 1))
    assert len(cut) == LONGEST and cut.endswith("…")
    emoji = clean("😀" * LONGEST)
    assert len(emoji.encode("utf-16-le")) // 2 <= LONGEST and emoji.endswith("😀…")


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(folder, monkeypatch):
    assert LAST_ROW == 1_048_576
    monkeypatch.setattr(ekspor_files, "LAST_ROW", 4)
    book = written_xlsx(folder, [[str(n)] for n in range(7)])
    assert book.sheetnames == ["Keterangan", "Data", "Data 2", "Data 3"]
    names = [cell for sheet in book.worksheets[1:] for (cell, _) in sheet.iter_rows(values_only=True)]
    assert names == ["NAMA", "0", "1", "2", "NAMA", "3", "4", "5", "NAMA", "6"]


def test_the_workbook_names_who_it_is_for_on_its_sheet_its_margins_and_each_row(folder):
    book = written_xlsx(folder, [["ROSIDI"]])
    assert book["Keterangan"]["B3"].value == "=HYPERLINK(1)" and book["Keterangan"]["B3"].data_type == "s"
    assert book["Data"]["B2"].value == "EKSPOR 1 · rina · 24-11-2026"
    assert "EKSPOR 1 · rina" in book["Data"].oddHeader.left.text
    assert "EKSPOR 1 · rina" in book["Data"].oddFooter.left.text


def test_files_are_their_owners_alone(folder):
    written_xlsx(folder, [["x"]])
    written_csv(folder, [["x"]])
    for name in ("uji.xlsx", "uji.zip"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600


def test_reject_workbooks_are_written_by_the_same_hand(tmp_path):
    layout = Layout(
        sheet="", header_row=1, judul=["NAMA", "NIK"], kolom={"nama": 0, "nik": 1}, tata_letak="A",
        diabaikan=[], title_rows=0,
    )  # fmt: skip
    path = tmp_path / "tolak.xlsx"
    write_rejects(path, layout, "tanda", [(7, 1, None, "<r><t>=1</t></r>", "=1+1"), (8, 1, None, "\x02", "")])
    rows = list(openpyxl.load_workbook(path)["Ditolak"].iter_rows(min_row=2))
    assert [cell.value for cell in rows[0]][3:] == ["<r><t>=1</t></r>", "=1+1"]
    assert {cell.data_type for cell in rows[0]} == {"s"} and len(rows) == 2
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_book_takes_no_url_and_no_number_for_one(tmp_path):
    book = Book(tmp_path / "buku.xlsx")
    sheet = book.add_sheet("A")
    sheet.write_text(0, 0, "http://x.id")
    sheet.write_text(0, 1, "12345678901234567890")
    book.close()
    cells = next(openpyxl.load_workbook(tmp_path / "buku.xlsx")["A"].iter_rows())
    assert [(cell.value, cell.data_type, cell.hyperlink) for cell in cells] == [
        ("http://x.id", "s", None),
        ("12345678901234567890", "s", None),
    ]


@pytest.mark.parametrize("text", DANGEROUS)
def test_each_dangerous_beginning_gets_its_apostrophe(text):
    assert inert(text).startswith("'")
