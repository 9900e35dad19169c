"""Taking imports back in the test world, and the digest by which before and after are compared."""

from __future__ import annotations

from contextlib import contextmanager

import pghistory
from django.db import connection

from access.history import acting
from access.scope import use_territory
from jobs.actions import claim_here
from jobs.models import Job
from kpm import undo, urung
from kpm.models import Impor
from tests.conftest import everything


def take_back(impor: Impor, by, arah: str = "") -> Job:
    """Undo an import, or undo its undo, as its owner would; in the caller's transaction."""
    impor.refresh_from_db()
    arah = arah or (urung.URUNG if impor.keadaan == Impor.Keadaan.DITERAPKAN else urung.TERAP)
    with use_territory(by), pghistory.context(user=by.pk):
        job = urung.request_undo(impor_id=impor.pk, arah=arah, by=by)
        claim_here(job)
        urung.undo_import(job)
    job.refresh_from_db()
    impor.refresh_from_db()
    return job


def registers() -> dict[str, str]:
    """A digest of every register: all rows, every column, without history."""
    digests = {}
    with everything(), connection.cursor() as cursor:
        for register in undo.registers():
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY id), '')) FROM {register.table} AS t"
            )
            (digests[register.name],) = cursor.fetchone()
    return digests


@contextmanager
def by_hand(user):
    """What an officer does: signed by him, no job."""
    with everything(), acting(user=user.pk):
        yield
