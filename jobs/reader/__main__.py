"""The process: reads one order, is confined, answers."""

from __future__ import annotations

import ctypes
import json
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from jobs.reader.kinds import OLD, kind_of, unwrapped
from jobs.reader.limits import MEMORY, Refused, tell
from jobs.reader.old import stage_old
from jobs.reader.peek import peek
from jobs.reader.sample import sample
from jobs.reader.sheets import stage_xlsx
from jobs.reader.text import stage_csv


def confine(seconds: int) -> None:
    """Die with the parent, and never take more than a spreadsheet may cost."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def stage(path: Path, order: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Copy the rows into the table, by the way that suits the kind."""
    kind = kind_of(path)
    if kind == "csv":
        return stage_csv(path, order)
    if kind in OLD:
        return stage_old(path, order)
    return stage_xlsx(path, order, folder)


def carry_out(order: dict[str, Any], path: Path, folder: Path) -> dict[str, Any]:
    """What the order asks for: a look at the file, a sample of a list, or all of it."""
    if order["do"] == "peek":
        return peek(path, order["rows"])
    if order["do"] == "sample":
        return sample(path, order)
    return stage(path, order, folder)


def main() -> None:
    """Carry out one order."""
    order = json.loads(sys.stdin.readline())
    confine(order["seconds"])
    folder = Path(order["folder"])
    try:
        path = unwrapped(Path(order["path"]), folder)
        answer = carry_out(order, path, folder)
    except Refused as refusal:
        tell(refused=str(refusal))
        return
    tell(answer=answer)


if __name__ == "__main__":
    main()
