"""The one rule for territory.

Wall 1 is `visible_to(user)` on a queryset: ranges on an indexed village code. Wall 2 is row-level
security (rls.py), which reads the session settings that `use_territory` and the middleware set here.
Unset means nothing is visible.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, TypeVar

from django.db import Error, connection, models
from django.db.models import Q

from access.models import Penugasan, Peran, User
from spatial.models import Wilayah

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# Who sees people, and who reads the trail. Lists of who may: a new peran sees nothing until it is named.
NAMES = frozenset(
    {
        Peran.PSM,
        Peran.OPERATOR_DESA,
        Peran.TKSK,
        Peran.DINSOS_KAB,
        Peran.DINSOS_PROV,
        Peran.ADMIN,
    }
)
READS_JEJAK = frozenset({Peran.AUDITOR, Peran.ADMIN})

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Territory:
    """Where a user may see people.

    semua: the whole province, rows without a wilayah included.
    kode: prefixes of wilayah codes, any level.   desa: every village code below them.
    jejak: may read the trail.
    """

    semua: bool = False
    kode: tuple[str, ...] = ()
    desa: tuple[str, ...] = field(default=(), repr=False)
    pengguna_id: int | None = None
    jejak: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.semua and not self.kode

    def covers(self, kode: str) -> bool:
        """True when the wilayah `kode` lies wholly inside."""
        return self.semua or any(kode.startswith(prefix) for prefix in self.kode)

    def settings(self) -> dict[str, str]:
        return {
            "sentral.semua": "1" if self.semua else "",
            "sentral.desa": ",".join(self.desa),
            "sentral.pengguna": str(self.pengguna_id or ""),
            "sentral.jejak": "1" if self.jejak else "",
            "sentral.pencocok": "",  # nobody's territory; only as_matcher opens it
        }


NOWHERE = Territory()


def below(kode_path: str, kode: str) -> Q:
    """The condition "lies in wilayah `kode`" as a range, which an index answers.

    ":" follows "9" in the codes' collation "C", so every longer code is smaller. A village has nothing
    below it and is asked for by equality: of so narrow a range the planner expects one row, and joins
    300 families to each other 300 times (80 ms for a list of 15).
    """
    if len(kode) == Wilayah.VILLAGE_DIGITS:
        return Q(**{kode_path: kode})
    return Q(**{f"{kode_path}__gte": kode, f"{kode_path}__lt": kode + ":"})


def within(user: User | AnonymousUser, kode_path: str) -> Q:
    """The condition "lies in the user's territory", for `visible_to` and for what it joins.

    A joined register wants the range as well: the policy alone filters it but finds no index.
    """
    territory = territory_of(user)
    if territory.semua:
        return Q()
    if territory.is_empty:
        return Q(pk__in=[])
    return reduce(or_, (below(kode_path, kode) for kode in territory.kode))


def penugasan_of(user: User | AnonymousUser) -> list[Penugasan]:
    """The user's penugasan in force today, narrowed to the one chosen in the bar, if any."""
    if not isinstance(user, User) or not user.is_active:
        return []
    in_force = user.penugasan_in_force
    if in_force is None:
        in_force = list(
            user.penugasan_list.in_force().select_related("wilayah").order_by("wilayah_id", "peran")
        )
        user.penugasan_in_force = in_force
    return [p for p in in_force if p.pk == user.penugasan_dipilih] or in_force


def territory_of(user: User | AnonymousUser) -> Territory:
    """The territory of a user's penugasan in force; roles that never see names have none.

    Remembered on the user object, which lives as long as a request.
    """
    if not isinstance(user, User):
        return NOWHERE
    penugasan_list = penugasan_of(user)
    key = tuple(p.pk for p in penugasan_list)
    if user.territory_known is None or user.territory_known[0] != key:
        user.territory_known = (key, _territory(user, penugasan_list))
    return user.territory_known[1]


def _territory(user: User, penugasan_list: list[Penugasan]) -> Territory:
    named = [p.wilayah for p in penugasan_list if p.peran in NAMES]
    kode = tuple(sorted({w.kode for w in named}))
    semua = any(w.tingkat == Wilayah.Tingkat.PROVINSI for w in named)
    desa = (
        ()
        if semua or not kode
        else tuple(
            Wilayah.objects.villages()
            .filter(reduce(or_, (below("kode", k) for k in kode)))
            .order_by("kode")
            .values_list("kode", flat=True)
        )
    )
    return Territory(
        semua=semua,
        kode=kode,
        desa=desa,
        pengguna_id=user.pk,
        jejak=any(p.peran in READS_JEJAK for p in penugasan_list),
    )


class TerritorialQuerySet(models.QuerySet[M]):
    """A queryset of rows that lie somewhere; `kode_path` names the column with the village code."""

    kode_path = "wilayah_id"

    def visible_to(self, user):
        """Only the rows in the user's territory. Every query of a view, API or tile begins here."""
        return self.filter(within(user, self.kode_path))

    def below(self, kode: str):
        """Only the rows in wilayah `kode`, any level."""
        return self.filter(below(self.kode_path, kode))


def set_territory(territory: Territory) -> None:
    """Tell PostgreSQL's policies where this session may look. Lasts until set again."""
    with connection.cursor() as cursor:
        _write_settings(cursor, territory.settings())


def reset_territory() -> None:
    """Back to "nothing is visible"; a connection that cannot say so is thrown away."""
    if connection.connection is None:
        return
    try:
        set_territory(NOWHERE)
    except Error:
        connection.close()


@contextmanager
def use_territory(user: User) -> Iterator[Territory]:
    """Run a task or command as `user`: the policies show his territory, and only until the end."""
    territory = territory_of(user)
    with _session_settings(territory.settings()):
        yield territory


@contextmanager
def as_system(reason: str) -> Iterator[None]:
    """See and write everything, for a named reason that is kept in Jejak.

    The callers are listed in tests/test_rls.py; a new one has to be added there.
    """
    from access.jejak import record_jejak  # models are ready only when a verb runs

    with _session_settings({"sentral.semua": "1"}):
        record_jejak(user=None, aksi="sistem", alasan=reason)
        yield


@contextmanager
def as_matcher(reason: str) -> Iterator[None]:
    """Read and write the rows of extracts, and nothing more of the registers than before: a reason kept in Jejak.

    Inside use_territory, which closes it. The callers are listed in tests/test_rls.py; a new one has to be added.
    """
    from access.jejak import record_jejak

    with _session_settings({"sentral.pencocok": "1"}):
        record_jejak(user=None, aksi="sistem", alasan=reason)
        yield


@contextmanager
def reading_jejak() -> Iterator[None]:
    """See the trail and nobody's rows: for sealing and checking it, where no person reads, and for what people
    decided about one import, which its page tells to whoever may see that import."""
    with _session_settings({"sentral.jejak": "1"}):
        yield


def _write_settings(cursor, values: dict[str, str]) -> None:
    calls = ", ".join(["set_config(%s, %s, false)"] * len(values))
    cursor.execute(f"SELECT {calls}", [part for pair in values.items() for part in pair])


@contextmanager
def _session_settings(values: dict[str, str]) -> Iterator[None]:
    with connection.cursor() as cursor:
        reads = ", ".join(["coalesce(current_setting(%s, true), '')"] * len(values))
        cursor.execute(f"SELECT {reads}", list(values))
        before = dict(zip(values, cursor.fetchone(), strict=True))
        _write_settings(cursor, values)
    try:
        yield
    finally:
        # In a failed transaction nothing can be set; its rollback brings the old settings back.
        if connection.connection is not None and not connection.needs_rollback:
            try:
                with connection.cursor() as cursor:
                    _write_settings(cursor, before)
            except Error:
                if not connection.in_atomic_block:
                    connection.close()
