"""The counts of rekap after changes by hand. An import and its undo count anew themselves.

Every change by hand, its undo, and a decision that two people are one, leaves a Suntingan with a number. A task looks
every few minutes whether that number has grown since the last count.
"""

from __future__ import annotations

from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from access.scope import as_system
from kpm.actions import APPLY_LOCK
from kpm.ganda import last_edit
from kpm.models import HitungRekap
from kpm.rekap import rewrite_rekap

SQL = Path(__file__).parent / "sql"
LOCK = 727_017  # one count at a time
REASON = "rekap: menghitung ulang sesudah perubahan dengan tangan"


def refresh_if_edited() -> bool:
    """Count anew when somebody changed the registers by hand since. Safe to run twice, and beside itself."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        done, _ = HitungRekap.objects.get_or_create(pk=1)
        last = last_edit()
        if done.suntingan == last:
            return False
        settled = not _edits_at_work()  # asked after the number, so that every edit up to it has ended
        with connection.cursor() as cursor:
            # beside edits, never beside an import: it writes the same cells, and counts these edits as well
            cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [APPLY_LOCK])
            (free,) = cursor.fetchone()
        if not free:
            return False
        with as_system(REASON):
            rewrite_rekap()
        if settled:  # else one of them may be missing: the next time counts once more
            done.suntingan, done.pada = last, timezone.now()
            done.save()
    return True


def _edits_at_work() -> bool:
    """Whether a change by hand has begun that is not committed yet (suntingan.editing holds the lock till then)."""
    with connection.cursor() as cursor:
        cursor.execute((SQL / "rekap_suntingan.sql").read_text(), {"kunci": APPLY_LOCK})
        return cursor.fetchone()[0]
