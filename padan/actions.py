"""The verbs of a match: start one, run one. Deciding what it leaves open is putusan.py.

The engine (mesin/) works in a process of its own, which reads as the app role and writes numbers of rows into
tables of the loader; here they become results and candidates, in one transaction.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone
from psycopg2 import sql
from psycopg2.extensions import make_dsn

from access.rules import may_match
from access.scope import as_matcher, territory_of
from jobs import staging
from jobs.actions import JobFailed, finish, lock_for_apply, progress, queue_job
from jobs.failpoints import failpoint
from jobs.models import Job
from kpm.padan import record_padan
from kpm.run import APP_SETTINGS
from padan.mesin import model
from padan.mesin.jalan import Ambang
from padan.models import Ekstrak, Hasil, Pencocokan
from padan.putusan import carry_over

logger = logging.getLogger(__name__)

KIND = "padan"
SQL = Path(__file__).parent / "sql" / "cocok"
SECONDS = 2 * 3600  # of processor time
ONE_BY_ONE = 727_007  # with the extract's id: its runs go one after another
BLOCK = 64  # of SHA-256, in bytes
NOT_READY = "Ekstrak ini tidak dapat dipakai lagi: {sebab}. Pilih ekstrak lain."
NO_PROVINCE = (
    "Pencocokan memerlukan penugasan Dinsos untuk seluruh provinsi. Minta penugasan itu, lalu mulai lagi."
)
CRASHED = (
    "Mesin pencocok berhenti di tengah jalan, mungkin karena memori habis."
    " Coba lagi; bila berulang, hubungi admin."
)


@transaction.atomic
def start_pencocokan(*, ekstrak: Ekstrak, by) -> Pencocokan:
    """Queue a match of the lists with one extract. One that still waits is not queued again."""
    if not may_match(by):
        raise PermissionDenied(may_match.sentence)
    ekstrak = Ekstrak.objects.select_for_update().get(pk=ekstrak.pk)
    _refuse_unusable(ekstrak)
    waiting = Pencocokan.objects.filter(ekstrak=ekstrak, job__keadaan=Job.Keadaan.MENUNGGU, job__percobaan=0)
    if run := waiting.first():
        return run
    job = queue_job(jenis=KIND, pemilik=by, wilayah=ekstrak.cakupan, parameter={"ekstrak": ekstrak.pk})
    return Pencocokan.objects.create(
        ekstrak=ekstrak, job=job, oleh=by, ambang=asdict(thresholds()), model=model.digest(model.load())
    )


def thresholds() -> Ambang:
    """Those of the settings; what they do not name is the engine's."""
    return Ambang(**settings.PADAN_AMBANG)


def run_pencocokan(job: Job) -> None:
    """Carry out one match. Safe to run again: an attempt that died left nothing, and equal data give equal results."""
    pencocokan = Pencocokan.objects.select_related("ekstrak__cakupan", "oleh").get(job=job)
    ekstrak = pencocokan.ekstrak
    Pencocokan.objects.filter(pk=pencocokan.pk).update(
        keadaan=Pencocokan.Keadaan.BERJALAN
    )  # it may have failed before
    try:
        if not territory_of(job.pemilik).semua or not may_match(job.pemilik):
            raise JobFailed(NO_PROVINCE)
        _refuse_unusable(ekstrak)
        with _alone(job, ekstrak), as_matcher("padan: mencocokkan daftar dengan ekstrak"):
            tables = tables_of(job)
            found = ask_engine(job, pencocokan, tables)
            failpoint("padan.cocok.matched")
            merge(job, pencocokan, tables, found)
    except JobFailed:
        Pencocokan.objects.filter(pk=pencocokan.pk).update(keadaan=Pencocokan.Keadaan.GAGAL)
        raise
    failpoint("padan.cocok.after_commit")
    transaction.on_commit(lambda: staging.drop_staging(job), robust=True)


def _refuse_unusable(ekstrak: Ekstrak) -> None:
    if ekstrak.keadaan != Ekstrak.Keadaan.SIAP:
        raise JobFailed(NOT_READY.format(sebab=ekstrak.get_keadaan_display()))
    if not ekstrak.sisa_hari:
        raise JobFailed(NOT_READY.format(sebab="masa pakainya menurut PKS sudah lewat"))


@contextmanager
def _alone(job: Job, ekstrak: Ekstrak) -> Iterator[None]:
    """A second run over the same extract waits here; whoever cancels it interrupts the waiting."""
    progress(job, fase="tunggu")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [ONE_BY_ONE, ekstrak.pk])
    try:
        yield
    finally:
        if connection.connection is not None and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [ONE_BY_ONE, ekstrak.pk])


def tables_of(job: Job) -> dict[str, str]:
    """Where the engine writes; the names go with the job's others."""
    return {name: f"staging.job_{job.pk}_{job.percobaan}_{name}" for name in ("hasil", "kandidat")}


def ask_engine(
    job: Job | None, pencocokan: Pencocokan, tables: dict[str, str], *, exact: bool = True
) -> dict[str, Any]:
    """Have the engine match; its answer is seconds a step and the number of pairs."""
    order = engine_order(pencocokan.ekstrak) | {
        "do": "cocok",
        "tulis": tables,
        "owner": pencocokan.oleh_id,
        "ambang": pencocokan.ambang,
        "exact": exact,
    }
    return staging.ask("padan.mesin", order, job, crashed=CRASHED)


def train_model(*, ekstrak: Ekstrak) -> dict[str, Any]:
    """A model that fits the lists and this extract; whoever calls it keeps it. It holds shares, and no person."""
    order = engine_order(ekstrak) | {"do": "latih"}
    with as_matcher("padan: melatih model pencocokan"):
        return staging.ask("padan.mesin", order, None, crashed=CRASHED)["model"]


def engine_order(ekstrak: Ekstrak) -> dict[str, Any]:
    """What every order to the engine says: how to come to PostgreSQL, and what to read there."""
    values = {"ekstrak": ekstrak.pk, "cakupan": ekstrak.cakupan_id}
    with connection.cursor() as cursor:
        baca = {
            name: cursor.mogrify(_text(f"baca_{name}"), values).decode()
            for name in ("orang", "penduduk", "kunci")
        }
    return {"seconds": SECONDS, "app": _app_dsn(), "loader": staging.loader_dsn(), "baca": baca}


def _app_dsn() -> str:
    """The app role's own connection, for the whole province and inside the matcher's wall."""
    allowed = {"dbname", "user", "password", "host", "port", "sslmode"}
    parameters = {
        key: value for key, value in connection.get_connection_params().items() if key in allowed and value
    }
    return make_dsn(
        **parameters,
        application_name="sentral-padan",
        options="-c sentral.semua=1 -c sentral.pencocok=1 -c jit=off -c work_mem=96MB"
        " -c client_connection_check_interval=2s",
    )


def merge(job: Job, pencocokan: Pencocokan, tables: dict[str, str], found: dict[str, Any]) -> None:
    """Results, candidates, the decisions they inherit and the copies on the lists: all of it, or nothing."""
    ekstrak = pencocokan.ekstrak
    inner, outer = _padded_key()
    values: dict[str, Any] = {
        "pencocokan": pencocokan.pk,
        "ekstrak": ekstrak.pk,
        "tanggal": ekstrak.tanggal,
        "dalam": inner,
        "luar": outer,
    }
    start = time.monotonic()
    with transaction.atomic():
        lock_for_apply(job)
        _refuse_unusable(Ekstrak.objects.select_for_update(no_key=True).get(pk=ekstrak.pk))
        with connection.cursor() as cursor:
            cursor.execute(APP_SETTINGS)
            for name in ("10_hasil", "20_kandidat"):
                cursor.execute(_filled(name, tables), values)
        failpoint("padan.cocok.merged")
        carry_over(pencocokan.pk)
        angka = dict(
            Hasil.objects.filter(pencocokan=pencocokan).order_by().values_list("hasil").annotate(n=Count("*"))
        )
        Pencocokan.objects.filter(ekstrak=ekstrak, terbaru=True).update(terbaru=False)
        Pencocokan.objects.filter(pk=pencocokan.pk).update(
            keadaan=Pencocokan.Keadaan.SELESAI, selesai=timezone.now(), angka=angka, terbaru=True
        )
        written = record_padan(
            tabel="padan_hasil", pencocokan=pencocokan.pk, ekstrak=ekstrak.pk, tanggal=ekstrak.tanggal
        )
        seconds = found["detik"] | {"gabung": round(time.monotonic() - start, 2)}
        finish(
            job,
            {
                "orang": sum(angka.values()),
                "hasil": angka,
                "pasangan": found["pasangan"],
                "disalin": written,
                "detik": seconds,
            },
        )


def _padded_key() -> tuple[bytes, bytes]:
    """The two padded keys of HMAC-SHA256 (RFC 2104), of a key of its own derived from the seal's."""
    key = hashlib.sha256(b"padan kunci " + settings.SEGEL_KEY.encode()).digest().ljust(BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in key), bytes(byte ^ 0x5C for byte in key)


def _filled(name: str, tables: dict[str, str]) -> str:
    names = {key: sql.Identifier(*table.split(".")) for key, table in tables.items()}
    return sql.SQL(_text(name)).format(**names).as_string(connection.connection)


def _text(name: str) -> str:
    lines = (SQL / f"{name}.sql").read_text().splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))
