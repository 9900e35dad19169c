"""The process: reads one order, is confined, answers."""

from __future__ import annotations

import ctypes
import errno
import json
import resource
import signal
import sys
from functools import partial
from pathlib import Path
from typing import Any

from jobs.reader.kinds import OLD, kind_of, members, unwrapped
from jobs.reader.limits import DATA_MEMORY, LOOK_MEMORY, MEMORY, Refused, cost, tell
from jobs.reader.old import stage_old
from jobs.reader.peek import peek, short_enough
from jobs.reader.sample import sample
from jobs.reader.several import read_several
from jobs.reader.sheets import stage_xlsx
from jobs.reader.text import stage_csv


def confine(seconds: int) -> None:
    """Die with the parent, and never take more than a spreadsheet may cost."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_DATA, (LOOK_MEMORY, DATA_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def stage(path: Path, order: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Copy the rows into the table, by the way that suits the kind."""
    kind = kind_of(path)
    if kind == "csv":
        return stage_csv(path, order)
    if kind in OLD:
        return stage_old(path, order)
    resource.setrlimit(resource.RLIMIT_DATA, (DATA_MEMORY, DATA_MEMORY))
    return stage_xlsx(path, order, folder)


def carry_out(order: dict[str, Any], path: Path, folder: Path) -> dict[str, Any]:
    """What the order asks for: a look at the file, a sample of a list, or all of it."""
    if order["do"] == "peek":
        return peek_all(path, order["rows"], folder)
    reading = sample if order["do"] == "sample" else partial(stage, folder=folder)
    if order.get("more"):
        return read_several(path, order, folder, reading)
    return reading(unwrapped(path, folder, order.get("file", "")), order)


def peek_all(path: Path, rows: int, folder: Path) -> dict[str, Any]:
    """The first rows of the file; of a ZIP with several in it, those of each, sheets named after their file."""
    inside = members(path)
    if inside == [""]:
        return peek(unwrapped(path, folder), rows)
    sheets: list[dict[str, Any]] = []
    date_1904 = False
    for name in inside:
        answer = peek(unwrapped(path, folder, name), rows)
        sheets += [sheet | {"file": name} for sheet in answer["sheets"]]
        date_1904 = date_1904 or answer.get("date_1904", False)
    return {"kind": "zip", "sheets": short_enough(sheets), "date_1904": date_1904}


def no_room(error: BaseException) -> bool:
    """True when the disk is full: this process's, or the database's, which DuckDB tells in words only."""
    pgcode = getattr(error, "pgcode", None)
    return pgcode == "53100" or getattr(error, "errno", None) == errno.ENOSPC or "No space left" in str(error)


def main() -> None:
    """Carry out one order."""
    order = json.loads(sys.stdin.readline())
    confine(order["seconds"])
    folder = Path(order["folder"])
    try:
        answer = carry_out(order, Path(order["path"]), folder)
    except Refused as refusal:
        tell(cost=cost(order["do"]))
        tell(refused=str(refusal))
        return
    except Exception as error:
        if not no_room(error):
            raise
        tell(full=True)
        return
    tell(cost=cost(order["do"]))
    tell(answer=answer)


if __name__ == "__main__":
    main()
