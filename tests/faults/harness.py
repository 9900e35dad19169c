"""Real processes to break: a PostgreSQL, a Redis, a web server, a Celery worker with its pool
children; a reader that never blinks, and clients that keep a ledger of what they were told.

Nothing here waits for a time to pass: wait_until asks again until something is so, or the test fails. How
long it asks is only for what never comes: a busy machine takes minutes to start a worker, and a process that
died says so at once.
"""

from __future__ import annotations

import http.client
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import psycopg2
from django.test import Client

from tests import databases

PATIENCE = 300
ROOT = databases.ROOT


def wait_until(condition: Callable[[], object], what: str, timeout: float = PATIENCE) -> object:
    """Ask until `condition` is true and return what it said; fail after `timeout` seconds."""
    end = time.monotonic() + timeout
    while not (answer := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"still not so after {timeout} s: {what}")
        time.sleep(0.05)
    return answer


def wait_for_start(process: subprocess.Popen, log: Path, ready: Callable[[], object], what: str) -> None:
    """Wait until `ready`; a process that ended instead never will be, and its last words tell why."""

    def ready_or_dead() -> object:
        code = process.poll()
        assert code is None, f"{what}: it ended with {code}\n{log.read_text()[-2000:]}"
        return ready()

    wait_until(ready_or_dead, what)


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
        for left in [self.data / "postmaster.pid", *self.folder.glob(".s.PGSQL.5432*")]:
            left.unlink(missing_ok=True)

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
        wait_for_start(self.process, self.log, lambda: self.lines("ready.") > before, "the worker is ready")

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


class Web:
    """gunicorn as the Procfile starts it, on a free port, with its worker processes in view."""

    def __init__(self, environment: dict[str, str], folder: Path):
        self.environment = environment
        self.log = folder / "web.log"
        self.process: subprocess.Popen | None = None
        self.port = 0

    def start(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        line = next(x for x in (ROOT / "Procfile").read_text().splitlines() if x.startswith("web: "))
        python = Path(sys.executable).parent
        environment = self.environment | {"PORT": str(self.port), "PATH": f"{python}:{os.environ['PATH']}"}
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                ["sh", "-c", line.removeprefix("web: ")], cwd=ROOT, env=environment, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        wait_for_start(self.process, self.log, self.answers, "the web server answers")

    def answers(self) -> bool:
        try:
            return Visitor(self.port).get("/akun/login/").status == 200
        except UNANSWERED:
            return False

    def workers(self) -> set[int]:
        done = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=False
        )
        return {int(pid) for pid in done.stdout.split()}

    def kill_worker(self) -> None:
        """kill -9 one worker, whatever it is doing; return when another has taken its place."""
        victim = min(self.workers())
        os.kill(victim, signal.SIGKILL)
        wait_until(
            lambda: victim not in self.workers() and len(self.workers()) == 2, "a worker took its place"
        )

    def reload(self) -> None:
        """What a deployment does: new workers come, the old ones finish what they have and go."""
        before = self.workers()
        os.kill(self.process.pid, signal.SIGHUP)
        wait_until(lambda: not before & self.workers() and len(self.workers()) == 2, "all workers are new")

    def stop(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


UNANSWERED = (OSError, http.client.HTTPException)


@dataclass
class Answer:
    status: int
    body: bytes


class Visitor:
    """A browser of one user: cookies, the form's token, one connection per request."""

    def __init__(self, port: int, cookies: dict[str, str] | None = None):
        self.port = port
        self.cookies = dict(cookies or {})

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None, {})

    def post(self, path: str, **fields: str) -> Answer:
        if "csrftoken" not in self.cookies:
            self.get("/akun/login/")
        headers = {"X-CSRFToken": self.cookies.get("csrftoken", ""), "Referer": f"http://localhost:{self.port}/",
                   "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip
        return self._ask("POST", path, urlencode(fields), headers)

    def upload(self, path: str, name: str, content: bytes, **fields: str) -> Answer:
        """Send a file as the page's script does; the answer is JSON."""
        edge = secrets.token_hex(16)
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'
            for k, v in fields.items()
        ]
        head = f'--{edge}\r\nContent-Disposition: form-data; name="berkas"; filename="{name}"\r\n\r\n'
        body = "".join(parts).encode() + head.encode() + content + f"\r\n--{edge}--\r\n".encode()
        headers = {"X-CSRFToken": self.cookies.get("csrftoken", ""), "Accept": "application/json",
                   "Referer": f"http://localhost:{self.port}/",
                   "Content-Type": f"multipart/form-data; boundary={edge}"}  # fmt: skip
        return self._ask("POST", path, body, headers)

    def _ask(self, method: str, path: str, body, headers: dict[str, str]) -> Answer:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            cookie = "; ".join(f"{key}={value}" for key, value in self.cookies.items())
            line.request(method, path, body, headers | {"Host": "localhost", "Cookie": cookie})
            response = line.getresponse()
            content = response.read()
            for text in response.headers.get_all("Set-Cookie") or []:
                self.cookies |= {key: morsel.value for key, morsel in SimpleCookie(text).items()}
            return Answer(response.status, content)
        finally:
            line.close()


def log_in(port: int, user) -> Visitor:
    """A browser with an open session of `user`, as if the password had just been typed."""
    client = Client()
    client.force_login(user)
    visitor = Visitor(port, {name: morsel.value for name, morsel in client.cookies.items()})
    visitor.get("/akun/password/change/")  # its form brings the token
    return visitor


class Ledger:
    """What the clients were told, on disk before they go on: `key sha256 status`, one line an answer."""

    def __init__(self, path: Path):
        self.path = path
        self.failed: Counter[str] = Counter()
        self.acked: dict[str, str] = {}
        self._lock = threading.Lock()

    def write(self, who: str, key: str, digest: str, status: int) -> None:
        """Status 0: the connection ended without an answer."""
        with self._lock:
            if status == 0 or status >= 500:
                self.failed[who] += 1
            else:
                self.acked[key] = digest
            with self.path.open("a") as file:
                file.write(f"{key} {digest} {status}\n")
                file.flush()
                os.fsync(file.fileno())

    def statuses(self) -> Counter[str]:
        return Counter(line.split()[2] for line in self.path.read_text().splitlines())


class Crowd:
    """Clients at work at the same time. Each sends its items one by one, again until one is answered."""

    def __init__(self, ledger: Ledger, send: Callable[[int, str], tuple[str, int]], items: list[list[str]]):
        """`send(client, item)` returns (sha256, status) and may raise UNANSWERED."""
        self.ledger, self.send = ledger, send
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, args=[n, own], daemon=True) for n, own in enumerate(items)
        ]

    def _work(self, client: int, items: list[str]) -> None:
        for item in items:
            status = 0
            while (status == 0 or status >= 500) and not self._stopped.is_set():
                try:
                    digest, status = self.send(client, item)
                except UNANSWERED:
                    digest, status = "-", 0
                self.ledger.write(str(client), item, digest, status)
                if status == 0 or status >= 500:
                    self._stopped.wait(0.2)  # a person does not press as fast as a machine

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error) -> None:
        if error[0]:
            self._stopped.set()
        for thread in self._threads:
            thread.join(PATIENCE)
        assert not any(thread.is_alive() for thread in self._threads), "a client got no answer to the end"

    def wait_for(self, acks: int) -> None:
        wait_until(lambda: len(self.ledger.acked) >= acks, f"{acks} requests were answered", PATIENCE)
