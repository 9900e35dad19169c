"""`impor`: our import against django-import-export and against the bare floor.

One run, one machine, every piece in a process of its own on emptied tables. Ours and the floor take
turns, three times, and the median counts; the peers are slow and steady and run once, on at most
20,000 rows. All work as the app role under the same policies. Ours reads the list with its dirt, as
it comes; the floor and the peers, which would break on it, read the same people written cleanly.
"""

from __future__ import annotations

import json
import os
import tempfile
from itertools import islice
from pathlib import Path
from statistics import median

from benchmarks import database
from benchmarks.measure import ratios, run_apart
from sentral.demo.families import Families
from sentral.demo.files import write_file
from sentral.demo.province import read_villages

PEER_ROWS = 20_000
ROWS_PER_FAMILY = 3.3
SEED = 19


def bench(baris: int, ulang: int = 3) -> dict:
    """Measure, print a table, return the figures."""
    database.refuse_a_used_database()
    with tempfile.TemporaryDirectory(prefix="sentral-bench-") as folder:
        os.environ["SENTRAL_DATA"] = folder  # what the measured processes store goes with it
        files = _write_files(Path(folder), baris)
        runs = _ours_and_floor(files, ulang)
        peers = {what: _once(what, files["sedikit"]) for what in ("import_export", "datar", "datar_cepat")}
    seconds = {what: median(run["detik"] for run in runs[what]) for what in runs}
    rate = {what: peer["baris"] / peer["detik"] for what, peer in peers.items()}
    rss = max(run["rss_mb"] for what in ("csv", "xlsx") for run in runs[what])
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
        "rss_mb": round(rss),
        "detik_csv": round(seconds["csv"], 2),
        "detik_xlsx": round(seconds["xlsx"], 2),
    }
    _print_table(baris, runs, seconds, peers)
    print(json.dumps(figures))
    return figures


def _write_files(folder: Path, baris: int) -> dict[str, Path]:
    villages = read_villages(SEED)
    files = {
        "csv": (folder / "kotor.csv", baris, False),
        "xlsx": (folder / "kotor.xlsx", baris, False),
        "lantai": (folder / "bersih.csv", baris, True),
        "sedikit": (folder / "sedikit.csv", min(baris, PEER_ROWS), True),
    }
    for path, count, clean in files.values():
        # A few families more than needed, cut to exactly the number of rows asked for.
        families = Families(villages, SEED, clean=clean).rows(int(count / ROWS_PER_FAMILY * 1.02) + 30)
        write_file(path, islice(families, count))
    return {name: path for name, (path, _, _) in files.items()}


def _ours_and_floor(files: dict[str, Path], ulang: int) -> dict[str, list[dict]]:
    runs: dict[str, list[dict]] = {"csv": [], "xlsx": [], "lantai": []}
    for turn in range(ulang):
        for what, done in runs.items():
            done.append(_once("lantai" if what == "lantai" else "impor", files[what]))
            phases = done[-1].get("laporan", {}).get("detik", "")
            print(f"putaran {turn + 1}/{ulang} {what}: {done[-1]['detik']:.2f} detik {phases}", flush=True)
    return runs


def _once(what: str, path: Path) -> dict:
    database.empty_registers()
    try:
        return run_apart(what, str(path))
    finally:
        database.empty_registers()


def _print_table(baris: int, runs: dict, seconds: dict, peers: dict) -> None:
    names = {
        "csv": "SENTRAL, CSV",
        "xlsx": "SENTRAL, XLSX",
        "lantai": "lantai: COPY + INSERT ... SELECT",
        "import_export": "django-import-export, tiga tabel",
        "datar": "django-import-export, satu tabel datar",
        "datar_cepat": "  sama, tanpa membandingkan baris",
    }
    print(f"\n{'':40} {'baris':>10} {'detik':>9} {'baris/detik':>12} {'RSS MB':>8}")
    lines = [(k, baris, seconds[k], max(r["rss_mb"] for r in runs[k])) for k in runs]
    lines += [(k, p["baris"], p["detik"], p["rss_mb"]) for k, p in peers.items()]
    for name, rows, took, rss in lines:
        print(f"{names[name]:40} {rows:>10,} {took:>9.2f} {rows / took:>12,.0f} {rss:>8.0f}")
    report = runs["csv"][-1]["laporan"]
    print(
        f"\nDibaca {report['dibaca']:,} = diterapkan {report['diterapkan']:,}"
        f" + ditolak {report['ditolak']:,}. SENTRAL dan lantai bergantian {len(runs['csv'])} kali, median."
    )
