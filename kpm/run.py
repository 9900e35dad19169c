"""One attempt at an import, as far as looking goes: rows judged, matched and compared. Nothing is written here.

Previewing (pratinjau.py) and applying (actions.py) take the same steps, so that what was shown is what is done.
The SQL in sql/impor/ works on sets: the loader role judges the staged rows in its own tables, the app role
matches and compares under row-level security.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone
from psycopg2 import sql

from access.scope import Territory, as_system, territory_of
from jobs import staging
from jobs.actions import JobFailed, progress
from jobs.models import Job
from kpm import jawaban
from kpm.imports import FIELDS, LABELS, PROGRAM, Layout
from kpm.models import NIK_BANYAK, SENAMA, Anggota, Impor
from kpm.rejects import write_rejects
from kpm.uploads import KEPT_DAYS, folder
from kpm.verdicts import CATATAN, DIRAPIKAN, DITOLAK, Verdict, bits, noted_with, rejected_for
from spatial.queries import resolve_sql

SQL = Path(__file__).parent / "sql" / "impor"
JUDGE = [
    "01_wilayah",
    "02_tanggal",
    "03_periksa",
    "04_calon",
    "05_baris_sama",
    "06_ganda",
    "07_mirip",
    "08_tandai",
]
OWN_TABLES = ("wilayah", "tanggal", "periksa", "calon", jawaban.OWN_TABLE)
MATCH = ["11_cocok", "12_kk", "13_asing", "13_tercatat", "13_hasil"]  # over the whole province
COMPARE = ["14_keluarga_beda", "15_anggota_beda"]  # within the importer's border
# Large sorts and hashes for this work alone; compiling the big expressions costs more than running them.
APP_SETTINGS = "SET LOCAL work_mem = '96MB'; SET LOCAL jit = off; SET LOCAL default_statistics_target = 10"
LOADER_SETTINGS = (
    "SET work_mem = '96MB'; SET jit = off; SET default_statistics_target = 10; SET enable_mergejoin = off;"
    " SET parallel_setup_cost = 10; SET parallel_tuple_cost = 0.001; SET client_min_messages = warning"
)
# Gone at commit; dropped by name for a caller who imports twice in one transaction.
TEMPORARY = ", ".join(
    f"pg_temp.impor_{name}"
    for name in ("cocok", "kk", "asing", "tercatat", "hasil", "keluarga_beda", "anggota_beda", "jawaban")
)


@dataclass
class Run:
    """One attempt at an import: its names and parameters in SQL, and how long each phase took."""

    job: Job
    impor: Impor
    layout: Layout
    staged: staging.Staged
    territory: Territory
    tables: dict[str, sql.Composable]
    parameters: dict[str, Any]
    seconds: dict[str, float]

    def statement(self, name: str) -> str:
        """A file of sql/impor/ with its tables and columns filled in; values travel as parameters."""
        lines = (SQL / f"{name}.sql").read_text().splitlines()
        body = "\n".join(line for line in lines if not line.lstrip().startswith("--"))
        return sql.SQL(body).format(**self.tables).as_string(connection.connection)

    def execute(self, cursor, name: str) -> int:
        cursor.execute(self.statement(name), self.parameters)
        return cursor.rowcount

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        start = time.monotonic()
        yield
        self.seconds[name] = round(self.seconds.get(name, 0) + time.monotonic() - start, 2)

    @property
    def province(self):
        """The whole province in sight, for a read that must not stop at the importer's border."""
        return nullcontext() if self.territory.semua else as_system("impor: mencari yang sudah tercatat")


def read_file(job: Job, impor: Impor) -> Run:
    """Stage the file of an import, or find the rows of an attempt that died; ready to be judged."""
    path = folder() / impor.berkas
    if not path.exists():
        raise JobFailed("Berkasnya sudah dihapus. Unggah lagi.")
    start = time.monotonic()
    progress(job, fase="baca")
    layout = Layout(**impor.layout)
    staged = staging.ensure_staged(job, path, layout.sheet, layout.header_row)
    if not staged.rows:
        raise JobFailed("Tidak ada baris di bawah judul kolom. Periksa berkasnya, lalu unggah lagi.")
    return _prepare(job, impor, layout, staged, {"baca": round(time.monotonic() - start, 2)})


def read_sample(job: Job, impor: Impor) -> tuple[Run, staging.Sample]:
    """Stage some rows of the file of an import, ready to be judged as all of them are later."""
    path = folder() / impor.berkas
    if not path.exists():
        raise JobFailed("Berkasnya sudah dihapus. Unggah lagi.")
    progress(job, fase="awal")
    layout = Layout(**impor.layout)
    columns = 1 + max([*layout.kolom.values(), *layout.indikator.values()])
    seed = int(impor.sha256[:12], 16)  # the same file, the same rows
    sample = staging.sample(job, path, layout.sheet, layout.header_row, columns=columns, seed=seed)
    return _prepare(job, impor, layout, sample.staged, {}, label="contoh_"), sample


def _prepare(
    job: Job, impor: Impor, layout: Layout, staged: staging.Staged, seconds: dict[str, float], label: str = ""
) -> Run:
    schema, name = staged.table.split(".")
    # Named after this attempt: an earlier one that is only asleep may still hold on to its own.
    tables: dict[str, sql.Composable] = {
        part: sql.Identifier(schema, f"job_{job.pk}_{job.percobaan}_{label}{part}") for part in OWN_TABLES
    }
    tables["mentah"] = sql.Identifier(schema, name)
    column = {name: sql.Identifier(f"c{place}") for name, place in layout.kolom.items()}
    for field in FIELDS:
        tables[field] = column.get(field, sql.SQL("NULL::text"))
    if layout.has("kode_desa"):
        tables["desa"] = sql.SQL("coalesce(kpm_rapi({}), {})").format(tables["kode_desa"], tables["desa"])
    tables["semua_kolom"] = sql.SQL(", ").join(sql.SQL("m.") + sql.Identifier(c) for c in staged.columns)
    answers = [sql.Identifier(f"c{place}") for place in layout.indikator.values()]
    tables["kolom_dikenal"] = sql.SQL(", ").join([*column.values(), *answers])
    tables["resolve"] = resolve_sql(
        sql.SQL("(SELECT {} AS kabupaten, {} AS kecamatan, {} AS desa FROM {}) AS t").format(
            tables["kabupaten"], tables["kecamatan"], tables["desa"], tables["mentah"]
        )
    )
    territory = territory_of(job.pemilik)
    parameters: dict[str, Any] = bits() | {
        "job": job.pk,
        "sumber": impor.sumber_id,
        "periode": impor.sumber.periode,
        "semua": territory.semua,
        "desa": list(territory.desa),
        "hari_ini": timezone.localdate(),
        "xlsx": bool(layout.sheet),
        "tahun_1904": staged.date_1904,
        "urutan_tanggal": impor.aturan.get("tanggal", {}).get("tanggal_lahir", "dmy"),
        "lebar": staged.width,
        "nik_banyak": NIK_BANYAK,
        "senama": SENAMA,
        "bit_nik": 1 << min(layout.kolom["nik"], 62),
        "bit_no_kk": 1 << min(layout.kolom["no_kk"], 62),
        "program": list(PROGRAM),
        "program_bit": [1 << place for place in range(len(PROGRAM))],
        "program_ada": sum(1 << place for place, kode in enumerate(PROGRAM) if layout.has(kode)),
    }
    parameters["ada_jawaban"] = bool(layout.indikator)
    parameters |= {f"ada_{field}": layout.has(field) for field in FIELDS}
    return Run(job, impor, layout, staged, territory, tables, parameters, seconds)


def judge(run: Run, *, fase: str = "periksa") -> list[dict[str, Any]]:
    """Let the loader judge the rows in its own tables; return the unknown villages with suggestions."""
    progress(run.job, fase=fase, total=run.staged.rows)
    with run.phase(fase):
        return _judge(run)


def _judge(run: Run) -> list[dict[str, Any]]:
    with staging.loader() as line, line.cursor() as cursor:
        if run.job.pulse is not None:
            run.job.pulse.interruptible(lambda: None if line.closed else line.cancel())
        cursor.execute(LOADER_SETTINGS)
        for part in OWN_TABLES:
            cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(run.tables[part]))
        for name in JUDGE:
            progress(run.job)
            run.execute(cursor, name)
        shown = ["wilayah", "periksa"]
        if run.layout.indikator:
            jawaban.judge(run, cursor)
            shown.append(jawaban.OWN_TABLE)
        cursor.execute(
            sql.SQL("ANALYZE {} (baris, kunci, no_kk, id_dtks, tolak)").format(run.tables["periksa"])
        )
        for part in shown:
            _show_to_owner(cursor, run.tables[part], run.job.pemilik_id)
        run.execute(cursor, "44_ejaan")
        return [{"tulisan": text, "usulan": near, "baris": n} for text, near, n in cursor.fetchall()]


def _show_to_owner(cursor, table: sql.Composable, owner: int) -> None:
    """Like the staged table itself: read by the job's owner and by those who see everything."""
    cursor.execute(sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(table))
    cursor.execute(
        sql.SQL(
            "CREATE POLICY pemilik ON {} FOR SELECT USING ((select current_setting('sentral.semua', true) = '1')"
            " OR (select current_setting('sentral.pengguna', true) = {}))"
        ).format(table, sql.Literal(str(owner)))
    )
    cursor.execute(sql.SQL("GRANT SELECT ON {} TO sentral_app").format(table))


def match(run: Run, cursor) -> None:
    """Find out who every row is and what would change, into temporary tables of this transaction."""
    cursor.execute(APP_SETTINGS)
    cursor.execute(f"DROP TABLE IF EXISTS {TEMPORARY}")
    progress(run.job, fase="cocokkan", total=run.staged.rows)
    with run.phase("cocokkan"):
        with run.province:
            run.parameters["ada_anggota"] = Anggota.objects.exists()
            _take(run, cursor, MATCH)
        _take(run, cursor, COMPARE)
        if run.layout.indikator:
            _take(run, cursor, [jawaban.COMPARE])
            run.execute(cursor, jawaban.REMARK)


def _take(run: Run, cursor, names: list[str]) -> None:
    for name in names:
        progress(run.job)
        run.execute(cursor, name)
        cursor.execute(f"ANALYZE impor_{name[3:]}")


def report(run: Run, cursor, places: list[dict[str, Any]]) -> dict[str, Any]:
    """Counts, codes and row numbers of what happened; nothing personal."""
    run.execute(cursor, "43_angka")
    names = [column[0] for column in cursor.description]
    numbers = dict(zip(names, cursor.fetchone(), strict=True))
    run.execute(cursor, "41_alasan")
    groups = cursor.fetchall()
    run.execute(cursor, "42_wilayah")
    per_desa = [list(row) for row in cursor.fetchall()]
    known_keluarga = numbers["keluarga"] - numbers["keluarga_baru"]
    known_anggota = numbers["diterapkan"] - numbers["anggota_baru"]
    layout = run.layout
    return {
        "staging": run.job.laporan.get("staging", {}),
        "dibaca": numbers["dibaca"],
        "diterapkan": numbers["diterapkan"],
        "ditolak": numbers["ditolak"],
        "bercatatan": numbers["bercatatan"],
        "baris_kosong": run.staged.blank,
        "baris_judul": layout.title_rows,
        "keluarga": {
            "baru": numbers["keluarga_baru"],
            "berubah": numbers["keluarga_berubah"],
            "tetap": known_keluarga - numbers["keluarga_berubah"],
        },
        "anggota": {
            "baru": numbers["anggota_baru"],
            "berubah": numbers["anggota_berubah"],
            "tetap": known_anggota - numbers["anggota_berubah"],
        },
        "vonis_ditolak": _tally(DITOLAK, [(rejected_for(t)[:1], n, rows) for t, _, n, rows in groups if t]),
        "vonis_catatan": _tally(CATATAN, [(noted_with(c), n, rows) for t, c, n, rows in groups if not t]),
        "vonis_dirapikan": _tally(DIRAPIKAN, [(noted_with(c), n, rows) for t, c, n, rows in groups if not t]),
        "desa_tak_dikenal": places,
        "per_desa": per_desa,
        "tata_letak": layout.tata_letak,
        "jawaban": jawaban.report(run, cursor),
        "kolom_dipakai": [LABELS[name] for name in layout.kolom],
        "kolom_diabaikan": layout.diabaikan,
        "detik": run.seconds,
    }


def _tally(
    verdicts: list[Verdict], groups: list[tuple[list[Verdict], int, list[int]]]
) -> list[dict[str, Any]]:
    """Rows and first row numbers per verdict, the most frequent first."""
    found = []
    for verdict in verdicts:
        mine = [(n, rows) for codes, n, rows in groups if verdict in codes]
        if mine:
            examples = sorted(number for _, rows in mine for number in rows)[:3]
            found.append({"kode": verdict.kode, "baris": sum(n for n, _ in mine), "contoh": examples})
    return sorted(found, key=lambda line: -line["baris"])


def write_workbook(run: Run, path: Path) -> int:
    """The refused rows as a workbook; how many. No file when there is none."""
    statement = run.statement("45_ditolak")
    with connection.connection.cursor(name="impor_ditolak") as cursor:
        cursor.itersize = 2000
        cursor.execute(statement, run.parameters)
        first = cursor.fetchone()
        if first is None:
            return 0
        rows = _chain(first, cursor)
        return write_rejects(path, run.layout, run.impor.tanda, rows, date_1904=run.staged.date_1904)


def _chain(first: tuple, rest) -> Iterator[tuple]:
    yield first
    yield from rest


def note_workbook(impor: Impor, path: Path | None) -> None:
    """Say of the import where its workbook lies; in the caller's transaction."""
    impor.tolak_berkas = path.name if path else ""
    impor.tolak_kedaluwarsa = timezone.now() + timedelta(days=KEPT_DAYS)
    impor.save(update_fields=["tolak_berkas", "tolak_kedaluwarsa"])


def refuse_loss(run: Run, laporan: dict[str, Any], rejected: int) -> None:
    """read = applied + rejected, and every rejected row is in the workbook; or nothing is written."""
    read, applied, refused = (laporan[name] for name in ("dibaca", "diterapkan", "ditolak"))
    if read != run.staged.rows or read != applied + refused or refused != rejected:
        raise RuntimeError(
            f"rows lost: {run.staged.rows} staged, {read} = {applied} + {refused}, {rejected} written"
        )
