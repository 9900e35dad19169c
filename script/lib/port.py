"""The web server's port: the one asked for, or else 8000 or the next free one.

`python script/lib/port.py [PORT]` prints it; a PORT that is taken ends with one sentence.
"""

from __future__ import annotations

import socket
import sys

FIRST, LAST = 8000, 8099


def is_free(port: int) -> bool:
    """Could the web server listen here now?"""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose(wanted: str) -> int:
    """Return the port to use. A port that was asked for is never swapped for another."""
    if wanted:
        if not (wanted.isdigit() and 0 < int(wanted) < 65536):
            raise SystemExit(f"PORT={wanted} bukan nomor port.")
        if not is_free(int(wanted)):
            raise SystemExit(
                f"Port {wanted} sedang dipakai program lain: pilih PORT lain, atau kosongkan PORT."
            )
        return int(wanted)
    for port in range(FIRST, LAST + 1):
        if is_free(port):
            return port
    raise SystemExit(f"Port {FIRST} sampai {LAST} semuanya terpakai: pilih satu dengan PORT=...")


if __name__ == "__main__":
    sys.stdout.write(f"{choose(sys.argv[1] if len(sys.argv) > 1 else '')}\n")
