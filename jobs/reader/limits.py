"""What a spreadsheet may cost, how a refusal is said, how news is told."""

from __future__ import annotations

import json
import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

MEMORY = 2 * 1024**3
LOOK_MEMORY = 448 * 1024**2  # for whatever Python reads alone
DATA_MEMORY = 640 * 1024**2  # counted as reserved: a million rows with four million strings then hold 375 MB
DUCKDB_MEMORY = "256MB"
OLD_MEMORY = 448 * 1024**2  # of data; 65,536 rows of 23 filled columns in an XLS take most
OLD_ROWS = 200_000
UNCOMPRESSED = 4 * 1024**3
RATIO = 200
RATIO_FROM = 5 * 1024**2
ENTRIES = 2_000
MEMBERS = 8  # spreadsheets in a ZIP: a list of families, its members, and tables beside them
COLUMNS = 250
SHEET_ROWS = 1_048_576
LONG_NUMBER = 15
TOO_WIDE = f"Lembar ini berisi lebih dari {COLUMNS} kolom. Hapus kolom yang tidak perlu, lalu unggah lagi."
CHUNK = 1024 * 1024
TIDINGS_SECONDS = 0.5
DAMAGED = "Berkas Excel ini rusak atau terpotong. Buka di Excel, simpan lagi, lalu unggah ulang."


class Refused(Exception):
    """The file cannot be read; the sentence says why and what to do."""


def watched_bits(order: dict[str, Any]) -> dict[int, int]:
    """Place of a column -> its bit in `numerik`: those the order watches, else the first 63 by their place."""
    watched = order.get("watched")
    if watched is None:
        return {place: 1 << place for place in range(63)}
    return {place: 1 << bit for place, bit in watched}


def cost(what: str) -> dict[str, Any]:
    """What this process has taken so far: seconds of processor time, and MB of memory at its peak."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    peak = usage.ru_maxrss
    with suppress(
        OSError, StopIteration
    ):  # Linux: the peak since this program began, not its parent's before it
        status = Path("/proc/self/status").read_text().splitlines()
        peak = int(next(line for line in status if line.startswith("VmHWM")).split()[1])
    return {"do": what, "seconds": round(usage.ru_utime + usage.ru_stime, 2), "mb": peak // 1024}


def tell(**news: Any) -> None:
    """One line to the process that asked."""
    sys.stdout.write(json.dumps(news) + "\n")
    sys.stdout.flush()
