"""Two periods of one list beside each other: who came, left, moved, rose, sank, joined a programme.

Counts and lists come from sql/banding/, which is handed the registers through the gate. A keluarga belongs to
the village in which the file of that period had it (Tercatat), so what a reader sees is what was said of his
own villages: one that left them is neither followed nor looked for elsewhere (decision 0023).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from kpm.filters import Filter
from kpm.imports import PROGRAM
from kpm.models import Anggota, Impor, Keluarga, Kepesertaan, Peringkat, Sumber, Tercatat
from kpm.remembered import remembered
from spatial.models import Wilayah

T = TypeVar("T")
SQL = Path(__file__).parent / "sql" / "banding"
# Two lists of a province are hashed and sorted; compiling the statement would cost more than it saves.
SETTINGS = "SET LOCAL work_mem = '64MB'; SET LOCAL jit = off"
SCALES = ("desil", "persentil")
IKUT, LEPAS = "ikut_", "lepas_"
# The changes a number may stand for. In a condition {a} says "was in the wilayah asked for in the first
# period", {b} the same of the second. The village of the second period is that of a keluarga in both.
SYARAT = {
    "masuk": "NOT p.di_a AND {b}",
    "keluar": "NOT p.di_b AND {a}",
    "datang": "p.di_keduanya AND {b} AND NOT {a}",
    "pergi": "p.di_keduanya AND {a} AND NOT {b}",
    "pindah": "p.di_keduanya AND p.desa_a IS DISTINCT FROM p.desa_b AND ({a} OR {b})",
    "tambah": "p.di_keduanya AND {b} AND p.keluarga_id IN (SELECT keluarga_id FROM orang WHERE tambah > 0)",
    "kurang": "p.di_keduanya AND {b} AND p.keluarga_id IN (SELECT keluarga_id FROM orang WHERE kurang > 0)",
    "tetap": "p.di_keduanya AND {b}",
}
# IN and no EXISTS: beside an OR only this is asked once for all, and looked up in a hash.
RANKED = (
    "p.di_keduanya AND {{b}} AND p.keluarga_id IN (SELECT keluarga_id FROM peringkat WHERE {scale} {sign} 0)"
)
TAKING = "{{b}} AND p.keluarga_id IN (SELECT keluarga_id FROM program WHERE {which})"
SYARAT |= {
    f"{scale}_{word}": RANKED.format(scale=scale, sign=sign)
    for scale in SCALES
    for word, sign in (("naik", ">"), ("turun", "<"))
}
# Everything that is not as it was; what an export of all changes holds.
BERUBAH = "berubah"
SYARAT[BERUBAH] = " OR ".join(
    f"({condition})"
    for condition in (
        *(SYARAT[kode] for kode in ("masuk", "keluar", "pindah", "tambah", "kurang")),
        *(RANKED.format(scale=scale, sign="<>") for scale in SCALES),
        TAKING.format(which="true"),
    )
)
WORDS = {
    BERUBAH: "Semua yang berubah",
    "masuk": "Masuk daftar",
    "keluar": "Keluar dari daftar",
    "datang": "Datang dari wilayah lain",
    "pergi": "Pindah ke wilayah lain",
    "pindah": "Pindah desa",
    "desil_naik": "Desil naik",
    "desil_turun": "Desil turun",
    "persentil_naik": "Persentil naik",
    "persentil_turun": "Persentil turun",
    "tambah": "Anggota bertambah",
    "kurang": "Anggota berkurang",
    "tetap": "Tercatat di kedua periode",
}
# What a list is sorted by: the words, the join it needs, the order. {arah} is ASC or DESC.
URUT: dict[str, tuple[str, str, str]] = {
    "wilayah": ("desa", "", "coalesce(p.desa_b, p.desa_a) {arah}, p.keluarga_id {arah}"),
    "kepala": (
        "nama kepala keluarga",
        "LEFT JOIN (SELECT DISTINCT ON (keluarga_id) keluarga_id, nama_normal FROM ({kepala}) AS semua"
        " ORDER BY keluarga_id, id) AS h ON h.keluarga_id = p.keluarga_id",
        "h.nama_normal {arah} NULLS LAST, p.keluarga_id {arah}",
    ),
    "peringkat": (
        "peringkat di periode kedua",
        "LEFT JOIN r AS u ON u.keluarga_id = p.keluarga_id AND u.sumber_id = %(ke)s",
        "coalesce(u.desil, u.persentil) {arah} NULLS LAST, p.keluarga_id {arah}",
    ),
}


class PeriodeRefused(Exception):
    """These two cannot be compared; the text is shown to whoever asked."""


def sumber_list(user) -> list[Sumber]:
    """The sumber that have somebody of the user's territory, the newest period first."""
    inside = Tercatat.objects.visible_to(user).filter(sumber=OuterRef("pk"))
    return list(Sumber.objects.filter(Exists(inside)).order_by("-periode", "jenis"))


def newest_pair(offered: list[Sumber]) -> tuple[Sumber, Sumber] | None:
    """The latest two periods of the kind with the latest period among those that have two; earlier first."""
    for ke in offered:
        dari = next((s for s in offered if s.jenis == ke.jenis and s.periode < ke.periode), None)
        if dari:
            return dari, ke
    return None


def chosen_pair(offered: list[Sumber], dari: str, ke: str) -> tuple[Sumber, Sumber] | None:
    """The pair asked for by id, earlier first, else the newest. Raises PeriodeRefused with one sentence."""
    if not dari and not ke:
        return newest_pair(offered)
    by_pk = {str(sumber.pk): sumber for sumber in offered}
    pair = [by_pk.get(asked) for asked in (dari, ke)]
    if pair[0] is None or pair[1] is None:
        raise PeriodeRefused(
            "Periode yang diminta tidak ada di wilayah Anda. Pilih dua periode di bawah ini."
        )
    first, second = sorted((pair[0], pair[1]), key=lambda s: s.periode)
    if first.jenis != second.jenis:
        raise PeriodeRefused(
            f"{pair[0].get_jenis_display()} dan {pair[1].get_jenis_display()} tidak dibandingkan: cara mendata dan"
            " peringkatnya berbeda, jadi naik atau turun tidak ada artinya. Pilih dua periode dari jenis yang sama."
        )
    if first.pk == second.pk:
        raise PeriodeRefused("Kedua periode sama. Pilih dua periode yang berbeda.")
    return first, second


class Hitungan(NamedTuple):
    """One line of hitung.sql."""

    di_a: bool
    di_b: bool
    desa_a: str | None
    desa_b: str | None
    program: str | None
    n: int
    luar: int
    desil_naik: int
    desil_turun: int
    desil_ada: int
    persentil_naik: int
    persentil_turun: int
    persentil_ada: int
    tambah: int
    orang_tambah: int
    kurang: int
    orang_kurang: int
    ikut: int
    lepas: int


PLAIN = Hitungan._fields[Hitungan._fields.index("desil_naik") : Hitungan._fields.index("ikut")]


def added_up(lines: Iterable[Hitungan], place: Callable[[str], str | None]) -> dict[str, Counter[str]]:
    """Counts by `place`, which names the wilayah a village counts for, or None to leave it out.

    In each: dulu + masuk + datang - keluar - luar - pergi = kini.
    """
    sums: dict[str, Counter[str]] = defaultdict(Counter)

    def of(desa: str | None) -> str | None:
        return place(desa or "")

    for line in lines:
        before, now = of(line.desa_a) if line.di_a else None, of(line.desa_b) if line.di_b else None
        if line.program:
            if now is not None:
                sums[now].update({IKUT + line.program: line.ikut, LEPAS + line.program: line.lepas})
            continue
        if before is not None:
            sums[before]["dulu"] += line.n
        if now is not None:
            sums[now]["kini"] += line.n
            sums[now].update({name: getattr(line, name) for name in PLAIN})
        if not line.di_a:
            _count(sums, now, masuk=line.n)
        elif not line.di_b:
            _count(sums, before, keluar=line.n - line.luar, luar=line.luar)
        else:
            _moved(sums, before, now, line)
    return sums


def _count(sums: dict[str, Counter[str]], place: str | None, **numbers: int) -> None:
    if place is not None:
        sums[place].update(numbers)


def _moved(sums: dict[str, Counter[str]], before: str | None, now: str | None, line: Hitungan) -> None:
    _count(sums, now, tetap=line.n)
    if line.desa_a != line.desa_b:
        for one in {before, now} - {None}:
            _count(sums, one, pindah=line.n)
    if before != now:
        _count(sums, before, pergi=line.n)
        _count(sums, now, datang=line.n)


@dataclass(frozen=True)
class Banding:
    """Two sumber as one user may see them. dari is the earlier one.

    bernama: codes inside which a keluarga must lie now to be listed, () for the user's whole territory; an
    export holds no row outside what was approved.
    """

    user: Any = field(repr=False)
    dari: Sumber
    ke: Sumber
    bernama: tuple[str, ...] = ()

    @property
    def query(self) -> dict[str, int]:
        """What stands in an address."""
        return {"dari": self.dari.pk, "ke": self.ke.pk}

    # --- counts ---

    @cached_property
    def lines(self) -> list[Hitungan]:
        """All counts of the user's territory, village by village."""
        return remembered(f"banding {self.dari.pk} {self.ke.pk}", self.user, self._count, of_registers=True)

    def _count(self) -> list[Hitungan]:
        with self._asked("hitung", ()) as cursor:
            return [Hitungan(*row) for row in cursor.fetchall()]

    def of(self, codes: tuple[str, ...]) -> Counter[str]:
        """The numbers of a wilayah, or of several together; of the whole territory without any."""
        inside = added_up(self.lines, lambda desa: "" if not codes or desa.startswith(codes) else None)
        return inside.get("", Counter())

    def per(self, width: int, codes: tuple[str, ...] = ()) -> dict[str, Counter[str]]:
        """The numbers of each wilayah whose code has `width` digits, inside `codes`."""
        return added_up(
            self.lines, lambda desa: desa[:width] if desa and (not codes or desa.startswith(codes)) else None
        )

    def scales(self) -> list[str]:
        """The scales in which both periods rank somebody here."""
        total = self.of(())
        return [scale for scale in SCALES if total[f"{scale}_ada"]]

    def missing(self) -> tuple[list[str], list[str]]:
        """Villages that are in one of the two alone: those without the first period, those without the second."""
        villages = self.per(10)
        return (
            sorted(kode for kode, n in villages.items() if not n["dulu"]),
            sorted(kode for kode, n in villages.items() if not n["kini"]),
        )

    @cached_property
    def silent(self) -> list[tuple[int, str]]:
        """(job, programme) of files without that programme's column: they say nothing about it."""
        return [(impor.job_id, program) for impor, program in self._silent if impor.job_id]

    @cached_property
    def silent_words(self) -> dict[str, str]:
        """Programme: the periods of which some file has no column for it, "DTKS April 2026"."""
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for impor, program in self._silent:
            found[program][impor.sumber.judul] = None
        return {program: " dan ".join(periods) for program, periods in found.items()}

    @cached_property
    def _silent(self) -> list[tuple[Impor, str]]:
        applied = Impor.objects.filter(sumber__in=[self.dari, self.ke], keadaan=Impor.Keadaan.DITERAPKAN)
        found = []
        for impor in applied.select_related("sumber").order_by("sumber__periode", "pk"):
            kolom = impor.layout.get("kolom", {})
            found += [(impor, program) for program in PROGRAM if kolom and program not in kolom]
        return found

    # --- lists ---

    def keluarga(self) -> QuerySet[Keluarga]:
        """The keluarga that may be named."""
        return Keluarga.objects.visible_to(self.user).filter(Filter(wilayah=self.bernama).inside())

    def ids(self, perubahan: str, codes: tuple[str, ...], urut: str = "wilayah") -> list[int]:
        """Keluarga behind a number, in order: those that lie in the user's territory now.

        All of them, since a page of them takes as long to find; read them, do not change them.
        """

        def ask() -> list[int]:
            _, join, order = URUT[urut.lstrip("-")]
            parts = {"urut": order.format(arah="DESC" if urut.startswith("-") else "ASC")}
            with self._asked("daftar", codes, perubahan, parts, join) as cursor:
                return [pk for (pk,) in cursor.fetchall()]

        return self._remembered(f"{perubahan} {urut}", codes, ask)

    def count(self, perubahan: str, codes: tuple[str, ...]) -> int:
        """How many they are."""

        def ask() -> int:
            with self._asked("banyak", codes, perubahan) as cursor:
                return cursor.fetchone()[0]

        return self._remembered(perubahan, codes, ask)

    def _remembered(self, what: str, codes: tuple[str, ...], ask: Callable[[], T]) -> T:
        where = f"{' '.join(codes)} / {' '.join(self.bernama)}"
        name = f"banding {self.dari.pk} {self.ke.pk} {what} {where}"
        return remembered(name, self.user, ask, of_registers=True)

    def count_anggota(self, perubahan: str, codes: tuple[str, ...]) -> int:
        """How many people are in them today."""
        with self._asked("orang", codes, perubahan) as cursor:
            return cursor.fetchone()[0]

    # --- SQL ---

    def _asked(self, name: str, codes: tuple[str, ...], perubahan: str = "", parts=None, join: str = ""):
        """Carry out a file of sql/banding/: a context with the cursor."""
        sources = _Sources()
        both = [self.dari.pk, self.ke.pk]
        tercatat = Tercatat.objects.visible_to(self.user).filter(sumber__in=both)
        if codes:  # only keluarga that were in there once: the others change nothing here
            inside = tercatat.filter(Filter(wilayah=codes).inside())
            tercatat = tercatat.filter(keluarga__in=inside.values("keluarga_id"))
        kepala = Anggota.objects.visible_to(self.user).aktif().filter(kepala=True)
        filled = {
            "tercatat": sources.sql(tercatat, "keluarga_id", "sumber_id", "job_id", "wilayah_id", "anggota"),
            "peringkat": sources.sql(
                Peringkat.objects.visible_to(self.user).filter(sumber__in=both),
                *("keluarga_id", "sumber_id", "desil", "persentil"),
            ),
            "kepesertaan": sources.sql(
                Kepesertaan.objects.visible_to(self.user).filter(sumber__in=both),
                *("keluarga_id", "sumber_id", "program_id"),
            ),
            "keluarga": sources.sql(self.keluarga(), "id"),
            "anggota": sources.sql(Anggota.objects.visible_to(self.user).aktif(), "keluarga_id"),
            "sambung": join.format(kepala=sources.sql(kepala, "id", "keluarga_id", "nama_normal"))
            if join
            else "",
            **(parts or {}),
        }
        if perubahan:
            filled["syarat"] = self._condition(perubahan, codes, sources)
        filled["pasangan"] = _read("pasangan").format(**filled)
        parameters = sources.parameters | {
            "dari": self.dari.pk,
            "ke": self.ke.pk,
            "tanpa_job": [job for job, _ in self.silent],
            "tanpa_program": [program for _, program in self.silent],
        }
        return _executed(_read(name).format(**filled), parameters)

    def _condition(self, perubahan: str, codes: tuple[str, ...], sources: _Sources) -> str:
        a, b = (sources.inside(f"p.desa_{side}", codes) for side in "ab")
        for prefix, ikut in ((IKUT, "ikut"), (LEPAS, "NOT ikut")):
            if perubahan.startswith(prefix):
                program = sources.add(perubahan.removeprefix(prefix))
                return TAKING.format(which=f"program_id = {program} AND {ikut}").format(b=b)
        return SYARAT[perubahan].format(a=a, b=b)


class _Sources:
    """SQL parts with named parameters, gathered for one statement."""

    def __init__(self) -> None:
        self.parameters: dict[str, Any] = {}

    def add(self, value: Any) -> str:
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"%({name})s"

    def sql(self, rows: QuerySet, *columns: str) -> str:
        """A queryset as text, its values as parameters."""
        text, values = rows.order_by().values(*columns).query.sql_with_params()
        return text % tuple(self.add(value) for value in values)

    def inside(self, column: str, codes: tuple[str, ...]) -> str:
        """The condition "lies in one of the wilayah", as access.scope.below words it."""
        if not codes:
            return "true"
        parts = []
        for kode in codes:
            if len(kode) == Wilayah.VILLAGE_DIGITS:
                parts.append(f"{column} = {self.add(kode)}")
            else:
                parts.append(f"({column} >= {self.add(kode)} AND {column} < {self.add(kode + ':')})")
        return f"coalesce({' OR '.join(parts)}, false)"


def _read(name: str) -> str:
    lines = (SQL / f"{name}.sql").read_text().splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))


@contextmanager
def _executed(statement: str, parameters: Mapping[str, Any]):
    """The cursor of one statement, with memory for it, until the block ends."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        cursor.execute(statement, parameters)
        yield cursor
