"""Running one piece of work in a process of its own: how long it took, how much memory it held."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024


def run_apart(*arguments: str, module: str = "benchmarks.work", environment: dict | None = None) -> dict:
    """Run `python -m MODULE ARGUMENTS` and return its last line as JSON, with `rss_mb`.

    rss_mb is the peak of the process and all its children together, looked at every 50 ms.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | (environment or {}),
    )
    assert process.stdout is not None
    peak_kb = 0
    while process.poll() is None:
        peak_kb = max(peak_kb, sum(map(resident_kb, tree(process.pid))))
        time.sleep(0.05)
    output = process.stdout.read()
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)} berhenti dengan kode {process.returncode}.")
    result = json.loads(output.splitlines()[-1])
    return {**result, "rss_mb": max(peak_kb / 1024, result.get("rss_mb", 0))}


def tree(pid: int) -> list[int]:
    """The process and everything below it."""
    pids = [pid]
    for parent in pids:
        try:
            for task in Path(f"/proc/{parent}/task").iterdir():
                pids += map(int, (task / "children").read_text().split())
        except OSError:
            continue  # ended while we looked
    return pids


def resident_kb(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_KB
    except (OSError, IndexError):
        return 0


def own_peak_mb() -> float:
    """The peak of this process by the kernel's own count, which misses nothing between two looks."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def ratios(
    *, baris: int, detik_csv: float, detik_xlsx: float, lantai: float, peer: float, flat: float
) -> dict:
    """The figures of the last line. `peer` and `flat` are rows per second, `lantai` is seconds."""
    return {
        "rasio_csv": round(baris / detik_csv / peer, 1),
        "rasio_datar_csv": round(baris / detik_csv / flat, 1),
        "rasio_xlsx": round(baris / detik_xlsx / peer, 1),
        "lantai_csv": round(detik_csv / lantai, 2),
    }


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least `share` of all values do not exceed (nearest rank)."""
    return sorted(values)[math.ceil(share * len(values)) - 1]


def cost_percent(pairs: list[tuple[float, float]]) -> float:
    """How much longer the first of each pair takes than the second: the median of the pairs, in percent."""
    return round((median(one / other for one, other in pairs) - 1) * 100, 1)
