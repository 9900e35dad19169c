"""Real processes to break: a PostgreSQL, a Redis, a Celery worker with its pool children, a reader that never blinks.

Nothing here waits for a time to pass: wait_until asks again until something is so, or the test fails.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2

from tests import databases

PATIENCE = 60
ROOT = databases.ROOT


def wait_until(condition: Callable[[], object], what: str, timeout: float = PATIENCE) -> object:
    """Ask until `condition` is true and return what it said; fail after `timeout` seconds."""
    end = time.monotonic() + timeout
    while not (answer := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"still not so after {timeout} s: {what}")
        time.sleep(0.05)
    return answer


class Redis:
    """A Redis of the test's own, on a socket, forgetting everything when it stops."""

    def __init__(self, folder: Path):
        self.socket = folder / "redis.sock"
        self.url = f"unix://{self.socket}"
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        command = ["redis-server", "--port", "0", "--unixsocket", str(self.socket), "--save", ""]
        self.process = subprocess.Popen(
            [*command, "--dir", str(self.socket.parent)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_until(self.answers, "Redis answers")

    def answers(self) -> bool:
        return self.ask("ping") == "PONG"

    def ask(self, *words: str) -> str:
        """Send one command to Redis and return its answer."""
        done = subprocess.run(
            ["redis-cli", "-s", str(self.socket), *words], capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    def kill(self) -> None:
        """As kill -9 does: nothing is saved, the queue is gone."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


class Postgres:
    """A PostgreSQL of the test's own, with fsync, on a socket; it may be killed, and its disk lost."""

    BINARIES = Path(sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1])

    def __init__(self, folder: Path):
        self.folder = folder
        self.data = folder / "pg"

    def url(self, role: str, name: str = "sentral") -> str:
        return f"postgis://{role}@/{name}?host={self.folder}"

    def environment(self, name: str = "sentral") -> dict[str, str]:
        """What a process needs to use this server instead of the suite's."""
        roles = {"": "app", "_OWNER": "owner", "_LOADER": "loader", "_BACKUP": "backup"}
        urls = {f"DATABASE{part}_URL": self.url(f"sentral_{role}", name) for part, role in roles.items()}
        return urls | {"DATABASE_SUPER_URL": self.url("postgres", "postgres")}

    def run(self, *words: object) -> None:
        """One of PostgreSQL's programs, as a user it accepts."""
        words = (self.BINARIES / str(words[0]), *words[1:])
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
            words = ("runuser", "-u", "postgres", "--", *words)
        done = subprocess.run([str(w) for w in words], cwd="/", capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Start; with an empty folder, after making a cluster without any database of ours."""
        if not (self.data / "PG_VERSION").exists():
            self.run(
                "initdb", "-D", self.data, "--auth=trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8"
            )
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c max_connections=50"
        self.run("pg_ctl", "start", "-w", "-s", "-D", self.data, "-l", self.folder / "pg.log", "-o", options)

    def pids(self) -> list[int]:
        """Its processes: each works in the data folder."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if (process / "cwd").readlink() == self.data:
                    found.append(int(process.name))
            except OSError:
                continue
        return found

    def kill(self) -> None:
        """Every process at once, as a power cut does."""
        while pids := self.pids():
            for pid in pids:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def lose(self) -> None:
        """The machine is gone, and its disk with it."""
        self.kill()
        shutil.rmtree(self.data)

    def query(self, sentence: str, name: str = "sentral", role: str = "postgres") -> list[tuple]:
        with closing(psycopg2.connect(dbname=name, user=role, host=str(self.folder))) as line:
            line.autocommit = True
            with line.cursor() as cursor:
                cursor.execute(sentence)
                return cursor.fetchall()


@dataclass
class Worker:
    """A Celery worker in its own process group, with a failpoint if the test names one."""

    environment: dict[str, str]
    folder: Path
    modules: list[str] = field(default_factory=list)
    process: subprocess.Popen | None = None
    failpoint: str = ""

    @property
    def marker(self) -> Path:
        """Written by the failpoint when it fires; a point fires once per marker."""
        return self.folder / "failpoint"

    @property
    def log(self) -> Path:
        return self.folder / "worker.log"

    def start(self, failpoint: str = "", concurrency: int = 1) -> None:
        """Start and return once it takes messages."""
        self.failpoint = failpoint
        environment = self.environment | {
            "SENTRAL_FAILPOINT": failpoint,
            "SENTRAL_FAILPOINT_MARKER": str(self.marker),
        }
        include = ["--include", ",".join(self.modules)] if self.modules else []
        before = self.lines("ready.")
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "sentral", "worker", "--concurrency", str(concurrency),
                 "--loglevel", "INFO", "--without-gossip", "--without-mingle", *include],
                cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        wait_until(lambda: self.lines("ready.") > before, "the worker is ready")

    def lines(self, text: str) -> int:
        """How many lines of its log hold `text`."""
        if not self.log.exists():
            return 0
        return sum(text in line for line in self.log.read_text().splitlines())

    def children(self) -> list[int]:
        """The process ids of its pool."""
        done = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=False
        )
        return [int(pid) for pid in done.stdout.split()]

    def fired(self) -> bool:
        """True when the failpoint was reached."""
        return self.marker.exists() and self.marker.read_text().startswith(self.failpoint.split(":")[0])

    def kill(self) -> None:
        """Kill worker and pool at once, as a power cut does."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


class Reader:
    """Another user's eyes: runs one query again and again, and remembers every answer it ever saw."""

    def __init__(self, query: str, database: str):
        self.query = query
        self.seen: set = set()
        self.reads = 0
        self._stopped = threading.Event()
        self._connection = databases.connect("DATABASE_URL", database)
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Reader:
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT set_config('sentral.semua', '1', false)")
        self._thread.start()
        return self

    def __exit__(self, *error) -> None:
        self._stopped.set()
        self._thread.join()
        self._connection.close()

    def _read(self) -> None:
        while not self._stopped.wait(0.05):
            with self._connection.cursor() as cursor:
                cursor.execute(self.query)
                self.seen.add(cursor.fetchone())
            self.reads += 1
