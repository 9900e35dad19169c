"""Make a backup: one tar, encrypted by age while it is written, renamed into place at the end."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ

from script.lib.cadangan.database import (
    FORMAT,
    PIECE,
    Refused,
    connect,
    first_line,
    libpq,
    number,
    program,
    refuse_a_held_role,
    say,
    tables_of,
    walls_of,
)
from script.lib.cadangan.files import files_below

NAME = re.compile(r"^sentral-\d{8}T\d{6}Z\.tar\.age$")


def recipients() -> list[str]:
    """The public keys from SENTRAL_BACKUP_RECIPIENT."""
    keys = os.environ.get("SENTRAL_BACKUP_RECIPIENT", "").replace(",", " ").split()
    if not keys:
        raise Refused(
            "SENTRAL_BACKUP_RECIPIENT belum diisi: buat kunci dengan age-keygen di komputer lain,"
            " lalu isi kunci umumnya (age1...) di lingkungan atau di .env."
        )
    for key in keys:
        if key.upper().startswith("AGE-SECRET-KEY"):
            raise Refused(
                "SENTRAL_BACKUP_RECIPIENT berisi kunci rahasia. Isi kunci umumnya (age1...), dan simpan kunci"
                " rahasia di luar server ini."
            )
    return keys


def make(folder: Path, keep: int, database: str, data: Path) -> Path:
    """Write one backup into `folder`, keep the newest `keep`, note it for the health page."""
    keys = recipients()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with alone(folder):
        for left in folder.glob("sentral-*.tar.age.sebagian"):
            left.unlink()  # of a run that was killed; encrypted as far as it got
        started, begun = datetime.now(UTC), time.monotonic()
        target = folder / f"sentral-{started:%Y%m%dT%H%M%SZ}.tar.age"
        unfinished = target.with_name(target.name + ".sebagian")
        try:
            counts = write(unfinished, keys, database, data, started)
            unfinished.rename(target)
            sync(folder)
        finally:
            unfinished.unlink(missing_ok=True)
        kept = prune(folder, keep)
    size = target.stat().st_size
    note(data, {"waktu": started.isoformat(timespec="seconds"), "berkas": target.name, "ukuran": size,
                "detik": round(time.monotonic() - begun, 1), "disimpan": kept} | counts)  # fmt: skip
    say(
        f"Cadangan {target} selesai: {number(counts['baris'])} baris dalam {counts['tabel']} tabel,"
        f" {counts['berkas_n']} berkas, {number(size // 1024)} kB, {number(time.monotonic() - begun, 1)} detik."
    )
    return target


def write(target: Path, keys: list[str], database: str, data: Path, started: datetime) -> dict[str, int]:
    """Stream dump, files and manifest through age into `target`; return what was counted."""
    with closing(connect(database)) as line:
        line.set_session(isolation_level=ISOLATION_LEVEL_REPEATABLE_READ, readonly=True)
        cursor = line.cursor()
        refuse_a_held_role(cursor)
        cursor.execute("SELECT pg_export_snapshot(), current_setting('server_version')")
        snapshot, version = cursor.fetchone()
        arguments = [word for key in keys for word in ("-r", key)]
        with target.open("xb") as file, tempfile.TemporaryFile() as complaints:
            os.fchmod(file.fileno(), 0o600)
            age = subprocess.Popen(["age", *arguments], stdin=subprocess.PIPE, stdout=file, stderr=complaints)
            try:
                with tarfile.open(fileobj=age.stdin, mode="w|", bufsize=PIECE) as tar:
                    add_json(tar, "kepala.json", {"format": FORMAT, "waktu": started.isoformat(),
                                                  "postgresql": version})  # fmt: skip
                    add_dump(tar, database, snapshot)
                    files = add_files(tar, data)
                    tables = tables_of(cursor)
                    manifest = {"tabel": tables, "dinding": walls_of(cursor), "berkas": files}
                    add_json(tar, "manifest.json", manifest)
                age.stdin.close()  # type: ignore[union-attr]
            except BrokenPipeError as error:
                age.wait()
                raise Refused(age_complaint(complaints)) from error
            except BaseException:
                age.kill()
                raise
            finally:
                age.wait()
            if age.returncode:
                raise Refused(age_complaint(complaints))
            os.fsync(file.fileno())
    rows = sum(count for count, _ in tables.values())
    return {"tabel": len(tables), "baris": rows, "berkas_n": len(files)}


def age_complaint(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    said = complaints.read().decode(errors="replace")
    if "malformed recipient" in said or "unknown recipient" in said:
        return "SENTRAL_BACKUP_RECIPIENT bukan kunci umum age (age1...). Salin lagi kuncinya dengan utuh."
    if "no space left" in said.lower():
        return "Disk tempat cadangan penuh. Kosongkan dulu, lalu jalankan lagi; cadangan lama tetap ada."
    return f"age tidak dapat menulis cadangan: {said.strip().splitlines()[0] if said.strip() else 'terhenti'}"


def add(tar: tarfile.TarFile, name: str, size: int, content: IO[bytes]) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(time.time())
    tar.addfile(member, content)


def add_json(tar: tarfile.TarFile, name: str, value: Any) -> None:
    content = json.dumps(value, ensure_ascii=False).encode()
    add(tar, name, len(content), io.BytesIO(content))


def add_dump(tar: tarfile.TarFile, database: str, snapshot: str) -> None:
    """pg_dump's output in pieces, since a tar wants each size ahead. Staging belongs to running jobs."""
    command = [program("pg_dump"), "--format=custom", "--compress=3", f"--snapshot={snapshot}",
               "--exclude-table=staging.*", "--no-password"]  # fmt: skip
    with tempfile.TemporaryFile() as complaints:
        dump = subprocess.Popen(command, env=libpq(database), stdout=subprocess.PIPE, stderr=complaints)
        try:
            number = 0
            while piece := dump.stdout.read(PIECE):  # type: ignore[union-attr]
                number += 1
                add(tar, f"basis-data/{number:06}", len(piece), io.BytesIO(piece))
        finally:
            if sys.exc_info()[0]:
                dump.kill()
            dump.stdout.close()  # type: ignore[union-attr]
            dump.wait()
        if dump.returncode:
            complaints.seek(0)
            raise Refused(f"pg_dump gagal: {first_line(complaints.read())}")


class Hashed(io.RawIOBase):
    """A file that is read once, with its sha256."""

    def __init__(self, file: IO[bytes]):
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self.file.read(size)
        self.digest.update(piece)
        return piece


def add_files(tar: tarfile.TarFile, data: Path) -> dict[str, str]:
    """{name: sha256} of every file below SENTRAL_DATA. One that expires meanwhile is left out."""
    found = {}
    for path in files_below(data):
        try:
            file = path.open("rb")
        except FileNotFoundError:
            continue
        with file:
            name = path.relative_to(data).as_posix()
            hashed = Hashed(file)
            add(tar, f"berkas/{name}", os.fstat(file.fileno()).st_size, hashed)  # type: ignore[arg-type]
            found[name] = hashed.digest.hexdigest()
    return found


def prune(folder: Path, keep: int) -> int:
    """Delete all but the newest `keep` backups; return how many there are now."""
    backups = sorted(path for path in folder.iterdir() if NAME.match(path.name))
    for old in backups[: max(0, len(backups) - keep)]:
        old.unlink()
    return min(len(backups), keep)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One backup at a time in a folder."""
    with (folder / ".kunci").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused("Cadangan lain sedang dibuat di folder ini. Tunggu sampai selesai.") from error
        yield


def sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def note(data: Path, news: dict[str, Any]) -> None:
    """Tell the health page how the last backup went; a failure leaves the last success standing."""
    path = data / "keadaan" / "cadangan.json"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    before: dict[str, Any] = {}
    if "gagal" in news:
        with contextlib.suppress(OSError, ValueError):
            before = json.loads(path.read_text())
    fresh = path.with_suffix(".baru")
    fresh.write_text(json.dumps(before | news))
    fresh.rename(path)
