"""Sealing the trail, and finding what was done to it behind the application's back.

The app role cannot change a line. Whoever holds the database itself can; he cannot make the keyed hashes
again, since their key stands in the environment, and each seal holds the one before. Lines of the last
minutes are left for the next seal: a long transaction commits later than its lines say.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from access.models import Jejak, JejakIsi, JejakSegel
from access.scope import reading_jejak

BELUM = (Path(__file__).parent / "sql" / "belum_segel.sql").read_text()
LOCK = 727_012  # one seal after another; any number, the same in every process
RIPE = timedelta(minutes=10)
LATE = timedelta(days=2)  # no transaction is open longer
WORK_MEM = "256MB"
LINES = 5000  # in one seal
FOREVER = datetime(2000, 1, 1, tzinfo=UTC)
FIELDS = [
    "waktu",
    "pengguna_id",
    "sebagai",
    "aksi",
    "objek",
    "objek_id",
    "wilayah_id",
    "alasan",
    "alamat",
    "rincian",
]


def seal() -> int:
    """Seal every ripe line that has no seal; returns how many."""
    sealed = 0
    with reading_jejak():
        while count := _seal_some():
            sealed += count
    return sealed


@transaction.atomic
def _seal_some() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    last = JejakSegel.objects.order_by("-pk").first()
    now = timezone.now()
    lines = _unsealed(last.sampai - LATE if last else FOREVER, now - RIPE, LINES)
    ids = [pk for pk, _ in lines]
    if ids:
        fingers = fingerprints(ids)
        sidik = [fingers[pk] for pk in ids]
        before = last.hash if last else ""
        # A late line may lie before the end of the last seal; where the next search begins never goes back.
        sampai = max(lines[-1][1], last.sampai) if last else lines[-1][1]
        JejakSegel.objects.create(
            ids=ids,
            sidik=sidik,
            sebelum=before,
            hash=_chain(before, ids, sidik),
            sampai=sampai,
            dibuat=now,
        )
    return len(ids)


def _unsealed(dari: datetime, sampai: datetime, banyak: int | None) -> list[tuple[UUID, datetime]]:
    with transaction.atomic(), connection.cursor() as cursor:
        # So that the sealed ids are looked up in a hash, however many there are.
        cursor.execute("SELECT set_config('work_mem', %s, true)", [WORK_MEM])
        cursor.execute(BELUM, {"dari": dari, "sampai": sampai, "banyak": banyak})
        return cursor.fetchall()


def fingerprints(ids: list[UUID]) -> dict[UUID, str]:
    """The keyed hash of each of these lines that is there, with the rows it showed."""
    isi: dict[UUID, list] = {}
    rows = JejakIsi.objects.filter(jejak__in=ids).values_list("jejak_id", "objek", "ids")
    for pk, objek, numbers in rows:
        isi.setdefault(pk, []).append([objek, numbers])
    lines = Jejak.objects.filter(pk__in=ids).values_list("pk", *FIELDS)
    return {pk: _finger(pk, values, isi.get(pk, [])) for pk, *values in lines}


def _finger(pk: UUID, values: list, isi: list) -> str:
    waktu, *others = values
    text = json.dumps(
        [str(pk), waktu.astimezone(UTC).isoformat(), *others, sorted(isi)], sort_keys=True, ensure_ascii=True
    )
    return _keyed(text)[:32]


def _chain(before: str, ids: list[UUID], sidik: list[str]) -> str:
    return _keyed(" ".join([before, *map(str, ids), *sidik]))


def _keyed(text: str) -> str:
    return hmac.new(settings.SEGEL_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def faults() -> Iterator[str]:
    """Every line and seal that is not as it was sealed, in sentences."""
    before, last = "", None
    for segel in JejakSegel.objects.order_by("pk").iterator(chunk_size=20):
        if segel.sebelum != before or segel.hash != _chain(segel.sebelum, segel.ids, segel.sidik):
            yield f"Segel {segel.pk} diubah, atau segel sebelumnya hilang."
        before, last = segel.hash, segel
        found = fingerprints(segel.ids)
        for pk, sidik in zip(segel.ids, segel.sidik, strict=False):
            if pk not in found:
                yield f"Baris {pk} hilang. Disegel {segel.dibuat:%Y-%m-%d %H:%M}."
            elif found[pk] != sidik:
                yield f"Baris {pk} diubah sesudah disegel {segel.dibuat:%Y-%m-%d %H:%M}."
    if last is not None:
        for pk, _ in _unsealed(FOREVER, last.sampai - LATE, None):
            yield f"Baris {pk} tidak bersegel, padahal sudah lama: disisipkan belakangan."
