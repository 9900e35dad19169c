"""One attempt at an import, as far as looking goes: rows judged, matched and compared. Nothing is written here.

Previewing (pratinjau.py) and applying (actions.py) take the same steps, so that what was shown is what is done.
The SQL in sql/impor/ works on sets: the loader role judges the staged rows in its own tables, the app role
matches and compares under row-level security.
"""

from __future__ import annotations

import hashlib
import io
import json
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, field, replace
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
from jobs.reader.several import BETWEEN
from kpm import jawaban
from kpm.aturan import Aturan, layout_of
from kpm.columns import fragments, joined, watched
from kpm.columns import parameters as column_parameters
from kpm.imports import BESIDE, LABELS, PROGRAM, Layout
from kpm.linked import OFFSET
from kpm.models import NIK_BANYAK, SENAMA, Anggota, BarisDitolak, Impor
from kpm.rejects import write_rejects
from kpm.uploads import KEPT_DAYS, brings_back, folder
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
OWN_TABLES = ("wilayah", "tanggal", "periksa", "calon", "gabung", "dikembalikan", jawaban.OWN_TABLE)
MATCH = ["11_cocok", "12_kk", "13_asing", "13_tercatat", "13_hasil"]  # over the whole province
COMPARE = [
    "14_keluarga_beda",
    "14a_desa",
    "15_anggota_beda",
    "17_hilang",
    "17a_hilang_orang",
    "18_ikut",
    "19_program_beda",
    "20_peringkat_beda",
]  # within the importer's border
ANSWERS = ["20a_jawaban_beda"]  # what only a preview and the check of its digest ask
ON_THE_WAY = {"14a_desa"}  # steps that make no table of their own
SHOWN_TABLES = (
    "wilayah",
    "periksa",
    "gabung",
    jawaban.OWN_TABLE,
)  # of the judged ones, those later steps read
TINJAU_TABLES = ("tinjau_keluarga", "tinjau_anggota")
# Large sorts and hashes for this work alone; compiling the big expressions costs more than running them.
APP_SETTINGS = "SET LOCAL work_mem = '96MB'; SET LOCAL jit = off; SET LOCAL default_statistics_target = 10"
LOADER_SETTINGS = (
    "SET work_mem = '96MB'; SET jit = off; SET default_statistics_target = 10; SET enable_mergejoin = off;"
    " SET parallel_setup_cost = 10; SET parallel_tuple_cost = 0.001; SET client_min_messages = warning"
)
# Gone at commit; dropped by name for a caller who imports twice in one transaction.
TEMPORARY = ", ".join(
    f"pg_temp.impor_{name}"
    for name in (
        "rumah",
        "cocok",
        "kk",
        "asing",
        "tercatat",
        "hasil",
        "keluarga_beda",
        "anggota_beda",
        "hilang",
        "hilang_orang",
        "ikut",
        "program_beda",
        "peringkat_beda",
        "jawaban_beda",
        "jawaban",
    )
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
    beside: staging.Staged | None = None
    kept: Kept = field(default_factory=lambda: Kept())

    @property
    def read(self) -> int:
        """Every row below the headers, of both tables when there are two."""
        return self.staged.rows + (self.beside.rows if self.beside else 0)

    @property
    def judging(self) -> list[str]:
        """The steps that judge the rows: linked tables and mended workbooks take some more."""
        return [
            *(["00_gabung"] if self.beside else []),
            *JUDGE[:3],
            *(["03a_rumah"] if self.layout.has("id_keluarga") else []),
            *(["03b_perbaikan"] if self.mended else []),
            *JUDGE[3:],
        ]

    @property
    def matching(self) -> list[str]:
        """The steps that find out who is who; households with ids are found first."""
        return ["10_rumah", *MATCH] if self.layout.has("id_keluarga") else MATCH

    @property
    def mended(self) -> bool:
        """True for a reject workbook that came back, put right."""
        return brings_back(self.impor, self.layout)

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


@dataclass(frozen=True)
class Kept:
    """Where a preview left its tables: the raw rows (of two tables, when there are two), the judged ones, its own.

    nilai, tinjau: beginnings of table names.  dasar: fingerprint of what the judging rested on.  dinilai: how
    many rows were judged.  Empty when there was no preview.
    """

    staged: dict[str, Any] = field(default_factory=dict)
    beside: dict[str, Any] = field(default_factory=dict)
    nilai: str = ""
    dasar: str = ""
    tinjau: str = ""
    dinilai: int = 0

    @classmethod
    def of(cls, impor: Impor) -> Kept:
        return cls(**impor.tinjauan.get("tabel", {}))

    def rows(self) -> tuple[staging.Staged, staging.Staged | None] | None:
        """The raw rows, when all of them are still there: a crash of the database empties unlogged tables."""
        if not self.staged:
            return None
        staged, beside = (_still_there(noted) for noted in (self.staged, self.beside))
        if staged is None or (self.beside and beside is None):
            return None
        return staged, beside

    @property
    def jobs(self) -> set[int]:
        """The jobs whose tables these are."""
        raw = [noted.get("table", "").partition(".")[2] for noted in (self.staged, self.beside)]
        names = [*raw, self.nilai, self.tinjau]
        return {int(name.split("_")[1]) for name in names if name}


def _still_there(noted: dict[str, Any]) -> staging.Staged | None:
    if not noted:
        return None
    staged = staging.Staged(**{name: value for name, value in noted.items() if name != "asked"})
    return staged if staging.rows_in(staged.table) == staged.rows else None


def read_file(job: Job, impor: Impor) -> Run:
    """Stage the file of an import, or find the rows of a preview or of an attempt that died; ready to be judged."""
    path = folder() / impor.berkas
    if not path.exists():
        raise JobFailed("Berkasnya sudah dihapus. Unggah lagi.")
    start = time.monotonic()
    progress(job, fase="baca")
    layout, kept = Layout(**impor.layout), Kept.of(impor)
    found = kept.rows()
    if found is None:
        kept, found = Kept(), _stage_file(job, path, layout)
    staged, beside = found
    if not staged.rows:
        raise JobFailed("Tidak ada baris di bawah judul kolom. Periksa berkasnya, lalu unggah lagi.")
    seconds = {"baca": round(time.monotonic() - start, 2)}
    return _prepare(job, impor, layout, staged, beside, seconds, kept=kept)


def _stage_file(job: Job, path: Path, layout: Layout) -> tuple[staging.Staged, staging.Staged | None]:
    """The rows of the file, and those of its households when they stand in a table of their own."""
    staged = staging.ensure_staged(job, path, layout.sheet, layout.header_row, **_where(asdict(layout)))
    return staged, _stage_households(job, path, layout)


def _stage_households(job: Job, path: Path, layout: Layout) -> staging.Staged | None:
    if (beside := layout.pasangan) is None:
        return None
    return staging.ensure_staged(
        job, path, beside["sheet"], beside["header_row"], part="rumah", **_where(beside)
    )


def _where(table: Mapping[str, Any]) -> dict[str, Any]:
    """What jobs.staging is told of a table beside its sheet and header row."""
    told: dict[str, Any] = {"watched": watched(table["kolom"])}
    if table.get("lembar"):
        told["more"] = [
            {"file": one["berkas"], "sheet": one["sheet"], "header_row": one["header_row"]}
            for one in table["lembar"]
        ]
    if table["berkas"]:
        told["file"] = table["berkas"]
    if not table["header_row"]:
        told["width"] = len(table["judul"])
    return told


def read_sample(job: Job, impor: Impor) -> tuple[Run, staging.Sample]:
    """Stage some rows of the file of an import, ready to be judged as all of them are later."""
    path = folder() / impor.berkas
    if not path.exists():
        raise JobFailed("Berkasnya sudah dihapus. Unggah lagi.")
    progress(job, fase="awal")
    layout = Layout(**impor.layout)
    columns = 1 + max(n for n in [*layout.kolom.values(), *layout.indikator.values()] if n < BESIDE)
    seed = int(impor.sha256[:12], 16)  # the same file, the same rows
    where = _where(asdict(layout))
    sample = staging.sample(job, path, layout.sheet, layout.header_row, columns=columns, seed=seed, **where)
    beside = _stage_households(job, path, layout)  # all of them: those of the persons picked are among them
    return _prepare(job, impor, layout, sample.staged, beside, {}, label="contoh_"), sample


def _prepare(
    job: Job,
    impor: Impor,
    layout: Layout,
    staged: staging.Staged,
    beside: staging.Staged | None,
    seconds: dict[str, float],
    label: str = "",
    kept: Kept | None = None,
) -> Run:
    aturan = Aturan.of(impor)
    schema, name = staged.table.split(".")
    # Named after this attempt: an earlier one that is only asleep may still hold on to its own.
    tables = _named(own_prefix(job), (*OWN_TABLES, *TINJAU_TABLES), label)
    tables["mentah"] = tables["gabung"] if beside else sql.Identifier(schema, name)
    tables |= fragments(layout, staged)
    taken = sql.SQL("(t.asal - {}::text[])").format(sql.Literal(list(aturan.timpa)))
    tables["baris_asal"] = sql.SQL((SQL / "baris_asal.sql").read_text().partition("\n\n")[2])
    tables["dijaga"] = taken if aturan.timpa else sql.SQL("t.asal")
    tables["resolve"] = resolve_sql(
        sql.SQL("(SELECT {} AS kabupaten, {} AS kecamatan, {} AS desa FROM {}) AS t").format(
            tables["kabupaten"], tables["kecamatan"], tables["desa"], tables["mentah"]
        )
    )
    territory = territory_of(job.pemilik)
    parameters: dict[str, Any] = bits() | {
        "job": job.pk,
        "impor": impor.pk,
        "asal": impor.perbaikan_dari_id,
        "perbaikan": brings_back(impor, layout),
        "cari_orang": bool(job.parameter.get("sidik")) or aturan.takes_members,
        "lembar": layout_of(impor.perbaikan_dari).sheets if impor.perbaikan_dari else [],
        "geser_lembar": BETWEEN,
        "sumber": impor.sumber_id,
        "sumber_nama": impor.sumber.judul[:40],
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
        "program": list(PROGRAM),
        "program_bit": [1 << place for place in range(len(PROGRAM))],
        "program_ada": sum(1 << place for place, kode in enumerate(PROGRAM) if layout.has(kode)),
    }
    parameters["ada_jawaban"] = bool(layout.indikator)
    parameters |= column_parameters(layout)
    parameters |= aturan.parameters(layout, impor.sumber)
    if beside:
        more, told = joined(layout, staged, beside)
        tables |= more
        parameters |= told | {"semua_rumah": not label}  # of a sample's households most have nobody in it
    return Run(job, impor, layout, staged, territory, tables, parameters, seconds, beside, kept or Kept())


def own_prefix(job: Job) -> str:
    """How the tables of this attempt begin."""
    return f"job_{job.pk}_{job.percobaan}"


def _named(prefix: str, parts: Iterable[str], label: str = "") -> dict[str, sql.Composable]:
    return {part: sql.Identifier("staging", f"{prefix}_{label}{part}") for part in parts}


def judged_on(run: Run) -> str:
    """A fingerprint of all that the judging of rows rests on: whoever judges again would find the same."""
    known = [
        asdict(run.layout),
        [run.territory.semua, *run.territory.desa],
        run.parameters["hari_ini"].isoformat(),
        Aturan.of(run.impor).tanggal,
        [(SQL / f"{name}.sql").read_text() for name in run.judging],
        run.impor.perbaikan_dari_id,
    ]
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()


def judge(run: Run, *, fase: str = "periksa") -> list[dict[str, Any]]:
    """Let the loader judge the rows in its own tables; return the unknown villages with suggestions."""
    progress(run.job, fase=fase, total=run.staged.rows)
    with run.phase(fase):
        if run.kept.nilai and run.kept.dasar == judged_on(run):
            tables = _named(run.kept.nilai, OWN_TABLES)
            if staging.rows_in(f"staging.{run.kept.nilai}_periksa") == run.kept.dinilai:
                run.tables |= tables | ({"mentah": tables["gabung"]} if run.beside else {})
                return run.impor.tinjauan.get("desa_tak_dikenal", [])
        run.kept = replace(run.kept, nilai=own_prefix(run.job), dasar=judged_on(run))
        return _judge(run)


def _judge(run: Run) -> list[dict[str, Any]]:
    with staging.loader() as line, line.cursor() as cursor:
        if run.job.pulse is not None:
            run.job.pulse.interruptible(lambda: None if line.closed else line.cancel())
        cursor.execute(LOADER_SETTINGS)
        for part in OWN_TABLES:
            cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(run.tables[part]))
        if run.mended:
            _tell_rejected(run, cursor)
        for name in run.judging:
            progress(run.job)
            run.execute(cursor, name)
        if run.layout.indikator:
            jawaban.judge(run, cursor)
        cursor.execute(
            sql.SQL("ANALYZE {} (baris, kunci, no_kk, id_dtks, tolak)").format(run.tables["periksa"])
        )
        for part in _shown(run):
            staging.show_to_owner(cursor, run.tables[part], run.job.pemilik_id)
        run.execute(cursor, "44_ejaan")
        return [{"tulisan": text, "usulan": near, "baris": n} for text, near, n in cursor.fetchall()]


def _tell_rejected(run: Run, cursor) -> None:
    """Tell the loader which rows the first import handed back: the register of them is the app's."""
    cursor.execute(sql.SQL("CREATE UNLOGGED TABLE {} (baris bigint)").format(run.tables["dikembalikan"]))
    rows = BarisDitolak.objects.filter(impor=run.impor.perbaikan_dari_id).values_list("baris", flat=True)
    text = io.StringIO("".join(f"{number}\n" for number in rows.iterator()))
    statement = sql.SQL("COPY {} FROM STDIN").format(run.tables["dikembalikan"])
    cursor.copy_expert(statement.as_string(cursor), text)


def _shown(run: Run) -> list[str]:
    """The judged tables that later steps read, as far as this file has them."""
    there = {"gabung": bool(run.beside), jawaban.OWN_TABLE: bool(run.layout.indikator)}
    return [part for part in SHOWN_TABLES if there.get(part, True)]


def match(run: Run, cursor) -> None:
    """Find out who every row is and what would change, into temporary tables of this transaction."""
    cursor.execute(APP_SETTINGS)
    cursor.execute(f"DROP TABLE IF EXISTS {TEMPORARY}")
    progress(run.job, fase="cocokkan", total=run.staged.rows)
    with run.phase("cocokkan"):
        with run.province:
            run.parameters["ada_anggota"] = Anggota.objects.exists()
            _take(run, cursor, run.matching)
        _take(run, cursor, COMPARE)
        if run.layout.indikator:
            _take(run, cursor, [jawaban.COMPARE])
            run.execute(cursor, jawaban.REMARK)


def compare_answers(run: Run, cursor) -> None:
    """Find the answers that would come, go or change, for a preview and its digest. Call it after match()."""
    _take(run, cursor, ANSWERS)
    if run.layout.indikator:
        for name in jawaban.BESIDE:
            progress(run.job)
            run.execute(cursor, name)
        cursor.execute("ANALYZE impor_jawaban_beda")


def beside(tambah: int, kurang: int, peringkat: int) -> dict[str, Any]:
    """Programmes added and taken, ranks written: as a preview and the report of the applying both say it."""
    return {"program": {"bertambah": int(tambah), "berkurang": int(kurang)}, "peringkat": int(peringkat)}


def digest(run: Run, cursor) -> str:
    """What the import would do, to which rows and by which rules, in one word. Call it after compare_answers()."""
    run.execute(cursor, "55_sidik")
    (done,) = cursor.fetchone()
    known = json.dumps([done, Aturan.of(run.impor).kept()], sort_keys=True)
    return hashlib.sha256(known.encode()).hexdigest()


def changed_since(run: Run, cursor, pada: str) -> list[dict[str, int | None]]:
    """Which imports and persons touched the rows of an import since its preview of `pada`, and how many rows."""
    if any(staging.rows_in(f"staging.{run.kept.tinjau}_{part}") < 0 for part in TINJAU_TABLES):
        return []
    run.tables |= _named(run.kept.tinjau, TINJAU_TABLES)
    run.parameters["pada"] = pada
    run.execute(cursor, "56_sejak")
    names = ("job", "oleh", "keluarga", "anggota")
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def keep_tables(impor: Impor, jobs: set[int]) -> None:
    """Tell the sweeper which staged tables of an import are still needed: those of `jobs`, for a week."""
    steps = Job.objects.filter(langkah__impor=impor)
    steps.exclude(pk__in=jobs).filter(simpan_sampai__isnull=False).update(simpan_sampai=None)
    steps.filter(pk__in=jobs).update(simpan_sampai=timezone.now() + timedelta(days=KEPT_DAYS))


def drop_tables(impor: Impor, *, keep: Collection[str] = ()) -> None:
    """Take the staged tables of an import away but for `keep`. Call it after the transaction that read them."""
    for step in impor.langkah_list.select_related("job"):
        if not step.job.is_live:
            staging.drop_staging(step.job, keep=keep)


def _take(run: Run, cursor, names: list[str]) -> None:
    for name in names:
        progress(run.job)
        run.execute(cursor, name)
        if name not in ON_THE_WAY:
            cursor.execute(f"ANALYZE impor_{name.partition('_')[2]}")


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
    rejected = _tally(DITOLAK, [(rejected_for(t)[:1], n, rows) for t, _, n, rows in groups if t])
    households = _households(run, cursor, numbers, rejected)
    return {
        # what this run read, be it the rows an earlier step left
        "staging": run.job.laporan.get("staging", {}) | asdict(run.staged),
        "dibaca": numbers["dibaca"],
        "diterapkan": numbers["diterapkan"],
        "ditolak": numbers["ditolak"],
        "bercatatan": numbers["bercatatan"],
        "baris_kosong": run.staged.blank + (run.beside.blank if run.beside else 0),
        "baris_judul": layout.title_rows,
        "tabel_keluarga": households,
        "keluarga": {
            "baru": numbers["keluarga_baru"],
            "berubah": numbers["keluarga_berubah"],
            "tetap": known_keluarga - numbers["keluarga_berubah"],
        },
        "anggota": {
            "baru": numbers["anggota_baru"],
            "berubah": numbers["anggota_berubah"],
            "tetap": known_anggota - numbers["anggota_berubah"] + numbers["anggota_luar"],
        },
        "vonis_ditolak": rejected,
        "vonis_catatan": _tally(CATATAN, [(noted_with(c), n, rows) for t, c, n, rows in groups if not t]),
        "vonis_dirapikan": _tally(DIRAPIKAN, [(noted_with(c), n, rows) for t, c, n, rows in groups if not t]),
        "desa_tak_dikenal": places,
        "per_desa": per_desa,
        "tata_letak": layout.tata_letak,
        "jawaban": jawaban.report(run, cursor),
        "kolom_dipakai": [LABELS[name] for name in layout.fields],
        "kolom_diabaikan": layout.diabaikan,
        "kolom_tersembunyi": layout.tersembunyi,
        "detik": run.seconds,
    }


def _households(run: Run, cursor, numbers: dict[str, int], rejected: list[dict[str, Any]]) -> dict[str, int]:
    """Count the rows of the household table in: applied with a person of theirs, else refused.

    Those nobody took are rows of their own already; a household whose persons were all refused comes back
    with them, and is counted with those that have none. Empty for a file of one table.
    """
    if run.beside is None:
        return {}
    run.execute(cursor, "43a_keluarga")
    taken, applied, examples = cursor.fetchone()
    along = taken - applied
    numbers["dibaca"] += taken
    numbers["diterapkan"] += applied
    numbers["ditolak"] += along
    if along:
        line = next((one for one in rejected if one["kode"] == "KELUARGA_TANPA_ORANG"), None)
        if line is None:
            rejected.append(line := {"kode": "KELUARGA_TANPA_ORANG", "baris": 0, "contoh": []})
        line["baris"] += along
        line["contoh"] = sorted([*line["contoh"], *(OFFSET + number for number in examples)])[:3]
    return {
        "dibaca": run.beside.rows,
        "diterapkan": applied,
        "ditolak": run.beside.rows - applied,
        "ikut": along,
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
    along = laporan["tabel_keluarga"]["ikut"] if run.beside else 0  # they are in the rows of their persons
    if read != run.read or read != applied + refused or refused != rejected + along:
        raise RuntimeError(
            f"rows lost: {run.read} staged, {read} = {applied} + {refused}, {rejected} written"
        )


def note_rejected(run: Run, cursor) -> None:
    """Write down which rows were refused."""
    BarisDitolak.objects.filter(impor=run.impor, perbaikan=None).delete()  # of an earlier look
    run.execute(cursor, "46_dicatat")


def note_mended(run: Run, cursor) -> None:
    """Write down which refused rows of the first import a mended workbook brought in. Only for what is applied."""
    if run.mended:
        BarisDitolak.objects.filter(impor=run.impor.perbaikan_dari_id, perbaikan=run.impor).update(
            perbaikan=None  # of an earlier time: what is refused now is not mended
        )
        run.execute(cursor, "47_dipulihkan")
