"""The process: reads one order, is confined, answers."""

from __future__ import annotations

import ctypes
import json
import resource
import signal
import sys
from pathlib import Path

from jobs.reader.kinds import kind_of
from jobs.reader.limits import MEMORY, Refused, tell
from jobs.reader.peek import peek
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


def main() -> None:
    """Carry out one order."""
    order = json.loads(sys.stdin.readline())
    confine(order["seconds"])
    path, folder = Path(order["path"]), Path(order["folder"])
    try:
        if order["do"] == "peek":
            answer = peek(path, order["rows"])
        elif kind_of(path) == "csv":
            answer = stage_csv(path, order)
        else:
            answer = stage_xlsx(path, order, folder)
    except Refused as refusal:
        tell(refused=str(refusal))
        return
    tell(answer=answer)


if __name__ == "__main__":
    main()
