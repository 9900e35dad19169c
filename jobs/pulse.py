"""The second connection of a running attempt: its heartbeat, its progress, and who may interrupt it.

The applying transaction is one long silence on the main connection, so what others must see meanwhile
travels here, in autocommit. The connection also holds an advisory lock named after the attempt. The
lock goes when the process dies, however it dies, and stays while the process is merely stopped: so
"is that attempt dead?" has an exact answer, and `detak` decides only about those asleep.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg2
from django.db import connections

logger = logging.getLogger(__name__)

BEAT_SECONDS = 5.0
THROTTLE_SECONDS = 0.5

SQL = Path(__file__).parent / "sql"
BEAT = (SQL / "beat.sql").read_text()
PROGRESS = (SQL / "progress.sql").read_text()


class JobCancelled(Exception):
    """The owner asked to stop; nothing of this attempt may be written."""


class JobLost(Exception):
    """Another attempt has taken over, or the job is no longer running."""


class JobTimeout(Exception):
    """The work took longer than its kind allows."""


def connect() -> psycopg2.extensions.connection:
    """A connection beside Django's: same database, same role, autocommit, no territory set."""
    wrapper = connections["default"]
    parameters = wrapper.get_connection_params()
    allowed = {"dbname", "user", "password", "host", "port", "sslmode", "connect_timeout"}
    connection = psycopg2.connect(
        **{key: value for key, value in parameters.items() if key in allowed},
        application_name="sentral-detak",
        options="-c lock_timeout=3000 -c statement_timeout=10000 -c timezone=UTC",
    )
    connection.autocommit = True
    return connection


def lock_key(job_id: int, attempt: int) -> str:
    return f"jobs attempt {job_id}:{attempt}"


class Pulse:
    """The heartbeat of one attempt. A daemon thread beats; progress() may be called from the work.

    When cancel was asked, the attempt was lost or its time is over, the thread interrupts what the
    work is waiting for: the running statement of the main connection, and whatever was handed to
    `interruptible` (DuckDB). The work then learns the reason from `check()`.
    """

    def __init__(self, job_id: int, attempt: int, connection: psycopg2.extensions.connection):
        self.parameters = {"job_id": job_id, "attempt": attempt}
        self.connection = connection
        self.reason: type[Exception] | None = None
        self.deadline: float | None = None
        self._main = connections["default"]
        self._interrupts: list[Callable[[], None]] = []
        self._stopped = threading.Event()
        self._writing = threading.Lock()
        self._last_write = 0.0
        self._waiting: dict[str, Any] = {}
        self._thread = threading.Thread(target=self._run, name=f"detak-{job_id}", daemon=True)

    def start(self, *, seconds: float) -> None:
        """Beat until close(); interrupt the work after `seconds`."""
        self.deadline = time.monotonic() + seconds
        self._thread.start()

    def rest(self) -> None:
        """The work is over, its end is being written: beat and interrupt no more, keep the lock."""
        self._stopped.set()

    def close(self) -> None:
        """Stop beating and let the attempt's lock go."""
        self.rest()
        if self._thread.is_alive():
            self._thread.join()
        self.connection.close()

    def check(self) -> None:
        """Raise JobCancelled, JobLost or JobTimeout when the work has to stop."""
        if self.reason is not None:
            raise self.reason(f"job {self.parameters['job_id']}")

    def progress(self, **values: Any) -> None:
        """Write how far the work is, at most twice a second, a new phase at once."""
        self.check()
        self._waiting.update({key: value for key, value in values.items() if value is not None})
        urgent = values.get("fase") is not None or values.get("laporan") is not None
        if not urgent and time.monotonic() - self._last_write < THROTTLE_SECONDS:
            return
        self._last_write = time.monotonic()
        blank = {"fase": None, "done": None, "total": None, "pesan": None, "laporan": None}
        self._write(PROGRESS, blank | self._waiting | self.parameters)
        self._waiting = {}
        self.check()

    def interruptible(self, interrupt: Callable[[], None]) -> None:
        """Register how to break off a wait that is not a statement of the main connection."""
        self._interrupts.append(interrupt)

    def _write(self, statement: str, parameters: dict[str, Any]) -> None:
        try:
            with self._writing, self.connection.cursor() as cursor:
                cursor.execute(statement, parameters)
                row = cursor.fetchone()
        except (psycopg2.errors.LockNotAvailable, psycopg2.errors.QueryCanceled):
            return  # the work itself is writing its last word on the row, or the server is very busy
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            self._reconnect()
            return
        if row is None:
            self.reason = JobLost
        elif row[0]:
            self.reason = JobCancelled

    def _reconnect(self) -> None:
        """After a restart of the database take the attempt's lock again, or know that it is lost."""
        with self._writing:
            if self._stopped.is_set() or not self._is_broken():
                return
            self.connection.close()
            try:
                self.connection = connect()
            except psycopg2.OperationalError:
                return  # still away: the next beat tries again
            if not lock(self.connection, **self.parameters, patient=True):
                self.reason = JobLost

    def _is_broken(self) -> bool:
        """False when the other thread has connected again meanwhile."""
        try:
            with self.connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except psycopg2.Error:
            return True
        return False

    def _run(self) -> None:
        while not self._stopped.wait(BEAT_SECONDS if self.reason is None else 0.5):
            if self.deadline is not None and time.monotonic() > self.deadline and self.reason is None:
                self.reason = JobTimeout
            if self.reason is None:
                self._write(BEAT, self.parameters)
            if self.reason is not None and not self._stopped.is_set():
                self._interrupt()

    def _interrupt(self) -> None:
        main = self._main.connection
        for interrupt in [*self._interrupts, *([main.cancel] if main is not None else [])]:
            try:
                interrupt()
            except (psycopg2.Error, OSError) as error:
                logger.warning("could not interrupt (%s): it may be over", type(error).__name__)


def lock(
    connection: psycopg2.extensions.connection, job_id: int, attempt: int, *, patient: bool = False
) -> bool:
    """Take the attempt's lock if it is free; `patient` waits for a process that is just dying."""
    key = lock_key(job_id, attempt)
    with connection.cursor() as cursor:
        if not patient:
            cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [key])
            return cursor.fetchone()[0]
        try:
            cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [key])
        except psycopg2.errors.LockNotAvailable:
            return False
    return True
