"""Named points where a test stops or kills the worker: `SENTRAL_FAILPOINT=name:kill` or `name:wait:/path`.

The settings refuse the variable outside tests, and without it a point costs one comparison. A point
that fires first writes its name to $SENTRAL_FAILPOINT_MARKER, so that the test can prove it was reached.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from django.conf import settings


def failpoint(name: str) -> None:
    """Die or wait here when the test asks for it. A point fires once per marker file."""
    if not settings.FAILPOINT:
        return
    wanted, _, action = settings.FAILPOINT.partition(":")
    if wanted != name:
        return
    if not settings.TESTING:
        raise RuntimeError("SENTRAL_FAILPOINT works in tests only.")
    marker = Path(os.environ["SENTRAL_FAILPOINT_MARKER"])
    try:
        with marker.open("x") as file:
            file.write(f"{name} {os.getpid()}\n")
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        return
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    release = Path(action.removeprefix("wait:"))
    while not release.exists():
        time.sleep(0.02)
