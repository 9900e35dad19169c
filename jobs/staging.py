"""Staging: an uploaded file becomes a table of raw text, in PostgreSQL, for one job.

The reading itself is done by jobs.reader in a process of its own; what its table holds is described
there. A table is named after job and attempt, is unlogged, and belongs to the loader role: the app
role may read it when the session is the job's owner or sees everything, and may never write it.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, cast

import psycopg2
from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from psycopg2 import sql
from psycopg2.extensions import make_dsn

from access.masking import is_data
from jobs import actions
from jobs.failpoints import failpoint
from jobs.files import NO_ROOM
from jobs.models import Job

logger = logging.getLogger(__name__)

CRASHED = (
    "Berkas ini tidak dapat dibaca: isinya terlalu besar atau rusak. Salin datanya ke lembar baru,"
    " simpan sebagai .xlsx, lalu unggah lagi."
)
PEEK_SECONDS = 30  # of processor time
SAMPLE_SECONDS = 120
STAGE_SECONDS = 900
SAMPLE_FIRST = SAMPLE_RANDOM = 200


class StagingError(actions.JobFailed):
    """The file cannot be read; `pesan` says why and what to do. A job that lets it through has failed."""


@dataclass(frozen=True)
class PeekSheet:
    """A sheet's name and first rows; a CSV file has one, without a name.

    file: the file it is in, when several lie in one ZIP.  hidden_columns: places from 0 (XLSX only).
    """

    name: str
    rows: list[list[str]]
    hidden: bool
    file: str = ""
    hidden_columns: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Peek:
    """What a file looks like at first sight. kind: "xlsx", "csv", "xls", "xlsb", "ods", "zip" of several."""

    kind: str
    sheets: list[PeekSheet]
    delimiter: str = ""
    encoding: str = ""
    date_1904: bool = False


@dataclass(frozen=True)
class Staged:
    """A staged file. rows + blank = rows below the header, up to the last one that holds anything."""

    table: str
    headers: list[str]
    rows: int
    blank: int
    width: int
    date_1904: bool

    @property
    def columns(self) -> list[str]:
        return [f"c{k}" for k in range(self.width)]


@dataclass(frozen=True)
class Sample:
    """Some rows of a list, staged: the first ones, and others picked blindly below row `first_to`.

    total: how many rows of the whole list hold something.  kind, delimiter, encoding: as in Peek.
    """

    staged: Staged
    first_to: int
    total: int
    kind: str
    delimiter: str
    encoding: str

    @property
    def whole(self) -> bool:
        """True for a list so short that nothing was left out."""
        return self.staged.rows == self.total


def peek(path: Path | str, rows: int = 30) -> Peek:
    """The first rows of each sheet of an uploaded file, as text. Raises StagingError."""
    answer = _read({"do": "peek", "path": str(path), "rows": rows, "seconds": PEEK_SECONDS}, None)
    sheets = [PeekSheet(**sheet) for sheet in answer.pop("sheets")]
    return Peek(sheets=sheets, **answer)


def sample(
    job: Job,
    path: Path | str,
    sheet: str = "",
    header_row: int = 1,
    *,
    columns: int = 1,
    seed: int = 0,
    **where: Any,
) -> Sample:
    """Write 200 first and 200 random rows below `header_row` into a small table. Raises StagingError.

    The same seed picks the same rows. A sheet's table has at least so many `columns`, filled or not.
    It goes with the job's others. where: as in stage.
    """
    table = f"staging.job_{job.pk}_{job.percobaan}_contoh"
    order = where | {
        "do": "sample",
        "seconds": SAMPLE_SECONDS,
        "path": str(path),
        "sheet": sheet,
        "header_row": header_row,
        "first": SAMPLE_FIRST,
        "random": SAMPLE_RANDOM,
        "columns": columns,
        "seed": seed,
        "table": table,
        "owner": job.pemilik_id,
        "dsn": loader_dsn(),
    }
    answer = _read(order, job)
    about = {name: answer.pop(name) for name in ("first_to", "total", "kind", "delimiter", "encoding")}
    return Sample(Staged(table=table, blank=0, **answer), **about)


def stage(job: Job, path: Path | str, sheet: str = "", header_row: int = 1, **where: Any) -> Staged:
    """Write every row below `header_row` (from 1; 0: all are data) into the job's own table. Raises StagingError.

    where, all optional: `file` in a ZIP of several; `more`, further sheets with the same columns, each with its
    file, sheet and header_row, whose rows follow (row numbers: reader/several.py); `watched`, pairs of a column's
    place and the bit that marks a long number in it; `width`, the fewest columns of a CSV file; `part`, a name for
    the second table of a job.

    Reports progress as rows read. The table is complete when this returns, and committed; how many
    rows it holds is noted in the job's report, for ensure_staged.
    """
    part = where.pop("part", "")
    table = f"staging.job_{job.pk}_{job.percobaan}" + (f"_{part}" if part else "")
    order = where | {
        "do": "stage",
        "seconds": STAGE_SECONDS,
        "path": str(path),
        "sheet": sheet,
        "header_row": header_row,
        "table": table,
        "owner": job.pemilik_id,
        "dsn": loader_dsn(),
    }
    answer = _read(order, job)
    if is_data(answer["headers"]):  # a person that somebody took for the header: noted nowhere
        answer["headers"] = [""] * len(answer["headers"])
    staged = Staged(table=table, **answer)
    failpoint("jobs.staging.after_read")
    noted = {_note(part): asdict(staged) | {"asked": _asked(sheet, header_row, where)}}
    actions.progress(job, done=staged.rows, total=staged.rows, laporan=job.laporan | noted)
    job.laporan = job.laporan | noted
    return staged


def _note(part: str) -> str:
    return f"staging_{part}" if part else "staging"


def _asked(sheet: str, header_row: int, where: dict[str, Any]) -> list[Any]:
    """What was staged, in a form that comes back from JSON as it was."""
    return json.loads(json.dumps([sheet, header_row, sorted(where.items())]))


def ensure_staged(job: Job, path: Path | str, sheet: str = "", header_row: int = 1, **where: Any) -> Staged:
    """The rows of an earlier attempt if they are all there, else the file staged again.

    After a crash of the database an unlogged table is empty: fewer rows than the job noted.
    """
    part = where.get("part", "")
    asked = _asked(sheet, header_row, {name: value for name, value in where.items() if name != "part"})
    noted = dict(job.laporan.get(_note(part)) or {})
    if noted and noted.pop("asked", None) == asked:
        staged = Staged(**noted)
        if rows_in(staged.table) == staged.rows:
            return staged
    if not part:  # the first table; a second one is staged beside it
        drop_staging(job)
    return stage(job, path, sheet, header_row, **where)


def drop_staging(job: Job, *, keep: Collection[str] = ()) -> None:
    """Take the job's tables away, those of its earlier attempts too, but not those named in `keep`.

    Call it after the transaction that read them, which still holds a lock on them.
    """
    with loader() as line, line.cursor() as cursor:
        for table in tables(cursor, f"job_{job.pk}_%"):
            if table not in keep:
                cursor.execute(f"DROP TABLE IF EXISTS {table}")


def drop_orphans() -> list[str]:
    """Take away the tables of jobs that have ended and are not to be kept (simpan_sampai); return their names."""
    with loader() as line, line.cursor() as cursor:
        job_of = {table: int(table.split("_")[1]) for table in tables(cursor, "job_%")}
        needed = Q(keadaan__in=actions.LIVE) | Q(simpan_sampai__gt=timezone.now())
        jobs = Job.objects.filter(needed, pk__in=job_of.values())
        live = set(jobs.values_list("pk", flat=True))
        orphans = [table for table, job_id in job_of.items() if job_id not in live]
        for table in orphans:
            _drop_if_free(cursor, table)
    return orphans


def remove_scratch() -> list[Path]:
    """Remove what killed readers and uploads left behind, older than any job can be; return the paths.

    Whole files of citizens lie in it. Safe at any time, and twice.
    """
    uploads = Path(settings.FILE_UPLOAD_TEMP_DIR or tempfile.gettempdir())
    left = [
        *settings.DATA_DIR.glob("baca-*"),
        *settings.DATA_DIR.glob("batas-*"),
        *uploads.glob("tmp*.upload*"),
    ]
    return [path for path in left if _remove_if_old(path)]


def _remove_if_old(path: Path) -> bool:
    try:
        if path.lstat().st_mtime > time.time() - settings.CELERY_TASK_TIME_LIMIT:
            return False
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    except OSError:
        return False  # gone meanwhile, or another user's in a shared folder
    return True


def _drop_if_free(cursor, table: str) -> None:
    try:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
    except psycopg2.errors.LockNotAvailable:
        return  # still being read: the next sweep will find it


@contextmanager
def loader() -> Iterator[psycopg2.extensions.connection]:
    """A connection as the loader role, in autocommit. It waits for nobody's transaction for long."""
    options = f"{settings.LOADER_DATABASE['OPTIONS'].get('options', '')} -c lock_timeout=10s".strip()
    with closing(psycopg2.connect(loader_dsn(), options=options)) as line:
        line.autocommit = True
        yield line


def loader_dsn() -> str:
    """libpq's connection string of the loader role, with what its URL says behind `?` (sslmode)."""
    config = settings.LOADER_DATABASE
    return make_dsn(
        **config["OPTIONS"] | {"application_name": "sentral-staging"},
        dbname=config["NAME"],
        user=config["USER"] or None,
        password=config["PASSWORD"] or None,
        host=config["HOST"] or None,
        port=config["PORT"] or None,
    )


def show_to_owner(cursor, table: sql.Composable, owner: int) -> None:
    """Let a table that the loader made be read like the staged one: by the job's owner and who sees everything."""
    cursor.execute(sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(table))
    cursor.execute(
        sql.SQL(
            "CREATE POLICY pemilik ON {} FOR SELECT USING ((select current_setting('sentral.semua', true) = '1')"
            " OR (select current_setting('sentral.pengguna', true) = {}))"
        ).format(table, sql.Literal(str(owner)))
    )
    cursor.execute(sql.SQL("GRANT SELECT ON {} TO sentral_app").format(table))


def tables(cursor, pattern: str) -> list[str]:
    """The staging tables whose names are LIKE `pattern`, with their schema."""
    cursor.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'staging' AND tablename LIKE %s",
        [pattern.replace("_", r"\_")],
    )
    return [f"staging.{name}" for (name,) in cursor.fetchall()]


def rows_in(table: str) -> int:
    """How many rows a staging table holds for this session; -1 without the table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
        if not cursor.fetchone()[0]:
            return -1
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def _read(order: dict[str, Any], job: Job | None) -> dict[str, Any]:
    """Have jobs.reader carry out an order."""
    return ask("jobs.reader", order, job, crashed=CRASHED)


def ask(module: str, order: dict[str, Any], job: Job | None, *, crashed: str) -> dict[str, Any]:
    """Have a process of its own (`python -m module`) carry out an order, passing its news on as the job's progress.

    It gets a folder that goes with it, no setting and no environment. crashed: what the owner reads when it dies.
    """
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="baca-", dir=settings.DATA_DIR) as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=settings.BASE_DIR,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": folder, "TMPDIR": folder},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        if job is not None and job.pulse is not None:
            job.pulse.interruptible(process.kill)
        try:
            question = cast(IO[str], process.stdin)
            staging = order.get("do") == "stage"
            if staging:
                failpoint("jobs.staging.started")
            with suppress(BrokenPipeError):  # it died before it had its order: nothing will be heard of it
                question.write(json.dumps(order | {"folder": folder}) + "\n")
                question.close()
            if staging:
                failpoint("jobs.staging.reading")
            answer = _listen(process, job, crashed)
        finally:
            process.kill()
            process.wait()
            cast(IO[str], process.stdout).close()
    return answer


def _listen(process: subprocess.Popen, job: Job | None, crashed: str) -> dict[str, Any]:
    for line in cast(IO[str], process.stdout):
        news = json.loads(line)
        if cost := news.get("cost"):
            logger.info("%s: %.1f s of CPU, %d MB", cost["do"], cost["seconds"], cost["mb"])
        if "refused" in news:
            raise StagingError(news["refused"])
        if "full" in news:
            raise StagingError(NO_ROOM)
        if "answer" in news:
            return news["answer"]
        if job is not None and "fase" in news:
            actions.progress(job, fase=news["fase"])
        if job is not None and "done" in news:
            total = int(news["done"] / news["share"]) if news["share"] else None
            actions.progress(job, done=news["done"], total=total)
    if job is not None and job.pulse is not None:
        job.pulse.check()
    raise StagingError(crashed)
