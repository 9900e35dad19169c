"""Undo: taking back what an import (or an edit by hand) did to the registers, by sets and from history.

Work is named by a key: "job:12", "suntingan:5"; its history contexts carry it (access/history.py). A row that
the work made goes, one that it changed gets every column back as it was, one that it deleted comes back with
its id. A row that anything else has touched since stays as it is and is told with the reason.

An undo is work like any other, with a context that also says which keys it took back ("urung"). So it can be
undone itself, and what is undone does not stand in the way of undoing what lies under it (decision 0020).

Judging looks at the whole province and writes nothing but temporary tables; applying goes through the walls
of whoever undoes. Both in one transaction of the caller's, who holds the lock that imports apply under.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from psycopg2 import sql

from access.history import acting
from access.scope import as_system, territory_of
from jobs.failpoints import failpoint
from kpm.models import (
    PADAN,
    Anggota,
    JawabanAnggota,
    JawabanKeluarga,
    Keluarga,
    Kepesertaan,
    Peringkat,
    Tercatat,
)

logger = logging.getLogger(__name__)

SQL = Path(__file__).parent / "sql" / "urung"
# The registers, parents before children. A new one with history, `wilayah` and `job` only has to be added here.
REGISTERS: list[type[models.Model]] = [
    Keluarga,
    Anggota,
    Kepesertaan,
    Peringkat,
    JawabanKeluarga,
    JawabanAnggota,
    Tercatat,
]
MADE = "00000000-0000-0000-0000-000000000000"  # stands for the insert of a row, which is no event
NOBODY = "00000000-0000-0000-0000-000000000001"  # stands for events without a context
MANY = 5_000  # rows written from which the planner is told
PARTS = ("peristiwa", "calon", "sentuh", "rencana")
SETTINGS = "SET LOCAL work_mem = '96MB'; SET LOCAL jit = off; SET LOCAL default_statistics_target = 10"


class ChangedMeanwhile(RuntimeError):
    """Somebody wrote a row between judging and applying."""


class Blocked(Exception):
    """The registers do not allow it, for a reason that judging does not know. Nothing is written."""


@dataclass(frozen=True)
class Register:
    """One table of REGISTERS, as the statements of sql/urung/ want it."""

    model: type[models.Model]

    @property
    def name(self) -> str:
        """keluarga, anggota ...: as reports call it."""
        return self.model._meta.model_name or ""

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def history(self) -> str:
        return self.model.pgh_event_model._meta.db_table  # type: ignore[attr-defined]

    @property
    def columns(self) -> list[str]:
        return [_column(f) for f in self.model._meta.concrete_fields if not f.generated]

    @property
    def parents(self) -> list[tuple[str, str]]:
        """(column, name of the register it refers to)."""
        return [
            (_column(f), Register(f.related_model).name)
            for f in self.model._meta.concrete_fields
            if isinstance(f, models.ForeignKey) and f.related_model in REGISTERS
        ]

    @property
    def keys(self) -> list[tuple[str, ...]]:
        """The columns of each unique constraint."""
        found = []
        for constraint in self.model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint):
                named = [e.name for e in constraint.expressions if isinstance(e, models.F)]  # type: ignore[attr-defined]
                fields = [self.model._meta.get_field(name) for name in constraint.fields or named]
                found.append(tuple(_column(f) for f in fields))
        return found

    def temporary(self, part: str) -> sql.Identifier:
        return sql.Identifier("pg_temp", f"urung_{self.name}_{part}")

    def keluarga_of(self, row: str) -> sql.Composable:
        """The keluarga of a row of this register or of its history."""
        if self.model is Keluarga:
            return sql.Identifier(row, "id")
        if "keluarga_id" in self.columns:
            return sql.Identifier(row, "keluarga_id")
        return sql.SQL("(SELECT a.keluarga_id FROM kpm_anggota AS a WHERE a.id = {})").format(
            sql.Identifier(row, "anggota_id")
        )

    def named_by(self) -> sql.Composable | None:
        """When the file of a later import names a row `r` (now `t`, before `e`); None when it cannot.

        What a source says of a keluarga (programmes, ranks, answers) is named by files of that source.
        """
        if self.model is Tercatat:
            return None
        if self.model is Keluarga:
            return sql.SQL("n.keluarga_id = r.id")
        named = sql.SQL("n.keluarga_id = r.keluarga_id")
        if self.model is Anggota:
            return named + sql.SQL(" AND r.id = ANY (n.anggota)")
        named += sql.SQL(" AND n.sumber_id = coalesce(t.sumber_id, e.sumber_id)")
        if "anggota_id" in self.columns:
            named += sql.SQL(
                " AND coalesce(coalesce(t.anggota_id, e.anggota_id) = ANY (n.anggota),"
                " coalesce(t.anggota_id, e.anggota_id) IS NULL)"
            )
        return named


def _column(field: Any) -> str:
    """The column of a field; every field of a register has one."""
    return str(field.column)


@cache
def registers() -> list[Register]:
    """REGISTERS, parents before children."""
    return [Register(model) for model in REGISTERS]


@cache
def outside_references() -> list[tuple[Register, str, str]]:
    """(register, table, column) of everything else that holds on to a row: it would break, or be torn along."""
    known = {r.table for r in registers()} | {r.history for r in registers()}
    found = []
    for register in registers():
        for relation in register.model._meta.get_fields(include_hidden=True):
            if isinstance(relation, models.ForeignObjectRel) and relation.on_delete is not models.DO_NOTHING:
                table = relation.related_model._meta.db_table
                if table not in known:
                    found.append((register, table, _column(relation.field)))
    return found


@dataclass
class Judged:
    """What an undo would do, rows per register: {"keluarga": {"hapus": 7, "orang": 2}}.

    hapus, kembali, masuk: rows that go, get their old values, come back. Everything else is why rows stay.
    families: how many keluarga stay, in part or as a whole, and how many of their rows, by the weightiest reason.
    """

    rows: dict[str, dict[str, int]] = field(default_factory=dict)
    families: dict[str, tuple[int, int]] = field(default_factory=dict)

    def of(self, what: str) -> dict[str, int]:
        """Rows per register for one of hapus, kembali, masuk, or a reason."""
        return {name: counts[what] for name, counts in self.rows.items() if what in counts}

    @property
    def stays(self) -> dict[str, int]:
        """Rows that stay, per register."""
        kept = {n: sum(k for what, k in c.items() if what not in DONE) for n, c in self.rows.items()}
        return {name: rows for name, rows in kept.items() if rows}


DONE = ("hapus", "kembali", "masuk")


class Undo:
    """One undo, in the caller's transaction: carry_out(), or judge() alone to tell what it would do.

    keys: the work to take back.  later: jobs of imports applied after it; what their files name stays.
    made: ids of rows it made, {"keluarga": [7]}, where the rows do not carry its Job.
    """

    def __init__(
        self,
        keys: Iterable[str],
        *,
        user,
        later: Iterable[int] = (),
        made: Mapping[str, list[int]] | None = None,
    ):
        self.keys = sorted(keys)
        self.territory = territory_of(user)
        self.later = sorted(later)
        self.made = made or {}
        jobs = [int(key.removeprefix("job:")) for key in self.keys if key.startswith("job:")]
        self.parameters: dict[str, Any] = {
            "job": jobs,
            "kunci": self.keys,
            "buatan": MADE,
            "tanpa": NOBODY,
            "desa": list(self.territory.desa),
            "kemudian": self.later,
        }

    def carry_out(self, *, at: Callable[[str], None] = lambda step: None, **who: Any) -> Judged:
        """Judge and apply; `at` hears which of the two begins. `who` signs it: job=..., suntingan=..., user=...

        Nobody is kept waiting at first. When somebody writes one of the rows in between, it is judged anew
        with the rows held, so that his change is among those that stay. Raises Blocked when the registers
        do not allow it even so.
        """
        try:
            with transaction.atomic():
                return self._attempt(at, who, hold=False)
        except (ChangedMeanwhile, IntegrityError) as error:
            logger.info("undo of %s: judged anew (%s)", self.keys, type(error).__name__)
        try:
            return self._attempt(at, who, hold=True)
        except IntegrityError as error:
            raise Blocked from error

    def _attempt(self, at: Callable[[str], None], who: dict[str, Any], *, hold: bool) -> Judged:
        at("periksa")
        judged = self.judge(hold=hold)
        failpoint("kpm.undo.judged")
        at("kembali")
        with self.history(**who):
            self.apply(judged)
        return judged

    # --- judging ---

    def judge(self, *, hold: bool = False) -> Judged:
        """Decide for every row; temporary tables hold the answer. hold: nobody else may write the rows meanwhile."""
        with connection.cursor() as cursor, self._province():
            cursor.execute(SETTINGS)
            self._clear(cursor)
            mine = _contexts_of(cursor, self.keys)
            self.parameters |= {"konteks": mine, "milik": [*mine, MADE]}
            for register in registers():
                self._run(cursor, "00_peristiwa", register)
                self._analyze(cursor, register, "peristiwa")
                self._run(cursor, "01_calon", register)
                if hold:
                    self._run(cursor, "01a_pegang", register)
                    self._run(cursor, "01b_lepas", register)
                    self._run(cursor, "01_calon", register)
                self._analyze(cursor, register, "calon")
                self._run(cursor, "02_sentuh", register)
                self._analyze(cursor, register, "sentuh")
                if self._run(cursor, "03_buatan", register):
                    self._analyze(cursor, register, "sentuh")
            self._cancel(cursor)
            for register in registers():
                self._run(cursor, "07_rencana", register)
                self._analyze(cursor, register, "rencana")
            self._keep(cursor)
            return self._count(cursor)

    def _province(self):
        """The whole province in sight: who touched a row since may be anybody."""
        return nullcontext() if self.territory.semua else as_system("urungkan: siapa yang menyentuh barisnya")

    def _clear(self, cursor) -> None:
        """Gone at commit; dropped by name for a caller who undoes twice in one transaction."""
        parts = [r.temporary(part) for r in registers() for part in PARTS]
        cursor.execute(
            _filled(
                "DROP TABLE IF EXISTS {tables}, pg_temp.urung_konteks, pg_temp.urung_sisa",
                {"tables": sql.SQL(", ").join(parts)},
            )
        )

    def _cancel(self, cursor) -> None:
        """Strike out what later undos took back, the newest undo first: it may have taken back another."""
        each = sql.SQL(" UNION ").join(
            sql.SQL("SELECT konteks FROM {}").format(r.temporary("sentuh")) for r in registers()
        )
        cursor.execute(_statement("04_konteks", {"semua_sentuh": each}), self.parameters)
        cursor.execute("ANALYZE urung_konteks")
        cursor.execute("SELECT id::text FROM urung_konteks WHERE urung IS NOT NULL")
        self.parameters["kecuali"] = [*self.parameters["milik"], *(pk for (pk,) in cursor.fetchall())]
        cursor.execute(_statement("05_pasangan", {}), self.parameters)
        undone_by: dict[str, set[str]] = defaultdict(set)
        undoes: dict[str, set[str]] = defaultdict(set)
        for undo, undone in cursor.fetchall():
            undone_by[undone].add(undo)
            undoes[undo].add(undone)
        sorter = TopologicalSorter(undone_by)
        sorter.prepare()
        while sorter.is_active():
            ready = sorter.get_ready()
            pairs = [(undo, undone) for undo in ready for undone in undoes[undo]]
            if pairs:
                pairs_of = {"urung": [u for u, _ in pairs], "diurung": [x for _, x in pairs]}
                for register in registers():
                    self._run(cursor, "06_batal", register, **pairs_of)
            sorter.done(*ready)

    def _keep(self, cursor) -> None:
        """Find the rows that have to stay although nobody touched them; each may keep another one."""
        for register in registers():
            if not self.territory.semua:
                self._run(cursor, "08_luar", register)
            named = register.named_by()
            if named is not None and self.later:
                cursor.execute(
                    _statement("09_berkas", self._names(register) | {"disebut": named}), self.parameters
                )
        for register, table, column in outside_references():
            names = self._names(register) | {"anak": sql.Identifier(table), "kolom": sql.Identifier(column)}
            cursor.execute(_statement("13_dirujuk", names), self.parameters)
        while self._keep_more(cursor):
            pass

    def _keep_more(self, cursor) -> bool:
        more = 0
        for register in registers():
            for column, parent in register.parents:
                names = self._names(register) | self._relation(register, column, parent)
                more += _changed(cursor, "11_induk", names, self.parameters)
            for key in register.keys:
                more += _changed(cursor, "15_kembar", self._names(register) | _same(key), self.parameters)
        for child in reversed(registers()):
            for column, parent in child.parents:
                relation = self._relation(child, column, parent)
                names = relation | {"rencana": relation["rencana_induk"]}
                more += _changed(cursor, "12_dipakai", names, self.parameters)
        for register in registers():
            if register.model not in (Keluarga, Tercatat):  # what a file said goes with the file
                more += _changed(cursor, "14_seisi", self._names(register), self.parameters)
        return bool(more)

    def _relation(self, child: Register, column: str, parent: str) -> dict[str, sql.Composable]:
        above = next(r for r in registers() if r.name == parent)
        return {
            "kolom": sql.Identifier(column),
            "induk": sql.Identifier(above.table),
            "rencana_induk": above.temporary("rencana"),
            "anak": sql.Identifier(child.table),
            "rencana_anak": child.temporary("rencana"),
            "riwayat_anak": sql.Identifier(child.history),
        }

    def write_stays(self, cursor, job_id: int) -> None:
        """Keep the list of what stayed, one line per keluarga; not what lies outside of who undoes."""
        cursor.execute(_statement("33_sisa", {}), self.parameters | {"urung": job_id})

    def _count(self, cursor) -> Judged:
        judged = Judged()
        for register in registers():
            cursor.execute(_statement("31_angka", self._names(register)), self.parameters)
            judged.rows[register.name] = dict(cursor.fetchall())
        each = sql.SQL(" UNION ALL ").join(
            sql.SQL(
                "SELECT keluarga_id, coalesce(wilayah_id, wilayah_dulu) AS wilayah_id, sebab, oleh, oleh_job, pada"
                " FROM {} WHERE sebab IS NOT NULL"
            ).format(r.temporary("rencana"))
            for r in registers()
        )
        cursor.execute(_statement("32_keluarga", {"semua_rencana": each}), self.parameters)
        cursor.execute("SELECT sebab, count(*), sum(jumlah) FROM urung_sisa GROUP BY 1 ORDER BY 2 DESC")
        judged.families = {sebab: (families, int(rows)) for sebab, families, rows in cursor.fetchall()}
        return judged

    # --- applying ---

    def apply(self, judged: Judged) -> None:
        """Write what was judged. Raises ChangedMeanwhile when a row is not the one that was judged."""
        with connection.cursor() as cursor:
            leaves = [r for r in registers() if r.model not in (Keluarga, Anggota)]
            trunk = [r for r in registers() if r.model in (Keluarga, Anggota)]
            for register in reversed(leaves):
                self._write(cursor, register, judged, "24_hapus", "hapus")
            for register in registers():
                self._write(cursor, register, judged, "21_kembali", "kembali")
                self._write(cursor, register, judged, "22_masuk", "masuk")
                self._write(cursor, register, judged, "23_pulih", "masuk")
            for register in reversed(trunk):
                self._write(cursor, register, judged, "24_hapus", "hapus")
            self._check_references(cursor, judged)

    def _check_references(self, cursor, judged: Judged) -> None:
        """Ask the foreign keys now and not at the commit, while the planner knows how full the registers are.

        Row by row they look for a keluarga or its members. Of a register that it believes to be empty (right
        after everything went, or before it is told what came back) the planner reads all of an index each time.
        """
        steps = ["SET CONSTRAINTS ALL IMMEDIATE"]
        if sum(rows for what in DONE for rows in judged.of(what).values()) >= MANY:
            steps.insert(0 if judged.of("masuk") else 1, "SELECT kpm_statistik()")
        for step in steps:
            cursor.execute(step)

    def _write(self, cursor, register: Register, judged: Judged, name: str, what: str) -> None:
        expected = judged.rows[register.name].get(what, 0)
        if expected and (written := self._run(cursor, name, register)) != expected:
            raise ChangedMeanwhile(f"{name} {register.name}: {expected} judged, {written} written")

    @contextmanager
    def history(self, **who: Any) -> Iterator[None]:
        """The history context of this undo: `who` is its own key (job=..., suntingan=...) and its user."""
        with acting(urung=self.keys, **who):
            yield

    # --- statements ---

    def _run(self, cursor, name: str, register: Register, **more: Any) -> int:
        cursor.execute(_statement(name, self._names(register)), self.parameters | more)
        return cursor.rowcount

    def _analyze(self, cursor, register: Register, *parts: str) -> None:
        tables = sql.SQL(", ").join(register.temporary(part) for part in parts)
        cursor.execute(_filled("ANALYZE {tables}", {"tables": tables}))

    def _names(self, register: Register) -> dict[str, sql.Composable]:
        columns = register.columns
        return {
            "tabel": sql.Identifier(register.table),
            "riwayat": sql.Identifier(register.history),
            **{part: register.temporary(part) for part in PARTS},
            "keluarga_kini": register.keluarga_of("t"),
            "keluarga_dulu": register.keluarga_of("t"),
            "buatan": self._made_by_it(register),
            "kolom_semua": sql.SQL(", ").join(map(sql.Identifier, columns)),
            "kolom_dulu": sql.SQL(", ").join(sql.Identifier("e", column) for column in columns),
            # a match since is no touch, and its result stays
            "kembalikan": sql.SQL(", ").join(
                sql.SQL("{0} = e.{0}").format(sql.Identifier(column))
                for column in columns
                if column not in ("id", *PADAN)
            ),
        }

    def _made_by_it(self, register: Register) -> sql.Composable:
        """Whether a row `t` was made by the work that is undone."""
        conditions: list[sql.Composable] = []
        if self.parameters["job"]:
            conditions.append(sql.SQL("t.job_id = ANY (%(job)s::bigint[])"))
        if ids := self.made.get(register.name):
            conditions.append(sql.SQL("t.id = ANY ({}::bigint[])").format(sql.Literal(list(ids))))
        return sql.SQL("({})").format(sql.SQL(" OR ").join(conditions)) if conditions else sql.SQL("false")


def _contexts_of(cursor, keys: list[str]) -> list[str]:
    """The history contexts of some work."""
    by_kind: dict[str, list[str]] = {"job": [], "suntingan": []}
    for key in keys:
        kind, _, number = key.partition(":")
        by_kind[kind].append(number)
    cursor.execute(
        """
        SELECT id::text FROM pghistory_context
        WHERE  metadata ->> 'suntingan' = ANY (%(suntingan)s)
        OR     metadata ->> 'job' = ANY (%(job)s) AND NOT metadata ? 'suntingan'
        """,
        by_kind,
    )
    return [pk for (pk,) in cursor.fetchall()]


def _same(key: tuple[str, ...]) -> dict[str, sql.Composable]:
    """The parts of 15_kembar for one unique constraint. Only the person of a Kepesertaan may be missing twice."""
    equal = [
        sql.SQL("t.{0} IS NOT DISTINCT FROM e.{0}" if column == "anggota_id" else "t.{0} = e.{0}").format(
            sql.Identifier(column)
        )
        for column in key
    ]
    return {
        "sama": sql.SQL(" AND ").join(equal),
        "kunci_le": sql.SQL(", ").join(sql.Identifier("le", column) for column in key),
        "kunci_t": sql.SQL(", ").join(sql.Identifier("t", column) for column in key),
    }


def _changed(cursor, name: str, names: dict[str, sql.Composable], parameters: dict[str, Any]) -> int:
    cursor.execute(_statement(name, names), parameters)
    return cursor.rowcount


@cache
def _text(name: str) -> str:
    lines = (SQL / f"{name}.sql").read_text().splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("--"))


def _statement(name: str, names: dict[str, sql.Composable]) -> str:
    """A file of sql/urung/ with its tables and columns filled in; values travel as parameters."""
    return _filled(_text(name), names)


def _filled(statement: str, names: dict[str, sql.Composable]) -> str:
    """As text: pghistory reads what it signs."""
    return sql.SQL(statement).format(**names).as_string(connection.connection)
