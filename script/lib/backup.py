"""Encrypted backup and restore: `backup.py make`, `backup.py restore FILE --identity KEY [--ganti]`.

A backup is one tar, encrypted by age while it is written; nothing in clear ever reaches the disk:

    kepala.json        format, time, versions
    basis-data/000001  pieces of one `pg_dump --format=custom`
    berkas/...         what lies below SENTRAL_DATA, without what is scratch
    manifest.json      rows and digest of every table, rights and policies, sha256 of every file

The digests are taken in the snapshot that pg_dump reads, so they hold for the dump to the row while the
site goes on writing. A restore fills a new database, compares all of it with the manifest, and only then
puts it in the place of the old one. Exit codes: 0 done; 1 refused or failed, and nothing was replaced
unless the sentence says what was.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any, NoReturn
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ

FORMAT = 1
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)  # the last when the administrator's line breaks
PIECE = 8 * 1024 * 1024
SQL = Path(__file__).parent / "sql"
CLUSTER = Path(__file__).parent / "cluster.sql"
# Scratch of the readers of uploads and boundaries and of the writer of exports, at any depth.
PASSING = re.compile(r"^(baca-.*|batas-.*|.*\.tmp)$")
# At the top also the scheduler's file, what these scripts and the health page write themselves.
SCRATCH = re.compile(rf"{PASSING.pattern}|^(jadwal.*|keadaan|\..*)$")
# Words of a database URL that are Django's, not PostgreSQL's (environ.Env._DB_BASE_OPTIONS).
DJANGOS = {
    "CONN_MAX_AGE",
    "ATOMIC_REQUESTS",
    "AUTOCOMMIT",
    "DISABLE_SERVER_SIDE_CURSORS",
    "CONN_HEALTH_CHECKS",
}
NAME = re.compile(r"^sentral-\d{8}T\d{6}Z\.tar\.age$")


class Refused(Exception):
    """One sentence for whoever runs the script."""


# --- Connections ------------------------------------------------------------------------------------


def dsn(url: str, name: str = "") -> dict[str, Any]:
    """psycopg2's parameters of a database URL; socket folder, sslmode and the like may stand behind `?`."""
    parts = urlsplit(url)
    options = {key: values[-1] for key, values in parse_qs(parts.query).items() if key.upper() not in DJANGOS}
    found = options | {
        "dbname": name or unquote(parts.path.lstrip("/")),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "host": options.get("host", parts.hostname or ""),
        "port": parts.port or "",
    }
    return {key: value for key, value in found.items() if value}


def libpq(url: str, name: str = "") -> dict[str, str]:
    """The environment for PostgreSQL's own programs: a password does not stand in the process list."""
    irregular = {
        "dbname": "PGDATABASE",
        "connect_timeout": "PGCONNECT_TIMEOUT",
        "application_name": "PGAPPNAME",
    }
    return os.environ | {
        irregular.get(key, "PG" + key.upper().replace("_", "")): str(value)
        for key, value in dsn(url, name).items()
    }


def connect(url: str, name: str = ""):
    try:
        ours = {"connect_timeout": 10, "application_name": "sentral-cadangan"}
        return psycopg2.connect(**dsn(url, name) | ours)
    except psycopg2.OperationalError as error:
        raise Refused(
            "Basis data tidak menjawab atau menolak. Periksa apakah PostgreSQL berjalan."
        ) from error


def database_of(url: str) -> str:
    return dsn(url)["dbname"]


def program(name: str) -> str:
    """A program of PostgreSQL from $SENTRAL_PG_BIN (script/lib/install.sh), else from PATH."""
    folder = os.environ.get("SENTRAL_PG_BIN", "")
    return str(Path(folder) / name) if folder else name


# --- What a database holds ----------------------------------------------------------------------------


def tables_of(cursor) -> dict[str, list[Any]]:
    """{table: [rows, digest]} of every table of ours, whatever order the rows lie in."""
    # A value must read the same here and there; and a role that the policies hold gets an error, not 0 rows.
    cursor.execute("SET LOCAL row_security = off")
    cursor.execute("SET LOCAL timezone = 'UTC'")
    cursor.execute("SET LOCAL datestyle = 'ISO'")
    cursor.execute("SET LOCAL intervalstyle = 'iso_8601'")
    cursor.execute("SET LOCAL extra_float_digits = 1")
    cursor.execute("SET LOCAL bytea_output = 'hex'")
    cursor.execute((SQL / "tables.sql").read_text())
    found = {}
    digest = (SQL / "digest.sql").read_text()
    for name in [name for (name,) in cursor.fetchall()]:
        cursor.execute(digest.format(table=name))
        found[name] = list(cursor.fetchone())
    return found


def walls_of(cursor) -> list[str]:
    """Owner, rights and row-level security of every table, and every policy, as sorted lines."""
    cursor.execute((SQL / "walls.sql").read_text())
    return [line for (line,) in cursor.fetchall()]


def refuse_a_held_role(cursor) -> None:
    """FORCE ROW LEVEL SECURITY hides every row from the owner too; such a dump would be empty."""
    cursor.execute("SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    role, free = cursor.fetchone()
    if not free:
        raise Refused(
            f"Peran basis data {role} tidak melihat semua baris, sehingga cadangannya tidak lengkap:"
            " pakai sentral_backup di DATABASE_BACKUP_URL (dibuat oleh script/lib/cluster.sql)."
        )


# --- Make -----------------------------------------------------------------------------------------------


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


def first_line(said: bytes) -> str:
    """What a program of PostgreSQL complained of first, without the row it may quote below."""
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[0] if lines else "tanpa keterangan"


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


def tops(data: Path) -> list[Path]:
    """What lies directly below SENTRAL_DATA and is no scratch."""
    return sorted(path for path in data.iterdir() if not SCRATCH.match(path.name)) if data.is_dir() else []


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


def unless_gone(error: OSError) -> None:
    """A folder that expires during the walk is nobody's loss; one that may not be read is."""
    if not isinstance(error, FileNotFoundError):
        raise error


def holds_files(data: Path) -> bool:
    try:
        return next(files_below(data), None) is not None
    except Refused:
        return True  # links


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


# --- Restore ----------------------------------------------------------------------------------------------


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


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- Command line ------------------------------------------------------------------------------------------


def say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


def number(value: float, decimals: int = 0) -> str:
    """1.234,5."""
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def stop(*_: Any) -> NoReturn:
    raise Refused("Dihentikan sebelum selesai. Tidak ada yang diganti.")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(add_help=False)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("make")
    back = verbs.add_parser("restore")
    back.add_argument("file", type=Path)
    back.add_argument("--identity", type=Path, required=True)
    back.add_argument("--ganti", action="store_true")
    return parser.parse_args()


def main() -> int:
    os.umask(0o077)
    for number in STOPPING:
        signal.signal(number, stop)
    asked = arguments()
    data = Path(os.environ["SENTRAL_DATA"])
    try:
        if asked.verb == "restore":
            superuser, name = os.environ["DATABASE_SUPER_URL"], database_of(os.environ["DATABASE_URL"])
            restore(
                asked.file, asked.identity, superuser=superuser, name=name, data=data, replace=asked.ganti
            )
        else:
            keep = os.environ.get("SENTRAL_BACKUP_KEEP") or "14"
            if not keep.isdigit() or int(keep) < 1:
                raise Refused(f"SENTRAL_BACKUP_KEEP={keep} bukan jumlah cadangan: isi angka mulai dari 1.")
            make(Path(os.environ["SENTRAL_BACKUP_DIR"]), int(keep), os.environ["DATABASE_BACKUP_URL"], data)
    except Refused as refused:
        return failed(asked.verb, data, str(refused))
    except OSError as error:
        full = "Disk penuh. Kosongkan dulu, lalu jalankan lagi." if error.errno == 28 else ""
        return failed(
            asked.verb, data, full or f"Tidak dapat menulis atau membaca {error.filename}: {error.strerror}."
        )
    except psycopg2.Error as error:
        return failed(
            asked.verb, data, f"Basis data menolak ({type(error).__name__}). Tidak ada yang diganti."
        )
    return 0


def failed(verb: str, data: Path, sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    if verb == "make":
        with contextlib.suppress(OSError):
            note(
                data, {"gagal": {"waktu": datetime.now(UTC).isoformat(timespec="seconds"), "sebab": sentence}}
            )
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
