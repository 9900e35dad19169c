"""The engine alone, over DuckDB tables, on a labelled set of its own seed: how often it is right."""

from __future__ import annotations

import duckdb
import pytest
from django.db import connection

from benchmarks.padan_orang import make
from padan.mesin import jalan, model

PEOPLE, ROWS = 4_000, 6_000
COLUMNS = (
    "id BIGINT, nik TEXT, nik_status TEXT, no_kk TEXT, nama TEXT, tempat TEXT, lahir DATE, kelamin TEXT,"
    " ibu TEXT, desa TEXT"
)


def keyed(function: str, names: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {function}(n) FROM unnest(%s::text[]) WITH ORDINALITY AS t (n, i) ORDER BY i", [names]
        )
        return [name for (name,) in cursor.fetchall()]


@pytest.fixture(scope="module")
def sets():
    return make(PEOPLE, ROWS, "uji")


@pytest.fixture
def tables(sets, db):
    """orang and penduduk as padan.actions would hand them over, and a function that matches them."""
    duck = duckdb.connect(config={"threads": 2})
    for table, rows, key in (
        ("orang", sets.daftar, "kpm_nama_normal"),
        ("penduduk", sets.ekstrak, "padan_nama_kunci"),
    ):
        names = keyed(key, [row.nama for row in rows])
        mothers = keyed("padan_nama_kunci", [row.nama_ibu for row in rows])
        statuses = keyed("kpm_nik_status", [row.nik for row in rows])
        duck.execute(f"CREATE TABLE {table} ({COLUMNS}, keadaan TEXT)")
        duck.executemany(
            f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?, TRY_CAST(? AS DATE), ?, ?, ?, ?)",
            [
                (
                    row[0], row.nik, status, row.no_kk, name, row.tempat_lahir, row.tanggal_lahir,
                    row.jenis_kelamin, mother, row.wilayah_id, getattr(row, "keadaan", ""),
                )
                for row, name, mother, status in zip(rows, names, mothers, statuses, strict=True)
            ],
        )  # fmt: skip
    yield duck
    duck.close()


def asserted(duck) -> dict[int, int]:
    return dict(duck.execute("SELECT orang, penduduk FROM hasil WHERE penduduk IS NOT NULL").fetchall())


def test_it_is_right_about_people_and_silent_about_the_absent(sets, tables):
    jalan.match(tables, model.load())
    pairs = asserted(tables)
    truth = {one.anggota_id: one for one in sets.kebenaran}
    right = {who for who, row in pairs.items() if row in {truth[who].baris, truth[who].baris_lain} - {0}}
    there = {who for who, one in truth.items() if one.baris}
    without_nik = {who for who in there if truth[who].nik != "benar"}
    absent = {who for who, one in truth.items() if not one.baris and "absen" in one.kasus.split("+")}
    assert len(without_nik) > 300 and len(absent) > 60
    assert len(right) / len(pairs) >= 0.999
    assert len(right & there) / len(there) >= 0.99
    assert len(right & without_nik) / len(without_nik) >= 0.96
    assert len(absent & set(pairs)) / len(absent) <= 0.02


def test_equal_tables_give_equal_results_whatever_order_they_lie_in(tables):
    jalan.match(tables, model.load())
    first = tables.execute("SELECT * FROM hasil ORDER BY orang").fetchall()
    asked = tables.execute("SELECT * FROM kandidat ORDER BY orang, urutan").fetchall()
    for table in ("orang", "penduduk"):
        tables.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM {table} ORDER BY hash(id)")
    jalan.match(tables, model.load())
    assert tables.execute("SELECT * FROM hasil ORDER BY orang").fetchall() == first
    assert tables.execute("SELECT * FROM kandidat ORDER BY orang, urutan").fetchall() == asked


def test_the_model_in_the_project_belongs_to_the_comparisons_in_the_code():
    kept = {
        one["output_column_name"]: [level["sql_condition"] for level in one["comparison_levels"]]
        for one in model.load()["comparisons"]
    }
    assert kept == {
        one["output_column_name"]: [level["sql_condition"] for level in one["comparison_levels"]]
        for one in model.comparisons()
    }
