"""Private files of long work: folders below DATA_DIR that only this user reads, and uploads on their way in."""

from __future__ import annotations

import errno
import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg2.errors
from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler

CHUNK = 1024 * 1024
NBSP = "\N{NO-BREAK SPACE}"


NO_ROOM = (
    "Ruang simpan server penuh, jadi pekerjaan ini berhenti. Tidak ada yang diubah. Beri tahu admin, lalu coba lagi"
    " setelah ada ruang."
)


def no_room(error: BaseException | None) -> bool:
    """True when a full disk is behind an error: ours, or the database's."""
    while error is not None:
        if isinstance(error, psycopg2.errors.DiskFull):
            return True
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        error = error.__cause__ or error.__context__
    return False


def written_size(size: float) -> str:
    """48,2 MB; the same steps of 1.024 as the file manager shows."""
    units = ["byte", "kB", "MB", "GB"]
    step = 0
    while size >= 1024 and step + 1 < len(units):
        size, step = size / 1024, step + 1
    number = f"{size:,.{1 if step else 0}f}".translate(str.maketrans(",.", ".,"))
    return f"{number}{NBSP}{units[step]}"


class UploadTooLarge(Exception):
    """More bytes than MAX_UPLOAD_BYTES; str() is the sentence for the sender."""


class NoRoom(UploadTooLarge):
    """More bytes than the disk holds."""


class TidyUploadHandler(TemporaryFileUploadHandler):
    """Deletes what it wrote when it cannot go on: on a full disk half a file must not wait for the collector."""

    def receive_data_chunk(self, raw_data, start):
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError:
            with suppress(
                OSError
            ):  # closing writes what is left in the buffer; the file is gone all the same
                self.upload_interrupted()
            raise


@dataclass(frozen=True)
class Stored:
    """An upload on disk under a random name."""

    path: Path
    size: int
    sha256: str


def private_folder(name: str) -> Path:
    """The folder `name` below DATA_DIR, made when it is first asked for."""
    path = settings.DATA_DIR / name
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def store_upload(berkas: IO[bytes], folder: Path) -> Stored:
    """Copy an upload into `folder`. Raises UploadTooLarge or NoRoom; then, as after any error, nothing is kept."""
    path = folder / secrets.token_hex(16)
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("xb") as copy:
            while chunk := berkas.read(CHUNK):
                size += len(chunk)
                if size > settings.MAX_UPLOAD_BYTES:
                    limit = settings.MAX_UPLOAD_BYTES // 1024**2
                    raise UploadTooLarge(
                        f"Berkas ini lebih besar dari {limit} MB. Bagi menjadi beberapa berkas."
                    )
                digest.update(chunk)
                copy.write(chunk)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if no_room(error):
            raise NoRoom(NO_ROOM) from error
        raise
    return Stored(path, size, digest.hexdigest())
