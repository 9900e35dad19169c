"""The sample of a list: its rows are rows of the list as staging reads them, and all have the same chance."""

from __future__ import annotations

import re
import zipfile
from collections import Counter

import pytest
import xlsxwriter
from django.db import connection

from jobs import staging
from jobs.models import Job
from jobs.reader.sample import Reservoir
from jobs.staging import StagingError
from tests.berkas_lama import ods_bytes, xls_bytes
from tests.conftest import everything

HEADER = ["NOMOR", "NIK", "NAMA"]
MANY = 3000


@pytest.fixture
def job(swept, bu_rina):
    return Job.objects.create(jenis="uji", pemilik=bu_rina, keadaan="berjalan", percobaan=1)


@pytest.fixture
def file(tmp_path):
    def write(content: str | bytes):
        path = tmp_path / "dtks"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def line(number: int) -> list[str]:
    return [str(number), f"19030107{number:08d}", f"ORANG {number}"]


def rows_in(table: str, columns: str) -> set[tuple]:
    with everything(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {table}")
        return set(cursor.fetchall())


def compared(job, path, sheet: str = "", header_row: int = 1) -> tuple[staging.Sample, list[int]]:
    """Sample and stage one file: every sampled row is a staged row. Returns the numbers of those sampled."""
    sample = staging.sample(job, path, sheet, header_row, seed=7)
    whole = staging.stage(job, path, sheet, header_row)
    columns = ", ".join(["baris", "numerik", "lebih", *sample.staged.columns])
    some = rows_in(sample.staged.table, columns)
    assert some <= rows_in(whole.table, columns)
    assert (len(some), sample.total) == (sample.staged.rows, whole.rows)
    assert sample.staged.headers == whole.headers[: sample.staged.width]
    return sample, sorted(row[0] for row in some)


def test_the_first_200_rows_and_200_others_of_a_csv(job, file):
    path = file("\n".join("|".join(row) for row in [HEADER, *map(line, range(MANY))]))
    sample, numbers = compared(job, path)
    assert numbers[:200] == list(range(2, 202))
    assert (len(numbers), sample.first_to, sample.whole) == (400, 201, False)
    assert {number * 4 // (MANY + 2) for number in numbers[200:]} == {0, 1, 2, 3}  # from every quarter


def test_a_short_list_is_taken_whole(job, file):
    sample, numbers = compared(job, file("NOMOR|NIK|NAMA\n1|2|A\n\n3|4|B|LEBIH\n5|6\n"))
    assert (numbers, sample.total, sample.whole) == ([2, 4, 5], 3, True)


def test_line_breaks_inside_quotes_do_not_move_the_numbers(job, file):
    lines = [",".join(HEADER)]
    lines += [f'{number},"JL. MAWAR\n""RT"" 3, RIAS",ORANG {number}\n' for number in range(MANY)]
    _, numbers = compared(job, file("\n".join(lines)))
    assert (len(numbers), numbers[0], numbers[1]) == (400, 2, 4)  # a blank line between


@pytest.fixture
def xlsx(tmp_path):
    def write(constant_memory: bool = False, rows: int = MANY):
        path = tmp_path / "dtks.xlsx"
        with xlsxwriter.Workbook(path, {"constant_memory": constant_memory}) as book:
            sheet = book.add_worksheet("DTKS")
            sheet.write_row(2, 0, HEADER)
            for number in range(rows):
                place = 3 + number + number // 100  # a row in a hundred is left out
                sheet.write_number(place, 0, number)
                if number % 7:
                    sheet.write_string(place, 1, line(number)[1])
                else:
                    sheet.write_number(place, 1, 1903010700000000 + number)
                sheet.write_string(place, 2, f"ORANG <&> {number}")
            sheet.set_row(rows * 2, None, book.add_format({"bold": True}))
        return path

    return write


@pytest.mark.parametrize("constant_memory", [False, True])
def test_a_sheet_with_and_without_shared_strings(job, xlsx, constant_memory):
    sample, numbers = compared(job, xlsx(constant_memory), "DTKS", 3)
    assert numbers[:3] == [4, 5, 6]
    assert (len(numbers), sample.total) == (400, MANY)


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        (rb"<(/?)(\w)", rb"<\1x:\2"),  # a prefix on every name
        (rb"<row ", rb'<!-- <row r="9"> --><row '),  # a comment that looks like a row
    ],
)
def test_sheets_as_other_programs_write_them(job, xlsx, tmp_path, pattern, replacement):
    source, target = xlsx(), tmp_path / "lain.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("xl/worksheets/") or (name == "xl/sharedStrings.xml" and b"x:" in replacement):
                content = re.sub(pattern, replacement, content).replace(
                    b'xmlns="', b'xmlns:x="' if b"x:" in replacement else b'xmlns="'
                )
            new.writestr(name, content)
    sample, _ = compared(job, target, "DTKS", 3)
    assert (sample.staged.rows, sample.total) == (400, MANY)


def test_texts_in_cdata_are_counted_once(job, xlsx, tmp_path):
    source, target = xlsx(rows=500), tmp_path / "lain.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/sharedStrings.xml":
                content = re.sub(
                    rb"<t>ORANG &lt;&amp;&gt; (\d+)</t>", rb"<t><![CDATA[<si>\1</si>]]></t>", content
                )
            new.writestr(name, content)
    staged = staging.sample(job, target, "DTKS", 3).staged
    assert rows_in(staged.table, "c0 = substring(c2 FROM '^<si>(.*)</si>$')") == {(True,)}


@pytest.mark.parametrize("make", [xls_bytes, ods_bytes])
def test_older_formats_by_position(job, file, make):
    rows = [
        ["DAFTAR", "", ""],
        HEADER,
        *([number, 1903010700000000 + number, "ORANG"] for number in range(700)),
    ]
    sample, numbers = compared(job, file(make(rows)), "Data", 2)
    assert (len(numbers), numbers[:2], sample.total) == (400, [3, 4], 700)


def test_the_same_seed_picks_the_same_rows(job, file):
    path = file("\n".join("|".join(row) for row in [HEADER, *map(line, range(MANY))]))
    picked = []
    for job.percobaan, seed in ((1, 1), (2, 1), (3, 2)):
        picked.append(rows_in(staging.sample(job, path, seed=seed).staged.table, "baris"))
    assert picked[0] == picked[1] != picked[2]


def test_a_sheet_of_thousands_of_columns_is_refused(job, tmp_path):
    path = tmp_path / "dtks.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("DTKS")
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, ["X"] * 300)
    with pytest.raises(StagingError, match="lebih dari 250 kolom"):
        staging.sample(job, path, "DTKS")


def test_every_row_has_the_same_chance():
    """Of 50 rows below the first 5, each is among 10 kept a fifth of the time: 400 of 2000, give or take five sigma."""
    kept: Counter[int] = Counter()
    for seed in range(2000):
        picked = Reservoir({"first": 5, "random": 10, "seed": seed})
        for row in range(55):
            if picked.wants:
                picked.keep(row)
            else:
                picked.seen += 1
        assert (picked.head, picked.seen, len(picked.kept)) == ([0, 1, 2, 3, 4], 55, 10)
        kept.update(picked.kept)
    assert set(kept) == set(range(5, 55))
    assert all(310 < times < 490 for times in kept.values()), kept
