"""The preview of an import: everything is looked at, nothing is written to a register (decision 0019).

It takes the steps of run.py as applying does, and leaves two tables beside the staged rows, with a line for every
keluarga and every person: what would become of him, field by field. Numbers and a digest go to Impor.tinjauan.
Applying takes the same steps again; when its digest is another one, nothing is written and the preview is made anew.
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from psycopg2 import sql

from access.scope import Territory
from jobs import staging
from jobs.actions import finish, lock_for_apply, progress
from jobs.failpoints import failpoint
from jobs.models import Job
from kpm import preflight
from kpm.langkah import OPEN, locked
from kpm.models import Impor
from kpm.run import (
    SHOWN_TABLES,
    TINJAU_TABLES,
    Kept,
    Run,
    beside,
    compare_answers,
    digest,
    drop_tables,
    judge,
    keep_tables,
    match,
    note_rejected,
    note_workbook,
    own_prefix,
    read_file,
    refuse_loss,
    report,
    write_workbook,
)
from kpm.uploads import folder

logger = logging.getLogger(__name__)

COLUMNS = {
    "tinjau_keluarga": "kunci bigint, baris bigint, wilayah_id text, golongan text, keluarga_id bigint,"
    " catatan bigint, ubah jsonb, ditahan text[], samping jsonb",
    "tinjau_anggota": "baris bigint, kunci bigint, wilayah_id text, golongan text, anggota_id bigint,"
    " keluarga_id bigint, tolak bigint, catatan bigint, ubah jsonb, ditahan text[], samping jsonb",
}
STEPS = ["51_tinjau_keluarga", "52_tinjau_anggota"]
GOLONGAN = ("baru", "berubah", "tetap", "hilang", "ditolak")


def review_import(job: Job) -> None:
    """Look through one import and note what it would do. Safe to run again, at any time."""
    impor = Impor.objects.select_related("sumber", "pemilik").get(langkah_list__job=job)
    # other rules, the same rows: what their beginning says stands already
    if not (impor.awal and Kept.of(impor).staged) and preflight.look_first(job, impor):
        return
    run = read_file(job, impor)
    run.parameters["cari_orang"] = True
    failpoint("kpm.tinjau.staged")
    places = judge(run)
    failpoint("kpm.tinjau.checked")
    _make_tables(run)
    rejects = folder() / f"tolak-{secrets.token_hex(16)}.xlsx"
    try:
        with _one_view(), connection.cursor() as cursor:
            match(run, cursor)
            tinjauan = _compare(run, cursor, places)
            with run.phase("tolak"):
                rejected = write_workbook(run, rejects)
            note_rejected(run, cursor)
        refuse_loss(run, tinjauan, rejected)
        failpoint("kpm.tinjau.compared")
        with transaction.atomic():
            lock_for_apply(job)
            taken = _note(run, tinjauan, rejects.name if rejected else "")
            failpoint("kpm.tinjau.before_commit")
            finish(job)
    except BaseException:
        rejects.unlink(missing_ok=True)
        raise
    if not taken:
        rejects.unlink(missing_ok=True)
    logger.info("tinjau %s: %s", impor.pk, run.seconds)
    transaction.on_commit(partial(_tidy, run, taken=taken), robust=True)


@contextmanager
def _one_view() -> Iterator[None]:
    """The registers as they are at one moment; inside a caller's transaction the view is the caller's."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _make_tables(run: Run) -> None:
    """Let the loader make the tables of this preview: the app role fills them and cannot make any."""
    owner = sql.Literal(str(run.job.pemilik_id))
    with staging.loader() as line, line.cursor() as cursor:
        cursor.execute("SET client_min_messages = warning")
        for part in TINJAU_TABLES:
            names = {"table": run.tables[part], "owner": owner}
            for statement in (
                "DROP TABLE IF EXISTS {table}",
                f"CREATE UNLOGGED TABLE {{table}} ({COLUMNS[part]})",
                "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
                "CREATE POLICY lihat ON {table} FOR SELECT USING ((select current_setting('sentral.semua', true) = '1')"
                " OR (select current_setting('sentral.pengguna', true) = {owner}))",
                "CREATE POLICY isi ON {table} FOR INSERT"
                " WITH CHECK ((select current_setting('sentral.pengguna', true) = {owner}))",
                "GRANT SELECT, INSERT ON {table} TO sentral_app",
            ):
                cursor.execute(sql.SQL(statement).format(**names))


def _compare(run: Run, cursor, places: list[dict[str, Any]]) -> dict[str, Any]:
    """Fill the preview's tables and add up what is in them."""
    progress(run.job, fase="banding", total=run.staged.rows)
    with run.phase("banding"):
        compare_answers(run, cursor)
        for name in STEPS:
            progress(run.job)
            run.execute(cursor, name)
        golongan, per_desa, sums = _sums(run, cursor)
        run.execute(cursor, "54_tinjau_aktif")
        aktif_keluarga, aktif_anggota, keluar_keluarga, keluar_anggota, sendiri = cursor.fetchone()
        run.execute(cursor, "54a_tinjau_samping")
        *samping, hanya_keluarga, hanya_anggota, lain_keluarga, lain_anggota, lepas = cursor.fetchone()
        sidik = digest(run, cursor)
    reported = report(run, cursor, places) | beside(*samping) | sums
    return reported | {
        "pada": timezone.now().isoformat(),
        "sidik": sidik,
        "golongan": golongan,
        "golongan_desa": per_desa,
        "hanya": {"keluarga": hanya_keluarga, "anggota": hanya_anggota},
        "lain": {"keluarga": lain_keluarga, "anggota": lain_anggota},
        "lepas": lepas,
        "aktif": {"keluarga": aktif_keluarga, "anggota": aktif_anggota},
        "keluar": {"keluarga": keluar_keluarga, "anggota": keluar_anggota},
        "keluar_sendiri": sendiri,  # of these persons, out of a keluarga that stays
    }


def _sums(run: Run, cursor) -> tuple[dict, list, dict[str, dict[str, dict[str, int]]]]:
    """Per kind of row: how many of each golongan, the same per village, and sums per field: how many change (ubah),
    are held back (ditahan), or are programmes and ranks (samping).

    A village is [kode, keluarga by golongan, anggota by golongan], in the order of GOLONGAN.
    """
    run.execute(cursor, "53_tinjau_angka")
    golongan: dict[str, dict[str, int]] = {
        what: dict.fromkeys(GOLONGAN, 0) for what in ("keluarga", "anggota")
    }
    sums: dict[str, dict[str, dict[str, int]]] = {
        kind: {"keluarga": {}, "anggota": {}} for kind in ("ubah", "ditahan", "samping")
    }
    places: dict[str, dict[str, list[int]]] = {}
    for what, kode, name, n in cursor.fetchall():
        kind, _, of = what.rpartition(" ")
        if kind:
            sums[kind][of][name] = n
            continue
        golongan[of][name] += n
        place = places.setdefault(kode, {"keluarga": [0] * len(GOLONGAN), "anggota": [0] * len(GOLONGAN)})
        place[of][GOLONGAN.index(name)] += n
    per_desa = [[kode, place["keluarga"], place["anggota"]] for kode, place in sorted(places.items())]
    return golongan, per_desa, sums


def _note(run: Run, tinjauan: dict[str, Any], workbook: str) -> bool:
    """Write down what was found, unless the import was discarded or applied meanwhile. In the caller's transaction."""
    impor = locked(run.impor.pk)
    if impor.keadaan not in OPEN:
        return False
    noted = run.job.laporan
    kept = replace(
        run.kept,
        staged=run.kept.staged or noted["staging"],
        beside=run.kept.beside or noted.get("staging_rumah", {}),
        tinjau=own_prefix(run.job),
        dinilai=staging.rows_in(f"staging.{run.kept.nilai}_periksa"),
    )
    impor.tinjauan = (
        tinjauan
        | {"tabel": asdict(kept), "sejak": run.job.parameter.get("sejak", [])}
        | {"batas": border(run.territory)}
        | _refusals(impor, tinjauan["sidik"])
    )
    impor.keadaan = Impor.Keadaan.DITINJAU
    impor.save(update_fields=["tinjauan", "keadaan"])
    note_workbook(impor, folder() / workbook if workbook else None)
    keep_tables(impor, kept.jobs)
    run.kept, run.impor = kept, impor
    return True


def border(territory: Territory) -> str:
    """A fingerprint of where the importer saw people: in another territory a preview's rows are not his to read."""
    return hashlib.sha256(json.dumps([territory.semua, *territory.desa]).encode()).hexdigest()


def _refusals(impor: Impor, sidik: str) -> dict[str, Any]:
    """What second persons said no to, by digest. Whoever looks again at the same finds the same no."""
    tidak = impor.tinjauan.get("tidak", {})
    if not tidak:
        return {}
    return {"tidak": tidak} | ({"putusan": tidak[sidik]} if sidik in tidak else {})


def _tidy(run: Run, *, taken: bool) -> None:
    """Drop what was made on the way, and the tables of earlier previews that nothing refers to any more."""
    kept = run.kept
    needed = {
        kept.staged.get("table", ""),
        kept.beside.get("table", ""),
        *(f"staging.{kept.nilai}_{part}" for part in SHOWN_TABLES),
        *(f"staging.{kept.tinjau}_{part}" for part in TINJAU_TABLES),
    }
    drop_tables(run.impor, keep=needed if taken else ())


def share(tinjauan: dict[str, Any]) -> float:
    """Which part of what is on the list in the file's villages would change or leave, in per cent: the larger of
    keluarga and persons. Another rank or programme than the same source said before is a change as well, and so is a
    no of a new list where a programme is in force. Changes where nobody is on the list are all of them."""
    parts = []
    for what in ("keluarga", "anggota"):
        changed = tinjauan["golongan"][what]["berubah"] + tinjauan["keluar"][what]
        changed += tinjauan.get("lain", {}).get(what, 0)
        parts.append(changed / (tinjauan["aktif"][what] or changed or 1))
    return round(100 * max(parts), 1)


def needs_second(tinjauan: dict[str, Any]) -> bool:
    """True when so much would change that a second person has to say yes."""
    return share(tinjauan) > settings.IMPOR_SETUJU_PERSEN
