"""The kinds of export. A room names its own in `<room>/ekspor.py` and tukar.py, as it names its jobs in tasks.py.

What a room knows: its columns, how many rows a wish comes to, and the rows. Who may, the second person,
the file, its end and the trail are the same for all and stand in actions.py beside this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.utils.module_loading import autodiscover_modules

from access.rules import Rule, may_export
from jobs.ekspor.files import FILES, Batch, ExportFile, Kolom, Tabel

__all__ = ["Batch", "EksporKind", "Kolom", "Size", "Tabel", "Wish", "all_kinds", "kind_of", "register"]

MASKED = "disamarkan: enam angka pertama, selebihnya bintang"


@dataclass(frozen=True)
class Size:
    """How many rows of the first table, and how many people they tell of."""

    baris: int
    orang: int


@dataclass(frozen=True)
class Wish:
    """Which rows somebody wants. isi: the room's own filter as JSON, words of a search included.

    wilayah: codes that limit it, () for the whole province, rows without a wilayah included.
    """

    isi: Mapping[str, Any]
    wilayah: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class EksporKind:
    """What the pages and the job need to know about a kind of export.

    label: "Keluarga".  keterangan: "satu baris per keluarga".  awalan: the file's name begins so.
    kolom(user), count(user, wish) and batches(user, wish) are asked in the user's territory; a batch is
    some thousand rows at most. NIK and No. KK come masked, numbers and dates as people write them.

    A kind that says more of people than a list on paper does (decision 0026) has an `aturan` of its own,
    `selalu_setuju` (a second person, however few the people) and says in `nomor` what becomes of NIK and
    No. KK. `bernama`: the name of the file says for whom it was made. lain(user, wish): further tables.
    """

    jenis: str
    label: str
    keterangan: str
    awalan: str
    kolom: Callable[[Any], Sequence[Kolom]]
    count: Callable[[Any, Wish], Size]
    batches: Callable[[Any, Wish], Iterable[Batch]]
    aturan: Rule = may_export
    selalu_setuju: bool = False
    nomor: str = MASKED
    bernama: bool = False
    files: Mapping[str, type[ExportFile]] = field(default_factory=lambda: FILES)
    tabel: str = "Data"
    lain: Callable[[Any, Wish], Sequence[Tabel]] = lambda user, wish: ()

    def tables(self, user, wish: Wish) -> list[Tabel]:
        """All its tables, the first one in front."""
        return [Tabel(self.tabel, self.kolom(user)), *self.lain(user, wish)]


_kinds: dict[str, EksporKind] = {}


def register(kind: EksporKind) -> EksporKind:
    """Make a kind known; call it where the module is read."""
    if kind.jenis in _kinds:
        raise RuntimeError(f"two kinds of export are called {kind.jenis}")
    _kinds[kind.jenis] = kind
    return kind


def kind_of(jenis: str) -> EksporKind:
    """The kind of that name; KeyError when no room knows it."""
    _discover()
    return _kinds[jenis]


def all_kinds() -> dict[str, EksporKind]:
    """Every registered kind by its jenis."""
    _discover()
    return dict(_kinds)


@cache
def _discover() -> None:
    autodiscover_modules("ekspor", "tukar")
