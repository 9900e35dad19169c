"""Loading an extract: from the stored file to the rows that the matcher reads, and nobody else.

The loader role judges the staged rows in its own tables, by sets (sql/memuat/); one transaction of the app role
then takes the good ones over. What is wrong with a file as a whole is said in one sentence, and nothing is kept.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from psycopg2 import sql

from access.scope import as_matcher
from jobs import staging
from jobs.actions import JobFailed, fail, finish, lock_for_apply, progress
from jobs.failpoints import failpoint
from jobs.models import Job
from kpm.columns import BITS, watched
from kpm.imports import Layout, letters
from kpm.run import APP_SETTINGS, LOADER_SETTINGS
from padan.models import Ekstrak, Penduduk
from padan.tata_letak import CODE_PARTS, FIELDS, LABELS
from padan.unggah import delete_file, folder
from spatial.queries import resolve_sql

logger = logging.getLogger(__name__)

SQL = Path(__file__).parent / "sql" / "memuat"
OWN_TABLES = ("tempat", "wilayah", "tanggal", "status", "periksa", "kembar")
JUDGE = ["01_tempat", "02_wilayah", "03_tanggal", "04_status"]
NOTES = (
    "ganda",
    "tanggal_salah",
    "tanggal_kosong",
    "desa_tak_dikenal",
    "kk_salah",
    "nik_ganjil",
)  # of the rows that are taken over
GONE = "Berkasnya sudah dihapus. Serahkan lagi."


@dataclass
class Load:
    """One attempt at loading: its names and parameters in SQL, and how long each phase took."""

    job: Job
    ekstrak: Ekstrak
    layout: Layout
    staged: staging.Staged
    tables: dict[str, sql.Composable]
    parameters: dict[str, Any]
    seconds: dict[str, float] = field(default_factory=dict)

    def statement(self, name: str) -> str:
        """A file of sql/memuat/ with its tables and columns filled in; values travel as parameters."""
        return sql.SQL(_text(name)).format(**self.tables).as_string(connection.connection)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        start = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - start, 2)


@cache
def _text(name: str) -> str:
    lines = (SQL / f"{name}.sql").read_text().splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("--"))


def load_ekstrak(job: Job) -> None:
    """Load one extract. Safe to run again: what was not committed never happened, staged rows are used again.

    A file that cannot be loaded as a whole is refused: then the job has failed with the sentence that says why.
    """
    ekstrak = Ekstrak.objects.select_related("cakupan").get(job=job)
    if ekstrak.keadaan != Ekstrak.Keadaan.MEMUAT:
        raise JobFailed(f"Ekstrak ini sudah {ekstrak.get_keadaan_display()}.")
    try:
        load = _read(job, ekstrak)
        failpoint("padan.memuat.staged")
        laporan = _judge(load)
        _apply(load, laporan)
    except JobFailed as refusal:
        _refuse(job, ekstrak, refusal.pesan)
    failpoint("padan.memuat.after_commit")
    logger.info("ekstrak %s: %s", ekstrak.pk, job.laporan.get("detik"))
    # The file holds a whole province: it goes as soon as its rows are in, or are not wanted.
    transaction.on_commit(partial(delete_file, ekstrak), robust=True)
    # The loader cannot drop what an open transaction has read.
    transaction.on_commit(partial(staging.drop_staging, job), robust=True)


def _read(job: Job, ekstrak: Ekstrak) -> Load:
    path = folder() / ekstrak.berkas
    if not path.exists():
        raise JobFailed(GONE)
    start = time.monotonic()
    progress(job, fase="baca")
    layout = Layout(**ekstrak.layout)
    where: dict[str, Any] = {"watched": watched(layout.kolom)}
    if layout.berkas:
        where["file"] = layout.berkas
    if not layout.header_row:
        where["width"] = len(layout.judul)
    staged = staging.ensure_staged(job, path, layout.sheet, layout.header_row, **where)
    if not staged.rows:
        raise JobFailed(
            "Ekstrak ini hanya berisi judul kolom, tanpa satu baris pun. Minta berkas yang berisi penduduknya."
        )
    tables: dict[str, sql.Composable] = {
        part: sql.Identifier("staging", f"job_{job.pk}_{job.percobaan}_{part}") for part in OWN_TABLES
    }
    tables |= _columns(layout) | {"mentah": sql.Identifier(*staged.table.split("."))}
    tables["resolve"] = resolve_sql(
        sql.SQL(
            "(SELECT kabupaten_duga AS kabupaten, kecamatan_tulis AS kecamatan, desa_tulis AS desa FROM {}) AS t"
        ).format(tables["tempat"])
    )
    parameters = {
        "ekstrak": ekstrak.pk,
        "cakupan": ekstrak.cakupan_id,
        "hari_ini": timezone.localdate(),
        "tahun_1904": staged.date_1904,
        "lebar": staged.width,
        "bit_nik": BITS["nik"],
    }
    return Load(
        job, ekstrak, layout, staged, tables, parameters, {"baca": round(time.monotonic() - start, 2)}
    )


def _columns(layout: Layout) -> dict[str, sql.Composable]:
    """What stands in the steps for each field of the file."""
    found: dict[str, sql.Composable] = {
        name: sql.Identifier(layout.column(name)) if layout.has(name) else sql.SQL("NULL::text")
        for name in FIELDS
    }
    found["status_tulis"] = found.pop("status")
    if all(layout.has(name) for name in CODE_PARTS):
        desa = "kpm_kode_desa(k_prov, k_kab, k_kec, k_desa, kpm_rapi(desa), false)"
    elif layout.has("kode_desa"):
        desa = "coalesce(kpm_rapi(k_desa), kpm_rapi(desa))"
    else:
        desa = "kpm_rapi(desa)"
    return found | {"desa_tulis": sql.SQL(desa)}


def _judge(load: Load) -> dict[str, Any]:
    """Let the loader judge the rows; return the counts. Raises JobFailed when the file is not what it should be."""
    job = load.job
    progress(job, fase="periksa", total=load.staged.rows)
    with load.phase("periksa"), staging.loader() as line, line.cursor() as cursor:
        if job.pulse is not None:
            job.pulse.interruptible(lambda: None if line.closed else line.cancel())
        cursor.execute(LOADER_SETTINGS)
        for part in OWN_TABLES:
            cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(load.tables[part]))
        for name in JUDGE:
            cursor.execute(load.statement(name), load.parameters)
            progress(job)
        cursor.execute(load.statement("05_urutan"), load.parameters)
        day_first, month_first = cursor.fetchone()
        load.parameters["urutan"] = "mdy" if month_first > day_first else "dmy"
        for name in ("06_periksa", "07_kembar"):
            cursor.execute(load.statement(name), load.parameters)
            cursor.execute(sql.SQL("ANALYZE {}").format(load.tables[name[3:]]))
            progress(job)
        for part in ("periksa", "kembar"):
            staging.show_to_owner(cursor, load.tables[part], job.pemilik_id)
        cursor.execute(load.statement("08_angka"), load.parameters)
        names = [column[0] for column in cursor.description]
        angka = dict(zip(names, cursor.fetchone(), strict=True))
        cursor.execute(load.statement("09_ditolak"), load.parameters)
        ditolak = dict(cursor.fetchall())
    if sentence := wrong_with(angka, load.layout, load.ekstrak):
        raise JobFailed(sentence)
    if angka["dibaca"] != load.staged.rows or angka["dibaca"] != angka["diterima"] + sum(ditolak.values()):
        raise RuntimeError(
            f"rows lost: {load.staged.rows} staged, {angka['diterima']} + {sum(ditolak.values())}"
        )
    return {
        "dibaca": angka["dibaca"],
        "diterima": angka["diterima"],
        "ditolak": ditolak,
        "catatan": {name: angka[name] for name in NOTES if angka[name]},
        "urutan_tanggal": load.parameters["urutan"],
        "baris_kosong": load.staged.blank,
    }


def wrong_with(angka: dict[str, int], layout: Layout, ekstrak: Ekstrak) -> str:
    """The sentence that refuses a whole file, from the counts of 08_angka.sql; empty when it may be loaded.

    Half of the rows is the border: a file of another place or with its columns in another order is wrong in nearly
    all of them, a good one in a few.
    """
    orang = angka["orang"]
    half = orang / 2
    if not orang:
        return "Tidak ada baris orang di bawah judul kolom. Minta berkas yang berisi penduduknya."
    if angka["nik_huruf"] > half:
        return (
            f"Kolom NIK ({_where(layout, 'nik')}) berisi nama, bukan angka. Kolomnya tertukar: perbaiki judul"
            " kolomnya, lalu serahkan lagi."
        )
    if angka["nama_angka"] > half:
        return (
            f"Kolom Nama ({_where(layout, 'nama')}) berisi angka. Kolomnya tertukar: perbaiki judul kolomnya,"
            " lalu serahkan lagi."
        )
    if angka["nik_hari_40"] < angka["berdua"] / 100 and angka["kk_hari_40"] > angka["berdua"] / 5:
        return (
            f"Kolom NIK ({_where(layout, 'nik')}) dan No. KK ({_where(layout, 'no_kk')}) tertukar. Perbaiki judul"
            " kolomnya, lalu serahkan lagi."
        )
    if angka["nik_excel"] > half:
        return "NIK di berkas ini rusak karena Excel, angka belakangnya hilang. Minta berkas dengan NIK berupa teks."
    unplaced = angka["entah"] > half and angka["entah_kk_sini"] < angka["entah_kk"] / 2
    if angka["luar"] > half or unplaced:
        return (
            f"Ekstrak ini bukan dari {ekstrak.cakupan.nama_lengkap}: sebagian besar barisnya dari wilayah lain."
            " Periksa berkas dan cakupannya."
        )
    if angka["tanpa_tanggal"] > half:
        return (
            f"Kolom {LABELS['tanggal_lahir']} ({_where(layout, 'tanggal_lahir')}) tidak berisi tanggal di sebagian"
            " besar baris. Perbaiki judul kolomnya, lalu serahkan lagi."
        )
    if not angka["diterima"]:
        return "Tidak satu baris pun berisi NIK 16 angka dan nama. Periksa berkasnya."
    return ""


def _where(layout: Layout, name: str) -> str:
    return f"kolom {letters(layout.kolom[name])}"


def _apply(load: Load, laporan: dict[str, Any]) -> None:
    """Take the good rows over, in one transaction: everything or nothing."""
    job, ekstrak = load.job, load.ekstrak
    with transaction.atomic():
        lock_for_apply(job)
        progress(job, fase="simpan", total=laporan["diterima"])
        with (
            load.phase("simpan"),
            as_matcher(f"padan: memuat ekstrak {ekstrak.pk}"),
            connection.cursor() as cursor,
        ):
            cursor.execute(APP_SETTINGS)
            Penduduk.objects.filter(ekstrak=ekstrak).delete()
            cursor.execute(load.statement("10_masuk"), load.parameters)
            if cursor.rowcount != laporan["diterima"]:
                raise RuntimeError(f"rows lost: {laporan['diterima']} judged, {cursor.rowcount} written")
            cursor.execute("SELECT padan_statistik()")
        failpoint("padan.memuat.before_commit")
        ekstrak.keadaan, ekstrak.sebab = Ekstrak.Keadaan.SIAP, ""
        ekstrak.baris, ekstrak.ditolak = laporan["diterima"], sum(laporan["ditolak"].values())
        ekstrak.laporan = laporan
        ekstrak.save(update_fields=["keadaan", "sebab", "baris", "ditolak", "laporan"])
        finish(job, job.laporan | laporan | {"detik": load.seconds})


def _refuse(job: Job, ekstrak: Ekstrak, sebab: str) -> None:
    with transaction.atomic():
        lock_for_apply(job)
        ekstrak.keadaan, ekstrak.sebab = Ekstrak.Keadaan.DITOLAK, sebab[:300]
        ekstrak.save(update_fields=["keadaan", "sebab"])
        fail(job, sebab)
