"""What below SENTRAL_DATA belongs into a backup, and what is scratch."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from script.lib.cadangan.database import Refused

# Scratch of the readers of uploads and boundaries and of the writer of exports, at any depth.
PASSING = re.compile(r"^(baca-.*|batas-.*|.*\.tmp)$")
# At the top also the scheduler's file, what these scripts and the health page write themselves.
SCRATCH = re.compile(rf"{PASSING.pattern}|^(jadwal.*|keadaan|\..*)$")


def files_below(data: Path) -> Iterator[Path]:
    """Every file that is no scratch. A folder at the top may be a link, to a larger disk; nothing else may.

    What cannot be followed is refused: left out in silence, it would be missed on the day of the restore.
    """
    for top in tops(data):
        if top.is_symlink() and not top.exists():
            raise Refused(
                f"{top} menunjuk ke tempat yang tidak ada. Sambungkan disknya atau hapus tautan itu dulu."
            )
        if top.is_file():
            yield top
        for folder, folders, files in os.walk(top, onerror=unless_gone):
            folders[:] = sorted(name for name in folders if not PASSING.match(name))
            for path in (Path(folder) / name for name in [*folders, *sorted(files)]):
                if path.is_symlink():
                    raise Refused(
                        f"{path} sebuah tautan. Hanya folder langsung di bawah {data} boleh berupa tautan:"
                        " pindahkan isinya ke sana."
                    )
                if path.is_file() and not PASSING.match(path.name):
                    yield path


def tops(data: Path) -> list[Path]:
    """What lies directly below SENTRAL_DATA and is no scratch."""
    return sorted(path for path in data.iterdir() if not SCRATCH.match(path.name)) if data.is_dir() else []


def unless_gone(error: OSError) -> None:
    """A folder that expires during the walk is nobody's loss; one that may not be read is."""
    if not isinstance(error, FileNotFoundError):
        raise error


def holds_files(data: Path) -> bool:
    try:
        return next(files_below(data), None) is not None
    except Refused:
        return True  # links


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
