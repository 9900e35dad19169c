"""Answers about a whole territory that took long, kept until the next job ends or a minute has passed.

A village's numbers are always asked anew; only those of a kabupaten or a province are worth keeping.
Counts and ids of lists come here, never a person. What is told by the registers alone and takes seconds may be kept
longer, until an import, an undo or a change by hand: `of_registers`. Within one request no question is asked twice,
however quick the answer: a page with four measures asks for the newest ranks once.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from hashlib import md5
from time import monotonic
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db.models import Max
from django.dispatch import receiver

from access.rules import may_see_khusus
from access.scope import territory_of
from jobs.models import Job
from kpm.models import Langkah, Suntingan

SLOW = 0.04  # seconds
REGISTERS_SECONDS = 12 * 3600
LATEST = 100  # changes by hand: one that is committed late stands behind some that were numbered after it
T = TypeVar("T")
# What this request has asked so far; None outside a request, where nobody says when it is over.
_asked: ContextVar[dict[str, Any] | None] = ContextVar("asked", default=None)


@receiver(request_started, dispatch_uid="kpm.remembered")
def _begin(**kwargs) -> None:
    _asked.set({})


@receiver(request_finished, dispatch_uid="kpm.remembered")
def _end(**kwargs) -> None:
    _asked.set(None)


def remembered(name: str, user, ask: Callable[[], T], *, of_registers: bool = False) -> T:
    """What `ask()` says about the user's territory. `name` tells one question from another.

    The answer is shared by all who ask with the same territory and the same right: read it, do not change it.
    of_registers: it follows from the registers and nothing else, so that it holds as long as nobody writes them.
    """
    territory = territory_of(user)
    where = "semua" if territory.semua else "-".join(territory.kode)
    # two who share a territory need not share the right to specific data
    where = f"{where} khusus {'-'.join(may_see_khusus.kode(user))}"
    return _once(f"{name} {where}", lambda: _kept(name, where, ask, of_registers))


def _once(question: str, ask: Callable[[], T]) -> T:
    """The answer this request had before, or a new one."""
    asked = _asked.get()
    if asked is None:
        return ask()
    if question not in asked:
        asked[question] = ask()
    return asked[question]


def _kept(name: str, where: str, ask: Callable[[], T], of_registers: bool) -> T:
    """The answer of the last minute, or a new one. The key holds the end of the latest job: an import shows at once."""
    last = _once("registers", _written) if of_registers else _once("last", _ended)
    key = f"kpm.{md5(f'{name} {where} {last}'.encode(), usedforsecurity=False).hexdigest()}"
    known = cache.get(key)
    if known is not None:
        return known
    start = monotonic()
    found = ask()
    if monotonic() - start > SLOW:
        longer = of_registers and settings.REMEMBER_SECONDS
        cache.set(key, found, REGISTERS_SECONDS if longer else settings.REMEMBER_SECONDS)
    return found


def _ended() -> Any:
    return Job.objects.aggregate(last=Max("berakhir"))["last"]


def _written() -> Any:
    """What is another after every write to the registers in the user's sight: each is an import or undo, which wait
    for one another, or leaves a line of Suntingan."""
    steps = Langkah.objects.exclude(jenis=Langkah.Jenis.TINJAU)
    edits = Suntingan.objects.order_by("-pk").values_list("pk", flat=True)[:LATEST]
    return steps.aggregate(last=Max("job__berakhir"))["last"], list(edits)
