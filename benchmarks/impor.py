"""`impor`: our import against django-import-export and against the bare floor, and what follows on it.

One run, one machine, every piece in a process of its own on emptied tables. Ours and the floor take
turns, three times (once from a million rows), and the median counts; the peers are slow and steady and
run once, on at most 20,000 rows. All work as the app role under the same policies. Ours reads the list
with its dirt, as it comes; the floor and the peers, which would break on it, read the same people written
cleanly.

After the last import the registers stay: the preview of a part of the list as the next period brings it, that
of a list that contradicts nearly every row, the same file again, that undone, the import itself undone, and that
undone. A tenth of the file shows how time and memory grow.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from statistics import median

from benchmarks import database
from benchmarks.measure import ratios, run_apart
from sentral.demo.families import HEADERS, Families
from sentral.demo.files import write_file
from sentral.demo.province import read_villages

PEER_ROWS = 20_000
PREVIEW_ROWS = 100_000
MILLION = 1_000_000
ROWS_PER_FAMILY = 3.3
SEED = 19
NAMES = {
    "csv": "SENTRAL, CSV",
    "xlsx": "SENTRAL, XLSX",
    "lantai": "lantai: COPY + INSERT ... SELECT",
    "tinjau": "  pratinjau periode berikutnya",
    "tinjau_lain": "  pratinjau yang hampir semuanya lain",
    "ulang": "  berkas yang sama sekali lagi",
    "urung_ulang": "  yang itu diurungkan",
    "urung": "  impornya diurungkan",
    "terap_lagi": "  diterapkan lagi",
    "kecil_csv": "sepersepuluhnya, CSV",
    "kecil_xlsx": "sepersepuluhnya, XLSX",
    "import_export": "django-import-export, tiga tabel",
    "datar": "django-import-export, satu tabel datar",
    "datar_cepat": "  sama, tanpa membandingkan baris",
}


def bench(baris: int, ulang: int | None = None) -> dict:
    """Measure, print a table, return the figures."""
    database.refuse_a_used_database()
    ulang = ulang or (1 if baris >= MILLION else 3)
    with tempfile.TemporaryDirectory(prefix="sentral-bench-") as folder:
        os.environ["SENTRAL_DATA"] = folder  # what the measured processes store goes with it
        files = _write_files(Path(folder), baris)
        runs = _ours_and_floor(files, ulang)
        life, same = _life(files)
        runs |= life
        runs |= _tenth(files, ulang=3 if baris >= MILLION else 1)
        for what in ("import_export", "datar", "datar_cepat"):
            runs[what] = [_once(what, files["sedikit"])]
    seconds = {what: median(run["detik"] for run in runs[what]) for what in runs}
    rss = {what: max(run["rss_mb"] for run in runs[what]) for what in runs}
    rate = {what: runs[what][0]["baris"] / seconds[what] for what in ("import_export", "datar")}
    first = runs["csv"][-1]["detik"]
    figures = {
        "bench": "impor",
        "baris": baris,
        **ratios(
            baris=baris,
            detik_csv=seconds["csv"],
            detik_xlsx=seconds["xlsx"],
            lantai=seconds["lantai"],
            peer=rate["import_export"],
            flat=rate["datar"],
        ),
        "rasio_ulang": round(seconds["ulang"] / first, 2),
        "ulang_berubah": runs["ulang"][0]["berubah"],
        "rasio_undo": round(seconds["urung"] / first, 2),
        "undo_sama": same,
        **({"pertumbuhan": round(seconds["csv"] / seconds["kecil_csv"], 1)} if baris >= MILLION else {}),
        "rss_mb": round(max(rss.values())),
        "rss_pertumbuhan": round(max(rss["csv"], rss["xlsx"]) / max(rss["kecil_csv"], rss["kecil_xlsx"]), 2),
        "tinjau_detik": round(seconds["tinjau"], 2),
        "tinjau_lain_detik": round(seconds["tinjau_lain"], 2),
        "tinjau_baris": runs["tinjau"][0]["baris"],
        "detik_csv": round(seconds["csv"], 2),
        "detik_xlsx": round(seconds["xlsx"], 2),
    }
    _print_table(runs, seconds, rss)
    print(json.dumps(figures))
    return figures


def _write_files(folder: Path, baris: int) -> dict[str, Path]:
    villages = read_villages(SEED)
    tenth = max(baris // 10, 1)
    shown = min(baris, PREVIEW_ROWS)
    files = {
        "csv": (folder / "kotor.csv", baris, False),
        "xlsx": (folder / "kotor.xlsx", baris, False),
        "lantai": (folder / "bersih.csv", baris, True),
        "kecil_csv": (folder / "kecil.csv", tenth, False),
        "kecil_xlsx": (folder / "kecil.xlsx", tenth, False),
        # drawn for fewer families: the same numbers, other people
        "tinjau_lain": (folder / "lain.csv", shown, False),
        "sedikit": (folder / "sedikit.csv", min(baris, PEER_ROWS), True),
    }
    for path, count, clean in files.values():
        # A few families more than needed, cut to exactly the number of rows asked for.
        families = Families(villages, SEED, clean=clean).rows(_families_for(count))
        write_file(path, islice(families, count))
    later = folder / "berikut.csv"
    write_file(later, _moved_house(islice(Families(villages, SEED).rows(_families_for(baris)), shown)))
    return {name: path for name, (path, _, _) in files.items()} | {"tinjau": later}


def _families_for(rows: int) -> int:
    return int(rows / ROWS_PER_FAMILY * 1.02) + 30


def _moved_house(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """The same rows, every twentieth keluarga with another address: what a new period brings."""
    alamat, no_kk = HEADERS.index("ALAMAT"), HEADERS.index("NOKK")
    for number, (_, family) in enumerate(groupby(rows, key=itemgetter(no_kk))):
        for row in family:
            if number % 20 == 0:
                row[alamat] = "JALAN BARU"
            yield row


def _ours_and_floor(files: dict[str, Path], ulang: int) -> dict[str, list[dict]]:
    """In turns; after the last turn the registers hold the CSV file."""
    runs: dict[str, list[dict]] = {"lantai": [], "xlsx": [], "csv": []}
    for turn in range(ulang):
        for what, done in runs.items():
            database.empty_registers()
            done.append(run_apart("lantai" if what == "lantai" else "impor", str(files[what])))
            _tell(f"putaran {turn + 1}/{ulang} {what}", done[-1])
    return {what: runs[what] for what in ("csv", "xlsx", "lantai")}


def _life(files: dict[str, Path]) -> tuple[dict[str, list[dict]], bool]:
    """What may follow on an import, one after another, and whether every undo left what was there before."""
    runs: dict[str, list[dict]] = {}
    full, empty = database.fingerprint(), dict.fromkeys(database.TABLES, "0:0")
    same = []
    for name, what, file, expected in (
        ("tinjau", "tinjau", "tinjau", full),
        ("tinjau_lain", "tinjau", "tinjau_lain", full),
        ("ulang", "ulang", "csv", None),
        ("urung_ulang", "urung", "csv", full),
        ("urung", "urung", "csv", empty),
        ("terap_lagi", "terap_lagi", "csv", full),
    ):
        runs[name] = [run_apart(what, str(files[file]))]
        _tell(name, runs[name][0])
        if expected is not None:
            same.append(database.fingerprint() == expected)
    database.empty_registers()
    return runs, all(same)


def _tenth(files: dict[str, Path], ulang: int) -> dict[str, list[dict]]:
    return {what: [_once("impor", files[what]) for _ in range(ulang)] for what in ("kecil_csv", "kecil_xlsx")}


def _once(what: str, path: Path) -> dict:
    database.empty_registers()
    try:
        return run_apart(what, str(path))
    finally:
        database.empty_registers()


def _tell(name: str, run: dict) -> None:
    print(f"{name}: {run['detik']:.2f} detik {run.get('laporan', {}).get('detik', '')}", flush=True)


def _print_table(runs: dict, seconds: dict, rss: dict) -> None:
    print(f"\n{'':40} {'baris':>10} {'detik':>9} {'baris/detik':>12} {'RSS MB':>8}")
    full = runs["csv"][0]["baris"]
    for what, name in NAMES.items():
        rows, took = runs[what][0]["baris"] or full, seconds[what]
        print(f"{name:40} {rows:>10,} {took:>9.2f} {rows / took:>12,.0f} {rss[what]:>8.0f}")
    report = runs["csv"][-1]["laporan"]
    print(
        f"\nDibaca {report['dibaca']:,} = diterapkan {report['diterapkan']:,}"
        f" + ditolak {report['ditolak']:,}. SENTRAL dan lantai bergantian {len(runs['csv'])} kali, median."
    )
