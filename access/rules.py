"""Who may do what, in one page. Where he may do it is scope.py's question.

A peran gives rights only while its penugasan is in force; the switcher in the bar may narrow a user
with several penugasan to one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.core.exceptions import PermissionDenied

from access.models import Peran
from access.scope import NAMES, READS_JEJAK, penugasan_of

COUNTS_ONLY = {Peran.PIMPINAN, Peran.DUKCAPIL}
IMPORT = {Peran.DINSOS_KAB, Peran.DINSOS_PROV, Peran.ADMIN}


@dataclass(frozen=True)
class Rule:
    """A right: the peran that have it, and the sentence a user without it reads."""

    peran: frozenset
    sentence: str

    def __call__(self, user) -> bool:
        return any(penugasan.peran in self.peran for penugasan in penugasan_of(user))


may_see_names = Rule(
    NAMES,
    "Peran Anda melihat jumlah, bukan nama. Hak melihat nama diberikan oleh admin Dinsos provinsi.",
)
may_import = Rule(
    frozenset(IMPORT),
    "Impor dikerjakan Dinsos kabupaten/kota dan provinsi. Haknya diberikan oleh admin Dinsos provinsi.",
)
may_see_jejak = Rule(
    READS_JEJAK,
    "Jejak dibaca auditor dan admin. Haknya diberikan oleh admin Dinsos provinsi.",
)
may_count = Rule(
    frozenset(NAMES | COUNTS_ONLY),
    "Tidak ada penugasan Anda yang berlaku untuk melihat angka wilayah. Mintalah kepada TKSK atau Dinsos Anda.",
)


def only_counts(user) -> bool:
    """True for a user who reads rekap tables and no person: pimpinan, Dukcapil."""
    return may_count(user) and not may_see_names(user)


def requires(rule: Rule) -> Callable:
    """Decorate a view: without the right the answer is a 403 page saying who can give it."""

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not rule(request.user):
                raise PermissionDenied(rule.sentence)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
