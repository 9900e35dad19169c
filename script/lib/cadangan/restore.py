"""Bring a backup back: fill a second database, compare everything, only then replace."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

import psycopg2

from script.lib.cadangan.database import (
    FORMAT,
    PIECE,
    SQL,
    STOPPING,
    Refused,
    connect,
    first_line,
    libpq,
    number,
    program,
    say,
    tables_of,
    walls_of,
)
from script.lib.cadangan.files import holds_files, sha256, tops

CLUSTER = SQL.parent / "cluster.sql"


def restore(file: Path, identity: Path, *, superuser: str, name: str, data: Path, replace: bool) -> None:
    """Bring a backup back as database `name` and files below `data`, or refuse and change nothing."""
    begun = time.monotonic()
    if not file.is_file():
        raise Refused(f"Berkas cadangan {file} tidak ada.")
    if not identity.is_file():
        raise Refused(f"Berkas kunci {identity} tidak ada.")
    with opened(file, identity) as backup:
        head = backup.head()
        say(f"Cadangan dari {head['waktu'][:16].replace('T', ' ')} UTC, PostgreSQL {head['postgresql']}.")
        refuse_to_overwrite(superuser, name, data, replace)
        fresh, stamp = f"{name}_pulih", f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
        make_database(superuser, name, fresh)
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        files = data / ".pulih"
        shutil.rmtree(files, ignore_errors=True)
        try:
            manifest = backup.unpack(superuser, fresh, files)
            run_cluster_sql(superuser, fresh)
            verify(superuser, fresh, files, manifest)
        except BaseException:
            throw_away(superuser, fresh, files)
            raise
        with undisturbed():
            aside, files_aside = replace_both(superuser, name, fresh, files, data, stamp)
    rows = sum(count for count, _ in manifest["tabel"].values())
    say(
        f"Pemulihan selesai: {number(rows)} baris dalam {len(manifest['tabel'])} tabel dan"
        f" {len(manifest['berkas'])} berkas sama dengan cadangannya, {number(time.monotonic() - begun, 1)} detik."
    )
    if aside:
        say(f"Basis data lama disimpan sebagai {aside}; hapus bila tidak diperlukan: DROP DATABASE {aside};")
    if files_aside:
        say(f"Berkas lama disimpan di {files_aside}; hapus bila tidak diperlukan.")


def throw_away(superuser: str, fresh: str, files: Path) -> None:
    with contextlib.suppress(Exception):
        drop(superuser, fresh)
    shutil.rmtree(files, ignore_errors=True)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Renaming takes a moment; stopped in the middle of it, database and files would be of two times."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def replace_both(
    superuser: str, name: str, fresh: str, files: Path, data: Path, stamp: str
) -> tuple[str, Path | None]:
    """First the database, then the files. What was restored is never thrown away once the database is there."""
    try:
        aside = take_place(superuser, name, fresh, stamp)
    except BaseException as error:
        if is_there(superuser, fresh):  # it still has its own name: nothing was replaced
            throw_away(superuser, fresh, files)
            raise
        raise Refused(
            f"Tidak diketahui apakah basis data sudah diganti ({type(error).__name__}). Lihat dengan psql -l:"
            f" bila {fresh} masih ada, belum, dan pemulihan dapat diulang; bila {fresh} tidak ada, {name} sudah"
            f" dari cadangan, dan isi {files} harus dipindahkan ke {data} menggantikan yang lama."
        ) from error
    safe = data / f".pulih-{stamp}"
    try:
        files.rename(safe)  # a name that the next restore does not clear away
        return aside, move_files(safe, data, stamp)
    except OSError as error:
        there = safe if safe.exists() else files
        old = f" (yang lama disimpan sebagai {aside})" if aside else ""
        raise Refused(
            f"Basis data {name} sudah diganti{old}, tetapi berkas belum semua: {error.strerror},"
            f" {error.filename}. Berkas lama yang sudah disisihkan ada di {data / f'.sebelum-{stamp}'}; berkas dari"
            f" cadangan yang belum di tempatnya ada di {there}. Perbaiki sebabnya, lalu sisihkan sendiri yang lama"
            f" dan pindahkan isi {there} ke {data} sebelum SENTRAL dijalankan."
        ) from error


def is_there(superuser: str, name: str) -> bool:
    try:
        with as_superuser(superuser) as cursor:
            return exists(cursor, name)
    except (Refused, psycopg2.Error):
        return False


class Opened:
    """A backup being decrypted, read once from front to end."""

    def __init__(self, age: subprocess.Popen, tar: tarfile.TarFile, complaints: IO[bytes]):
        self.age, self.tar, self.complaints = age, tar, complaints

    def head(self) -> dict[str, Any]:
        member = self.tar.next()
        if member is None or member.name != "kepala.json":
            raise Refused("Berkas ini bukan cadangan SENTRAL. Tidak ada yang diubah.")
        head = json.load(self.content(member))
        if head["format"] != FORMAT:
            raise Refused("Cadangan ini dibuat oleh SENTRAL versi lain. Pulihkan dengan versi itu.")
        return head

    def content(self, member: tarfile.TarInfo) -> IO[bytes]:
        content = self.tar.extractfile(member)
        if content is None:
            raise Refused("Isi cadangan ini tidak seperti seharusnya. Tidak ada yang diganti.")
        return content

    def unpack(self, superuser: str, name: str, files: Path) -> dict[str, Any]:
        """Feed the dump to pg_restore, write the files, return the manifest, the last member."""
        files.mkdir(mode=0o700)
        manifest: dict[str, Any] | None = None
        with tempfile.TemporaryFile() as complaints:
            command = [program("pg_restore"), "--exit-on-error", "--no-password", f"--dbname={name}"]
            pg_restore = subprocess.Popen(
                command, env=libpq(superuser, name), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                stderr=complaints,
            )  # fmt: skip
            try:
                feed: IO[bytes] = pg_restore.stdin  # type: ignore[assignment]
                while member := self.tar.next():
                    if member.name.startswith("basis-data/"):
                        shutil.copyfileobj(self.content(member), feed, PIECE)
                    elif member.name == "manifest.json":
                        manifest = json.load(self.content(member))
                    else:
                        self.write(member, files)
                feed.close()
            except BrokenPipeError:
                pass  # pg_restore has said why
            except BaseException:
                pg_restore.kill()
                raise
            finally:
                pg_restore.wait()
            if pg_restore.returncode:
                complaints.seek(0)
                raise Refused(f"pg_restore gagal: {first_line(complaints.read())}. Tidak ada yang diganti.")
        self.finish()
        if manifest is None:
            raise Refused("Cadangan ini terpotong: daftar isinya tidak ada. Tidak ada yang diganti.")
        return manifest

    def write(self, member: tarfile.TarInfo, files: Path) -> None:
        """A file below berkas/. Who has the public key can make a backup, so its names are not trusted."""
        path = PurePosixPath(member.name)
        outside = path.parts[0] != "berkas" or len(path.parts) < 2 or ".." in path.parts
        if outside or path.parts[1].startswith(".") or not member.isfile():
            raise Refused(
                "Cadangan ini memuat berkas di tempat yang tidak semestinya. Tidak ada yang diganti."
            )
        target = files.joinpath(*path.parts[1:])
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with target.open("xb") as copy:
            os.fchmod(copy.fileno(), 0o600)
            shutil.copyfileobj(self.content(member), copy)

    def finish(self) -> None:
        """age has read to the end and every piece was the one that was written."""
        self.tar.fileobj.read(PIECE)  # type: ignore[union-attr]
        if self.age.wait():
            raise Refused(self.complaint())

    def complaint(self) -> str:
        self.age.wait()
        self.complaints.seek(0)
        said = self.complaints.read().decode(errors="replace")
        if "no identity matched" in said:
            return "Kunci ini tidak cocok dengan cadangan itu. Tidak ada yang diubah."
        if "error: reading" in said:
            return "Berkas kunci itu tidak dapat dibaca sebagai kunci rahasia age. Tidak ada yang diubah."
        return "Cadangan ini rusak atau terpotong. Tidak ada yang diganti; pakai cadangan yang lain."


@contextmanager
def opened(file: Path, identity: Path) -> Iterator[Opened]:
    """Decrypt with age. A wrong key and a damaged file end in one sentence each."""
    with tempfile.TemporaryFile() as complaints:
        age = subprocess.Popen(
            ["age", "--decrypt", "--identity", str(identity), str(file)],
            stdout=subprocess.PIPE,
            stderr=complaints,
        )
        try:
            try:
                tar = tarfile.open(fileobj=age.stdout, mode="r|", bufsize=PIECE)  # noqa: SIM115
            except tarfile.TarError as error:
                raise Refused(Opened(age, None, complaints).complaint()) from error  # type: ignore[arg-type]
            backup = Opened(age, tar, complaints)
            try:
                yield backup
            except tarfile.TarError as error:
                raise Refused(backup.complaint()) from error
        finally:
            age.kill()
            age.stdout.close()  # type: ignore[union-attr]
            age.wait()


@contextmanager
def as_superuser(url: str, name: str = "postgres") -> Iterator:
    """A cursor in autocommit."""
    with closing(connect(url, name)) as line:
        line.autocommit = True
        yield line.cursor()


def exists(cursor, name: str) -> bool:
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return cursor.fetchone() is not None


def refuse_to_overwrite(superuser: str, name: str, data: Path, replace: bool) -> None:
    """A database in use is left alone; one with tables, or files, only goes with --ganti."""
    with as_superuser(superuser) as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            raise Refused(
                "Pemulihan memerlukan superuser PostgreSQL: isi DATABASE_SUPER_URL untuk perintah ini."
            )
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [name])
        if cursor.fetchone()[0]:
            raise Refused(
                f"Basis data {name} sedang dipakai. Hentikan web, worker dan beat dulu, lalu jalankan lagi."
            )
        there = exists(cursor, name)
    filled = False
    if there:
        with as_superuser(superuser, name) as cursor:
            cursor.execute((SQL / "tables.sql").read_text())
            filled = cursor.fetchone() is not None
    if filled and not replace:
        raise Refused(
            f"Basis data {name} sudah berisi. Tidak ada yang diubah. Untuk menggantinya tambahkan --ganti:"
            " yang lama disisihkan, tidak dihapus."
        )
    if not replace and holds_files(data):
        raise Refused(
            f"Folder {data} sudah berisi berkas. Tidak ada yang diubah. Untuk menggantinya: --ganti."
        )


def run_cluster_sql(superuser: str, name: str) -> None:
    """Roles, extensions and default rights, the same file as on any server."""
    done = subprocess.run(
        [program("psql"), "--no-psqlrc", "--quiet", "--no-password", "-v", f"database={name}", "-f", CLUSTER],
        env=libpq(superuser, "postgres"), capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise Refused(f"Penyiapan peran dan basis data gagal: {first_line(done.stderr)}")


def make_database(superuser: str, name: str, fresh: str) -> None:
    """The roles, and an empty database for pg_restore to fill."""
    run_cluster_sql(superuser, name)
    drop(superuser, fresh)
    with as_superuser(superuser) as cursor:
        cursor.execute(
            f"CREATE DATABASE {quoted(fresh)} OWNER sentral_owner ENCODING 'UTF8' TEMPLATE template0"
        )


def drop(superuser: str, name: str) -> None:
    with as_superuser(superuser) as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {quoted(name)} WITH (FORCE)")


def quoted(name: str) -> str:
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", name, re.IGNORECASE):
        raise Refused(f"Nama basis data {name} tidak didukung.")
    return f'"{name}"'


def verify(superuser: str, name: str, files: Path, manifest: dict[str, Any]) -> None:
    """Rows, digests, rights, policies and files are those of the backup; the app role sees nothing."""
    with closing(connect(superuser, name)) as line:
        cursor = line.cursor()
        found = tables_of(cursor)
        wrong = sorted(
            table for table in manifest["tabel"] | found if manifest["tabel"].get(table) != found.get(table)
        )
        if wrong:
            raise Refused(
                f"Isi tabel {', '.join(wrong[:5])} tidak sama dengan cadangannya. Tidak ada yang diganti."
            )
        walls = set(walls_of(cursor)) ^ set(manifest["dinding"])
        if walls:
            raise Refused(f"Hak tidak sama dengan cadangannya: {min(walls)[:120]}. Tidak ada yang diganti.")
        line.rollback()
        seen = seen_without_territory(cursor)
        if seen:
            raise Refused(
                f"Peran sentral_app melihat {', '.join(seen)} tanpa wilayah. Tidak ada yang diganti."
            )
    there = {path.relative_to(files).as_posix(): sha256(path) for path in files.rglob("*") if path.is_file()}
    if there != manifest["berkas"]:
        raise Refused("Berkas di dalam cadangan tidak sama dengan daftarnya. Tidak ada yang diganti.")


def seen_without_territory(cursor) -> list[str]:
    """Tables behind the policies of which the app role sees a row although no territory is set."""
    cursor.execute((SQL / "behind_policies.sql").read_text())
    tables = [name for (name,) in cursor.fetchall()]
    cursor.execute("SET ROLE sentral_app")
    seen = []
    for table in tables:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
        if cursor.fetchone()[0]:
            seen.append(table)
    cursor.execute("RESET ROLE")
    return seen


def take_place(superuser: str, name: str, fresh: str, stamp: str) -> str:
    """The new database gets the name; return what the old one is called now, "" when it was empty."""
    with as_superuser(superuser, name) as cursor:
        cursor.execute((SQL / "tables.sql").read_text())
        filled = cursor.fetchone() is not None
    aside = f"{name}_sebelum_{stamp}".lower()
    try:
        with (
            closing(connect(superuser, "postgres")) as line,
            line,
            line.cursor() as cursor,
        ):  # both, or neither
            cursor.execute(f"ALTER DATABASE {quoted(name)} RENAME TO {quoted(aside)}")
            cursor.execute(f"ALTER DATABASE {quoted(fresh)} RENAME TO {quoted(name)}")
    except psycopg2.errors.ObjectInUse as error:
        raise Refused(
            f"Basis data {name} dipakai lagi. Hentikan web, worker dan beat, lalu ulangi."
        ) from error
    if not filled:
        with contextlib.suppress(Refused, psycopg2.Error):  # then an empty one stays, under its new name
            drop(superuser, aside)
            return ""
    return aside


def move_files(files: Path, data: Path, stamp: str) -> Path | None:
    """The restored files take the place of all that was there, scratch alone excepted; that is put aside."""
    coming = {path.name for path in files.iterdir()}
    aside = data / f".sebelum-{stamp}"
    for path in sorted({*tops(data), *(data / name for name in coming)}):
        if path.is_dir() and not path.is_symlink():
            with contextlib.suppress(OSError):
                path.rmdir()  # empty
        if path.is_symlink() or path.exists():
            aside.mkdir(mode=0o700, exist_ok=True)
            path.rename(aside / path.name)
    for name in sorted(coming):
        (files / name).rename(data / name)
    files.rmdir()
    return aside if aside.exists() else None
