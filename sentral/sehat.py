"""Is SENTRAL well? One word for load balancers, a page for the admin.

Two questions. May visitors come in: the database answers as the right role, the tables are those of this
code, files can be written. And must somebody look: everything else as well, Redis, worker, disk, backup.
The first decides `/sehat/`, both decide `/sehat/semua/`. Without Redis or worker the site works and jobs
wait, so those never take it out of service.

The database is asked on a connection of its own, in a thread that nobody waits for longer than
PATIENCE, so that a hanging database is said and not shared.
"""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import psycopg2
import redis
from django.conf import settings
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import reverse_lazy
from django.utils import timezone

from access.checks import errors_of_role
from jobs.tasks import swept_at
from sentral.akun.models import FOLDER as SLIP_FOLDER
from sentral.templatetags.sentral_tags import angka, lama, tanggal_waktu, ukuran_berkas

PATIENCE = 1.8  # seconds; a load balancer asks every few seconds
FRESH = 2.0  # the same answer for so long, whoever asks how often
FULL, LOW = 200 * 1024**2, 2 * 1024**3
SILENT = timedelta(minutes=5)
WAITING_LONG = timedelta(minutes=30)
BACKUP_OLD = timedelta(hours=36)
BAIK, AWAS, BURUK = "baik", "awas", "buruk"

SQL = (Path(__file__).parent / "sql" / "sehat.sql").read_text()


@dataclass(frozen=True)
class Check:
    """One line of the page. `tindakan`: what the admin does about it. BURUK keeps visitors out."""

    judul: str
    keadaan: str
    kata: str
    keterangan: str = ""
    tindakan: str = ""


@dataclass
class Facts:
    """What was found out. `galat` says in words why the database did not tell."""

    galat: str = ""
    peran: str = ""
    migrasi: list[str] = field(default_factory=list)
    kerja: dict[str, Any] = field(default_factory=dict)


# --- Asking ---------------------------------------------------------------------------------------


def ask_database() -> Facts:
    """Ask on a connection of its own, as the app role, with time limits of the server's too."""
    parameters = connections["default"].get_connection_params()
    allowed = {"dbname", "user", "password", "host", "port"}
    try:
        line = psycopg2.connect(
            **{k: value for k, value in parameters.items() if k in allowed or k.startswith("ssl")},
            application_name="sentral-sehat",
            connect_timeout=2,
            options="-c statement_timeout=1500 -c lock_timeout=1000 -c timezone=UTC",
        )
    except psycopg2.Error:
        return Facts(galat="tidak menjawab")
    with closing(line):
        line.autocommit = True
        try:
            with line.cursor() as cursor:
                return _facts(cursor)
        except psycopg2.errors.UndefinedTable:
            return Facts(migrasi=["belum ada tabel"])
        except psycopg2.Error:
            return Facts(galat="menjawab terlalu lambat")


def _facts(cursor) -> Facts:
    facts = Facts(peran=" ".join(error.msg for error in errors_of_role(cursor)))
    cursor.execute("SELECT app, name FROM django_migrations")
    facts.migrasi = [f"{app} {name}" for app, name in sorted(wanted_migrations() - set(cursor.fetchall()))]
    if not facts.migrasi:
        slips = [path.name for path in (settings.DATA_DIR / SLIP_FOLDER).glob("*.pdf")]
        cursor.execute(SQL, {"slip": slips})
        facts.kerja = dict(
            zip([column.name for column in cursor.description], cursor.fetchone(), strict=True)
        )
    return facts


@cache
def wanted_migrations() -> set[tuple[str, str]]:
    """The migrations of the code that runs, read from its folders once."""
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    return set(loader.disk_migrations)


def redis_answers() -> bool:
    try:
        with closing(
            redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5)
        ) as line:
            return bool(line.ping())
    except (redis.RedisError, OSError):
        return False


class Watch:
    """Asks at most once at a time and every FRESH seconds; nobody waits longer than PATIENCE."""

    def __init__(self, ask: Callable[[], Facts]):
        self.ask = ask
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._facts = Facts(galat="belum ditanya")
        self._at = 0.0

    def facts(self) -> Facts:
        with self._lock:
            if time.monotonic() - self._at < FRESH:
                return self._facts
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._ask, name="sehat", daemon=True)
                self._thread.start()
            thread = self._thread
        thread.join(PATIENCE)
        return Facts(galat="tidak menjawab dalam 2 detik") if thread.is_alive() else self._facts

    def _ask(self) -> None:
        try:
            self._facts = self.ask()
        except Exception as error:
            self._facts = Facts(galat=f"tidak dapat ditanya ({type(error).__name__})")
        self._at = time.monotonic()


watch = Watch(ask_database)


# --- Judging --------------------------------------------------------------------------------------


def checks() -> list[Check]:
    """Every line of the page, the gravest kind of trouble first in each."""
    facts = watch.facts()
    return [*core(facts), *around(facts)]


def core(facts: Facts) -> list[Check]:
    """What must be well before a visitor is let in."""
    return [_database(facts), _tables(facts), _disk()]


def around(facts: Facts) -> list[Check]:
    """What somebody should look at, though pages open."""
    reached = redis_answers()
    return [_redis(reached), _worker(facts), *_jobs(facts), *_files(facts), _backup()]


def _database(facts: Facts) -> Check:
    judul = "Basis data"
    if facts.galat:
        return Check(
            judul,
            BURUK,
            "sakit",
            f"PostgreSQL {facts.galat}.",
            "Periksa layanan postgresql dan isi DATABASE_URL.",
        )
    if facts.peran:
        return Check(
            judul, BURUK, "sakit", facts.peran, "Perbaiki DATABASE_URL, lalu mulai ulang sentral-web."
        )
    return Check(judul, BAIK, "sehat", "Menjawab, dengan peran yang dibatasi wilayah.")


def _tables(facts: Facts) -> Check:
    judul = "Tabel"
    if facts.galat:
        return Check(judul, BURUK, "tidak diketahui", "Basis data tidak menjawab.")
    if facts.migrasi:
        return Check(
            judul,
            BURUK,
            "ketinggalan",
            f"{angka(len(facts.migrasi))} perubahan tabel belum dijalankan, mulai dari {facts.migrasi[0]}.",
            "Jalankan script/release --data, lalu mulai ulang layanan.",
        )
    return Check(judul, BAIK, "sesuai", "Semua perubahan tabel sudah dijalankan.")


def _disk() -> Check:
    judul = "Ruang disk"
    try:
        free = shutil.disk_usage(settings.DATA_DIR).free
    except OSError:
        return Check(
            judul,
            BURUK,
            "tidak ada",
            "Folder berkas tidak dapat dibuka.",
            "Periksa SENTRAL_DATA dan pemiliknya.",
        )
    left = f"{ukuran_berkas(free)} kosong di folder berkas."
    if free < FULL:
        return Check(judul, BURUK, "penuh", left, "Kosongkan disk: cadangan lama, log, berkas lain.")
    if free < LOW:
        return Check(judul, AWAS, "hampir penuh", left, "Tambah disk atau pindahkan cadangan lama.")
    return Check(judul, BAIK, "cukup", left)


def _redis(reached: bool) -> Check:
    if reached:
        return Check("Redis", BAIK, "sehat", "Menjawab.")
    return Check(
        "Redis",
        AWAS,
        "tidak menjawab",
        "Halaman tetap terbuka. Pekerjaan baru menunggu dan dikirim sendiri begitu Redis kembali.",
        "Periksa layanan redis-server dan isi REDIS_URL.",
    )


def _worker(facts: Facts) -> Check:
    """The sweep is sent by beat and run by a worker; while all workers are busy a job's heartbeat counts."""
    judul = "Worker dan beat"
    signs = [sign for sign in (swept_at(), facts.kerja.get("detak")) if sign]
    if signs and timezone.now() - max(signs) < SILENT:
        return Check(judul, BAIK, "bekerja", f"Tanda terakhir {_ago(max(signs))}.")
    since = f"Tanda terakhir {tanggal_waktu(max(signs))}." if signs else "Belum pernah memberi tanda."
    return Check(
        judul,
        AWAS,
        "diam",
        f"{since} Pekerjaan menunggu dan tidak hilang.",
        "Mulai ulang sentral-worker dan sentral-beat, lalu lihat catatannya.",
    )


def _jobs(facts: Facts) -> list[Check]:
    if not facts.kerja:
        return []
    waiting, oldest, stopped = (facts.kerja[name] for name in ("menunggu", "tertua", "karantina"))
    state, words, todo = BAIK, "lancar", ""
    text = f"{angka(waiting)} menunggu, {angka(facts.kerja['berjalan'])} berjalan."
    if oldest:
        text += f" Yang tertua menunggu sejak {tanggal_waktu(oldest)}."
        if timezone.now() - oldest > WAITING_LONG:
            state, words = AWAS, "lama menunggu"
            todo = "Periksa baris Worker dan beat. Impor yang besar memang membuat yang lain menunggu."
    lines = [Check("Antrean pekerjaan", state, words, text, todo)]
    if stopped:
        lines.append(
            Check(
                "Pekerjaan dihentikan",
                AWAS,
                f"{angka(stopped)} pekerjaan",
                "Terhenti setelah dicoba berkali-kali dalam 7 hari terakhir.",
                "Pemiliknya melihat sebabnya di Pekerjaan saya dan dapat mencoba lagi.",
            )
        )
    else:
        lines.append(Check("Pekerjaan dihentikan", BAIK, "tidak ada", "Dalam 7 hari terakhir."))
    return lines


def _files(facts: Facts) -> list[Check]:
    if not facts.kerja:
        return []
    judul = "Berkas berbatas waktu"
    if late := facts.kerja["berkas_lewat"]:
        return [
            Check(
                judul,
                AWAS,
                "lewat waktu",
                f"{angka(late)} berkas seharusnya sudah dihapus.",
                "Periksa sentral-beat: penghapusan berjalan setiap jam.",
            )
        ]
    count, first = facts.kerja["berkas"], facts.kerja["berkas_habis"]
    text = (
        f"{angka(count)} berkas menunggu diunduh, yang pertama dihapus {tanggal_waktu(first)}."
        if count
        else ""
    )
    return [Check(judul, BAIK, "teratur", text or "Tidak ada yang menunggu diunduh.")]


def _backup() -> Check:
    """What script/backup noted. Without a note there was none."""
    judul = "Cadangan"
    todo = "Jalankan script/backup dan periksa sentral-backup.timer."
    try:
        news = json.loads((settings.DATA_DIR / "keadaan" / "cadangan.json").read_text())
    except (OSError, ValueError):
        news = {}
    if "waktu" not in news:
        reason = news.get("gagal", {}).get("sebab", "")
        return Check(judul, AWAS, "belum ada", f"Belum pernah dicadangkan. {reason}".strip(), todo)
    at = datetime.fromisoformat(news["waktu"])
    text = (
        f"Terakhir {tanggal_waktu(at)}, {ukuran_berkas(news['ukuran'])}, {angka(news['baris'])} baris dalam"
        f" {lama(news['detik'])}. {angka(news['disimpan'])} cadangan disimpan."
    )
    if failed := news.get("gagal"):
        return Check(judul, AWAS, "gagal", f"{text} Sesudah itu gagal: {failed['sebab']}", todo)
    if timezone.now() - at > BACKUP_OLD:
        return Check(judul, AWAS, "terlalu lama", text, todo)
    return Check(judul, BAIK, "ada", text)


def _ago(moment: datetime) -> str:
    return f"{lama(max(timedelta(0), timezone.now() - moment))} lalu"


# --- Answering ------------------------------------------------------------------------------------


def doorbell(request: HttpRequest) -> HttpResponse:
    """May visitors come in? One word, 200 or 503."""
    return _word(request, core(watch.facts()), {BURUK})


def doorbell_of_everything(request: HttpRequest) -> HttpResponse:
    """Must somebody look? One word, 200 or 503: for the monitor that wakes the admin."""
    return _word(request, checks(), {BURUK, AWAS})


def _word(request: HttpRequest, lines: list[Check], bad: set[str]) -> HttpResponse:
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    sick = any(line.keadaan in bad for line in lines)
    word, status = ("sakit", 503) if sick else ("sehat", 200)
    headers = {"Cache-Control": "no-store"}
    return HttpResponse(f"{word}\n", status=status, content_type="text/plain; charset=utf-8", headers=headers)


class DoorbellMiddleware:
    """Answers the two words before sessions, hosts and redirects: a balancer asks by address, over http."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.answers = {
            str(reverse_lazy("sehat")): doorbell,
            str(reverse_lazy("sehat_semua")): doorbell_of_everything,
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.answers.get(request.path_info)
        return answer(request) if answer else self.get_response(request)
