"""People who stand in the registers twice: found by the set and kept as rows, for the page "Data ganda".

Every minute a task looks whether an import was applied or taken back (then everything is looked through) or somebody
was changed by hand (then what these people share with others). The SQL steps in sql/ganda/ look at the whole province:
a pair may lie on two sides of a border. That two rows are one human across registers is padan's business.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from access.scope import as_system
from jobs.models import Job
from kpm.models import NIK_BANYAK, SENAMA, Anggota, Ganda, HitungGanda, Langkah, Suntingan

SQL = Path(__file__).parent / "sql" / "ganda"
STEPS = ["01_calon", "02_hitung", "03_hapus", "04_ubah", "05_baru"]
SETTINGS = "SET LOCAL work_mem = '96MB'; SET LOCAL jit = off"
LOCK = 727_016  # one count at a time
REASON = "data ganda: mencari orang yang tercatat dua kali"
MANY = 2_000  # people changed by hand since the last count: looking at everybody is faster


def refresh_if_changed() -> bool:
    """Count anew when the registers have changed since the last time. Safe to run twice, and beside itself."""
    with transaction.atomic():
        _lock()
        done, _ = HitungGanda.objects.get_or_create(pk=1)
        impor, suntingan = _imports(), last_edit()
        if done.impor == impor and done.sejak == done.suntingan == suntingan:
            return False
        with as_system(REASON):
            # each edit in two counts: of those numbered up to now some are not committed yet
            changed = None if done.impor != impor else _people_of_edits(done.sejak)
            _count(None if changed is None or len(changed) > MANY else changed)
        done.impor, done.sejak, done.suntingan, done.pada = impor, done.suntingan, suntingan, timezone.now()
        done.save()
    return True


def refresh_all() -> None:
    """Look through the whole register, whatever has changed."""
    with transaction.atomic():
        _lock()
        with as_system(REASON):
            _count(None)
        last = last_edit()
        marks = {"impor": _imports(), "suntingan": last, "sejak": last, "pada": timezone.now()}
        HitungGanda.objects.update_or_create(pk=1, defaults=marks)


def refresh_of(anggota_ids: Iterable[int]) -> None:
    """Look at what these people share with others, in the caller's transaction."""
    with transaction.atomic(), as_system(REASON):
        _lock()
        _count(set(anggota_ids))


def refresh_group(kelompok: int) -> None:
    """Look at the people of one group, in sight or not, as they are now."""
    with transaction.atomic(), as_system(REASON):
        _lock()
        _count(set(Ganda.objects.filter(kelompok=kelompok).values_list("anggota_id", flat=True)))


def lock_or_not() -> bool:
    """Keep counts away until the caller's transaction ends; False while one is under way.

    Taken before any row: a count that waits for a row of somebody who waits for the count would never end.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return cursor.fetchone()[0]


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _imports() -> int:
    """How many times an import was applied or taken back."""
    steps = Langkah.objects.filter(jenis__in=[Langkah.Jenis.TERAP, Langkah.Jenis.URUNG])
    return steps.filter(job__keadaan=Job.Keadaan.SELESAI).count()


def last_edit() -> int:
    """The number of the last change by hand, in sight or not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM kpm_suntingan_id_seq")
        return cursor.fetchone()[0]


def _people_of_edits(after: int) -> set[int]:
    """Everybody whom changes by hand have named since, and the people of their keluarga."""
    people: set[int] = set()
    families: set[int] = set()
    edits = Suntingan.objects.filter(pk__gt=after)
    for keluarga, lain, ids in edits.values_list("keluarga_id", "keluarga_lain_id", "anggota_ids"):
        people |= set(ids)
        families |= {pk for pk in (keluarga, lain) if pk}
    return people | set(Anggota.objects.filter(keluarga__in=families).values_list("pk", flat=True))


def _count(people: set[int] | None) -> None:
    """The steps, for these people and those who share something with them; None is everybody."""
    parameters: dict[str, Any] = {
        "semua": people is None,
        "nik_banyak": NIK_BANYAK,
        "senama": SENAMA,
        "nik": [],
        "nama": [],
        "kelompok": [],
    }
    if people is not None:
        groups = set(Ganda.objects.filter(anggota__in=people).values_list("kelompok", flat=True))
        others = Ganda.objects.filter(kelompok__in=groups).values_list("anggota_id", flat=True)
        known = Anggota.objects.filter(pk__in=people | set(others))
        numbers = list(known.values_list("nik", "nama_normal"))
        parameters |= {
            "nik": sorted({nik for nik, _ in numbers if nik}),
            "nama": sorted({nama for _, nama in numbers}),
            "kelompok": sorted(groups),
        }
    with connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        cursor.execute("DROP TABLE IF EXISTS pg_temp.ganda_calon, pg_temp.ganda_hitung")
        for name in STEPS:
            cursor.execute((SQL / f"{name}.sql").read_text(), parameters)
            if name in {"01_calon", "02_hitung"}:
                cursor.execute(f"ANALYZE ganda_{name[3:]}")
