"""`ekspor`: our export of people against django-import-export's, from the same rows in the same run.

The invented people are brought in by the import itself, then each export runs in a process of its own.
Ours is the job as the worker does it: policies, masking, programmes and ranks, the mark in each row, the
record of ids. The peer writes the same columns of the register without any of that, on at most 20,000
rows, since it holds the whole file in memory; what counts is rows per second.
"""

from __future__ import annotations

import json
import os
import tempfile
from itertools import islice
from pathlib import Path

from benchmarks import database
from benchmarks.measure import run_apart
from sentral.demo.families import Families
from sentral.demo.files import write_file
from sentral.demo.province import read_villages

PEER_ROWS = 20_000
ROWS_PER_FAMILY = 3.3
SEED = 19
NAMES = {
    "ekspor_xlsx": "SENTRAL, XLSX",
    "ekspor_csv": "SENTRAL, CSV dalam ZIP",
    "tukar_xlsx": "SENTRAL, tata letak A, XLSX",
    "tukar_csv": "SENTRAL, tata letak A, CSV",
    "titik_gpkg": "SENTRAL, titik, GeoPackage",
    "sejawat_xlsx": "django-import-export, XLSX",
    "sejawat_csv": "django-import-export, CSV",
}


def bench(baris: int) -> dict:
    """Measure, print a table, return the figures."""
    database.refuse_a_used_database()
    os.environ["SENTRAL_EKSPOR_TANPA_SETUJU"] = str(10**9)  # nobody is here to say yes
    with tempfile.TemporaryDirectory(prefix="sentral-bench-") as folder:
        os.environ["SENTRAL_DATA"] = folder
        path = Path(folder) / "bersih.csv"
        families = Families(read_villages(SEED), SEED, clean=True).rows(
            int(baris / ROWS_PER_FAMILY * 1.02) + 30
        )
        write_file(path, islice(families, baris))
        database.empty_registers()
        try:
            run_apart("impor", str(path))
            runs = {what: run_apart(what, str(PEER_ROWS)) for what in NAMES}
        finally:
            database.empty_registers()
    rate = {what: run["baris"] / run["detik"] for what, run in runs.items()}
    _print_table(runs, rate)
    figures = {
        "bench": "ekspor",
        "baris": runs["ekspor_xlsx"]["baris"],
        "detik_xlsx": round(runs["ekspor_xlsx"]["detik"], 2),
        "detik_csv": round(runs["ekspor_csv"]["detik"], 2),
        "detik_tukar_xlsx": round(runs["tukar_xlsx"]["detik"], 2),
        "detik_tukar_csv": round(runs["tukar_csv"]["detik"], 2),
        "detik_titik": round(runs["titik_gpkg"]["detik"], 2),
        "rss_mb": round(max(runs[what]["rss_mb"] for what in NAMES if not what.startswith("sejawat"))),
        "rasio_xlsx": round(rate["ekspor_xlsx"] / rate["sejawat_xlsx"], 1),
        "rasio_csv": round(rate["ekspor_csv"] / rate["sejawat_csv"], 1),
    }
    print(json.dumps(figures))
    return figures


def _print_table(runs: dict[str, dict], rate: dict[str, float]) -> None:
    print(f"\n{'':32} {'baris':>10} {'detik':>9} {'baris/detik':>12} {'RSS MB':>8} {'berkas MB':>10}")
    for what, run in runs.items():
        print(
            f"{NAMES[what]:32} {run['baris']:>10,} {run['detik']:>9.2f} {rate[what]:>12,.0f}"
            f" {run['rss_mb']:>8.0f} {run['ukuran'] / 1024**2:>10.1f}"
        )
