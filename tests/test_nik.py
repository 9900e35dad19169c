"""The checks of a NIK: forms (kpm/nik.py) and whole files (SQL) say the same, and what they say."""

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest
import stdnum.id.nik
from django.db import connection

from kpm import nik as forms
from kpm.nik import beda, lahir, provinsi, remarks, status

MANY = 100_000
BORN = date(1984, 7, 30)


@pytest.mark.parametrize(
    ("nik", "expected"),
    [
        ("1903013007840001", "valid"),
        ("1903017007840001", "valid"),  # a woman
        ("1671013007840001", "valid"),  # of another province
        ("5401013007840001", "valid"),  # of a former one
        ("9701013007840001", "valid"),
        ("1903012902000001", "valid"),  # 2000 was a leap year, 1900 was none
        ("1903016902040001", "valid"),
        ("1903012902010001", "tanggal"),
        ("1903013102040001", "tanggal"),
        ("1903013104840001", "tanggal"),
        ("1903017104840001", "tanggal"),
        ("1903010007840001", "tanggal"),
        ("1903014007840001", "tanggal"),
        ("1903017207840001", "tanggal"),
        ("1903018507840001", "tanggal"),
        ("1903013000840001", "tanggal"),
        ("1903013013840001", "tanggal"),
        ("1903013007840000", "0000"),
        ("2003013007840001", "wilayah"),
        ("0003013007840001", "wilayah"),
        ("9801013007840001", "wilayah"),
        ("190301300784001", "panjang"),
        ("19030130078400011", "panjang"),
        ("190301300784000a", "panjang"),
        ("١٩٠٣٠١٣٠٠٧٨٤٠٠٠١", "panjang"),
        ("1903013007840001\n", "panjang"),
        ("1.90301E+15", "excel"),
        ("1,9e15", "excel"),
        ("'1.9E+15", "excel"),
        ("1E16", "excel"),
        ("E+15", "panjang"),
        ("", "kosong"),
    ],
)
def test_what_is_wrong_with_the_form(nik, expected):
    assert status(nik) == expected


@pytest.mark.parametrize(
    ("nik", "born", "sex", "expected"),
    [
        ("1903013007840001", BORN, "L", []),
        ("1903017007840001", BORN, "P", []),
        ("1903017007840001", BORN, "L", ["kelamin"]),
        ("1903013007840001", BORN + timedelta(days=1), "P", ["tanggal", "kelamin"]),
        ("1903013007840001", BORN.replace(year=1983), "", ["tanggal"]),
        ("1903013007840001", None, "", []),
        ("1903013007260001", BORN.replace(year=1926), "L", []),  # the century is the row's
        ("1903013007260001", BORN.replace(year=2026), "L", []),
        ("1671013007840001", BORN, "L", []),  # another province is no finding
        ("1903013007840000", None, "P", []),  # nothing is read out of a number of the wrong form
        ("2003013107840001", BORN, "P", []),
    ],
)
def test_what_does_not_agree_with_the_row(nik, born, sex, expected):
    assert beda(nik, born, sex) == expected


def test_the_century_is_the_rows_or_the_latest_that_is_past():
    assert lahir("1903013007260001", date(1925, 1, 1)) == date(1926, 7, 30)
    assert lahir("1903013007260001", date(2024, 1, 1)) == date(2026, 7, 30)
    assert lahir("1903013007990001") == date(1999, 7, 30)
    assert lahir("1903017007100001") == date(2010, 7, 30)
    assert lahir("1903012902000001", date(1901, 1, 1)) == date(2000, 2, 29)
    assert lahir("1903013007840000") is None


def test_the_region_is_information():
    assert provinsi("1671013007840001") == "Sumatera Selatan"
    assert provinsi("9601013007840001") == "Papua Barat Daya"
    assert provinsi("5401013007840001") == ""  # no province today
    assert provinsi("167101") == ""
    assert [
        code for code in sorted(forms.PROVINSI - {"54", "97"}) if not provinsi(f"{code}01013007840001")
    ] == []
    assert remarks("1671013007840001", BORN, "L", "1903011001") == [
        "NIK ini pertama kali terdaftar di Sumatera Selatan. Itu bukan kesalahan."
    ]
    assert remarks("1903013007840001", BORN, "L", "1903011001") == []
    assert remarks("1903013007840001", BORN + timedelta(days=2), "P", "1903011001") == [
        "Tanggal lahir di dalam NIK (30-07-1984) berbeda dengan tanggal lahir yang tercatat.",
        "Jenis kelamin di dalam NIK berbeda dengan yang tercatat.",
    ]


def generated() -> list[tuple[str, date | None, str]]:
    """Numbers of every kind, most of them near a border, each with a row that mostly agrees."""
    rng = Random(36)
    one_of, rows = rng.choice, []
    provinces = [f"{code:02d}" for code in range(100)] + sorted(forms.PROVINSI) * 4
    days = [*range(1, 32), *range(41, 72), 28, 29, 30, 31, 68, 69, 70, 71] * 3 + [
        0,
        32,
        39,
        40,
        72,
        73,
        80,
        81,
        85,
        99,
    ]
    months = [*range(1, 13)] * 4 + [2] * 30 + [0, 13, 19, 20, 99]
    serials = ["0001", "0002", "9999", "0000", "1000"]
    strange = [
        "", "0", "-", "1.9E+15", "1,90301E+15", "1e16", "'1.9E+15", "`19E15", "1.E+15", ".9E+15", "1.9E-15", "E+15",
        "1.9E+15 ", "1903-0130-0784-0001", "1903013007840001.0", "１９０３０１３００７８４０００１", "190301300784000O",
        "1903013007840001 ", "19030130078400 1", "+903013007840001", "9" * 40,
    ]  # fmt: skip
    while len(rows) < MANY:
        year = rng.randrange(100)
        number = f"{one_of(provinces)}{rng.randrange(100):02d}{rng.randrange(100):02d}{one_of(days):02d}"
        number += f"{one_of(months):02d}{one_of((year, year, 0, 4, 1, 99)):02d}{one_of(serials)}"
        draw = rng.random()
        if draw < 0.06:
            number = one_of(strange)
        elif draw < 0.1:
            at = rng.randrange(16)
            number = one_of((number[:at] + number[at + 1 :], number[:at] + one_of("0A-. 'E") + number[at:]))
        born = lahir(number, one_of((date(1920, 5, 5), date(1990, 5, 5), date(2020, 5, 5))))
        draw = rng.random()
        if draw < 0.15 or born is None:
            born = one_of((None, date(1900, 1, 1) + timedelta(days=rng.randrange(46_000))))
        elif draw < 0.4:
            born = one_of((born + timedelta(days=1), born - timedelta(days=1), born + timedelta(days=40)))
        rows.append((number, born, one_of(("L", "P", "P", "L", ""))))
    return rows


@pytest.mark.django_db
def test_forms_and_files_agree_on_100_000_numbers():
    rows = generated()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kpm_nik_status(n), kpm_nik_beda(n, l, k)"
            " FROM unnest(%s::text[], %s::date[], %s::text[]) WITH ORDINALITY AS t (n, l, k, i) ORDER BY i",
            [list(column) for column in zip(*rows, strict=True)],
        )
        files = cursor.fetchall()
    said = [(status(number), beda(number, born, sex)) for number, born, sex in rows]
    assert [both for both in zip(rows, files, said, strict=True) if both[1] != both[2]][:5] == []
    kinds = Counter(form for form, _ in said)
    assert kinds.keys() == set(forms.Status.values)
    assert min(kinds.values()) > 200
    findings = Counter(tuple(found) for _, found in said)
    assert findings.keys() == {(), ("tanggal",), ("kelamin",), ("tanggal", "kelamin")}
    assert min(findings.values()) > 1_000


def test_python_stdnum_agrees_where_it_looks():
    """It knows no serial, takes the day modulo 40 and misses the youngest provinces: those are left out."""
    numbers = {
        number
        for number, _, _ in generated()[:20_000]
        if forms.DIGITS.fullmatch(number)
        and number[:2] not in {*forms.PROVINSI_BARU, "54", "97"}
        and int(number[6:8]) < 72
        and not number.endswith("0000")
    }
    assert len(numbers) > 10_000
    assert {n for n in numbers if (status(n) == "valid") != stdnum.id.nik.is_valid(n)} == set()
