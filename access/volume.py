"""How much a user opens in a day, and the warning when it is unusually much.

Reading goes on after a warning: before a distribution a worker may well open many families, and a page
that refuses would send her to a copy on paper, which leaves no trail. Somebody asks afterwards. NIK and
No. KK alone have a last limit a day (settings.BATAS_BUKA), beyond which access.reveal refuses.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from access.models import Peringatan, Volume

VOLUME = (Path(__file__).parent / "sql" / "volume.sql").read_text()


def count_volume(*, user, jenis: str, banyak: int) -> int:
    """Add to today's count (in Jakarta) and return it; the request that passes the threshold warns.

    In the caller's transaction: what is not shown is not counted.
    """
    today = timezone.localdate()
    values = {"pengguna": user.pk, "tanggal": today, "jenis": jenis, "banyak": banyak}
    with connection.cursor() as cursor:
        cursor.execute(VOLUME, values)
        (total,) = cursor.fetchone()
    ambang = settings.AMBANG_VOLUME[jenis]
    if total - banyak <= ambang < total:
        # ignore_conflicts: a count that was set back by hand must not stop a page.
        Peringatan.objects.bulk_create(
            [Peringatan(pengguna=user, tanggal=today, jenis=jenis, ambang=ambang)], ignore_conflicts=True
        )
    return total


def volume_today(user, jenis: str) -> int:
    """What the user has opened today."""
    found = Volume.objects.filter(pengguna=user, tanggal=timezone.localdate(), jenis=jenis)
    return found.values_list("banyak", flat=True).first() or 0
