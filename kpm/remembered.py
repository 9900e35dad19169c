"""Answers about a whole territory that took long, kept until the next job ends or a minute has passed.

A village's numbers are always asked anew; only those of a kabupaten or a province are worth keeping.
Counts and ids of lists come here, never a person.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import md5
from time import monotonic
from typing import TypeVar

from django.conf import settings
from django.core.cache import cache
from django.db.models import Max

from access.scope import territory_of
from jobs.models import Job

SLOW = 0.04  # seconds
T = TypeVar("T")


def remembered(name: str, user, ask: Callable[[], T]) -> T:
    """What `ask()` says about the user's territory. `name` tells one question from another.

    The key holds the end of the latest job, so an import shows at once.
    """
    territory = territory_of(user)
    where = "semua" if territory.semua else "-".join(territory.kode)
    last = Job.objects.aggregate(last=Max("berakhir"))["last"]
    key = f"kpm.{md5(f'{name} {where} {last}'.encode(), usedforsecurity=False).hexdigest()}"
    known = cache.get(key)
    if known is not None:
        return known
    start = monotonic()
    found = ask()
    if monotonic() - start > SLOW:
        cache.set(key, found, settings.REMEMBER_SECONDS)
    return found
