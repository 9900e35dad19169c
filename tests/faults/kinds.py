"""Kinds of job for the fault tests, loaded by the workers they start."""

from __future__ import annotations

import os
import signal

from django.conf import settings
from django.db import connection, transaction

from jobs import actions
from jobs.failpoints import failpoint
from jobs.models import Job
from jobs.registry import Step, task_kind

ROWS = 1000


@task_kind("uji_tulis", label="Menulis", steps=[Step("tulis", "Menulis")])
def write_rows(job: Job) -> dict:
    """Write ROWS rows in one transaction. Twice would break their unique key."""
    actions.progress(job, fase="tulis", total=ROWS)
    with transaction.atomic(), connection.cursor() as cursor:
        actions.lock_for_apply(job)
        cursor.execute(
            """
            INSERT INTO kpm_rekap (wilayah_id, ukuran, pembilang, dihitung)
            SELECT '19', 'uji_' || %s || '_' || n, n, now() FROM generate_series(1, %s) AS n
            """,
            [job.pk, ROWS],
        )
        actions.progress(job, done=ROWS)
        failpoint("uji.before_commit")
        actions.finish(job, {"jumlah": ROWS})
    return {}


@task_kind("uji_racun", label="Racun")
def kill_myself(job: Job) -> dict:
    """What a file does that needs more memory than there is. Leaves a mark for each start."""
    with (settings.DATA_DIR / f"racun-{job.pk}").open("a") as file:
        file.write("mulai\n")
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


@task_kind("uji_bocor", label="Bocor")
def break_over_a_row(job: Job) -> dict:
    """What PostgreSQL says of a refused row: it quotes the row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kpm_keluarga (no_kk, tanpa_kk, sumber_id, wilayah_id, alamat, dusun, rt, rw, titik_asal,"
            " status, keluar_alasan, dibuat, diubah, asal)"
            " SELECT no_kk, false, sumber_id, wilayah_id, alamat, '', '', '', '', 'aktif', '', now(), now(), '{}'"
            " FROM kpm_keluarga WHERE no_kk IS NOT NULL"
        )
    return {}
