"""Whose data were shown between two moments, for the notice within 3 x 24 hours (UU 27/2022, Pasal 46)."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from access.jejak import record_jejak
from access.models import User
from access.scope import as_system

INSIDEN = (Path(__file__).resolve().parents[2] / "sql" / "insiden.sql").read_text()
COLUMNS = ["objek", "keluarga_id", "anggota_id", "wilayah", "lihat", "daftar", "buka", "ekspor"]
TIMES = ["pertama", "terakhir"]
NAMES = ["nama", "alamat"]
FETCH = 5000
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


class Command(BaseCommand):
    help = (
        "Menulis siapa saja yang datanya ditampilkan dalam satu masa (CSV): satu baris tiap keluarga dan tiap "
        "anggota, dengan berapa kali lewat halaman (lihat), daftar, NIK dibuka (buka) dan ekspor."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--dari", required=True, help="awal masa, misalnya 2026-11-01T00:00 (waktu Jakarta)"
        )
        parser.add_argument("--sampai", required=True, help="akhir masa, tidak ikut dihitung")
        parser.add_argument("--pengguna", help="nama pengguna; tanpa ini semua pengguna")
        parser.add_argument("--dengan-nama", action="store_true", help="dengan nama dan alamat, untuk surat")
        parser.add_argument("--ke", type=Path, help="berkas baru yang ditulis; tanpa ini ke layar")

    def handle(self, *args, dari, sampai, pengguna, dengan_nama, ke, **options):
        start, end = _moment(dari), _moment(sampai)
        if end <= start:
            raise CommandError("--sampai mendahului --dari.")
        user = User.objects.filter(username=pengguna).first() if pengguna else None
        if pengguna and user is None:
            raise CommandError(f"Pengguna {pengguna} tidak ada.")
        reason = f"laporan insiden {start:%Y-%m-%d %H:%M} sampai {end:%Y-%m-%d %H:%M}"
        reason += f", pengguna {user.pk}" if user else ""
        names = NAMES if dengan_nama else []
        values = {
            "dari": start,
            "sampai": end,
            "pengguna": user.pk if user else None,
            "nama": bool(dengan_nama),
        }
        # The trail's line first: the transaction that writes it is the one that reads.
        with transaction.atomic(), as_system(reason + (", dengan nama" if dengan_nama else "")):
            found = self._write(ke, values, names)
            record_jejak(user=None, aksi="sistem", objek="insiden", rincian=dict(found))
        self.stderr.write(f"{found['anggota']} orang dan {found['keluarga']} keluarga.")

    def _write(self, ke: Path | None, values: dict[str, Any], names: list[str]) -> Counter[str]:
        if ke is None:
            return _write_rows(self.stdout, values, names)
        try:
            handle = os.open(ke, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(
                f"{ke} tidak dapat dibuat: {error.strerror}. Pakai nama yang belum ada."
            ) from error
        try:
            with open(handle, "w", encoding="utf-8", newline="") as out:
                return _write_rows(out, values, names)
        except BaseException:
            ke.unlink()
            raise


def _moment(text: str) -> datetime:
    """Read a time; without a zone it is Jakarta's."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text} bukan waktu. Tulis seperti 2026-11-01T00:00.") from error
    return timezone.make_aware(moment) if timezone.is_naive(moment) else timezone.localtime(moment)


def _write_rows(out: TextIO | Any, values: dict[str, Any], names: list[str]) -> Counter[str]:
    """The report as CSV; returns how many anggota and keluarga are in it."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*COLUMNS, *TIMES, *names])
    found: Counter[str] = Counter(anggota=0, keluarga=0)
    for row in _rows(values):
        found[row["objek"]] += 1
        times = [timezone.localtime(row[name]).isoformat(timespec="seconds") for name in TIMES]
        writer.writerow([*(row[name] for name in COLUMNS), *times, *(_as_text(row[name]) for name in names)])
    return found


def _rows(values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    # A server-side cursor: a province's worth of rows does not lie in memory.
    with connection.chunked_cursor() as cursor:
        cursor.execute(INSIDEN, values)
        columns: list[str] = []
        while rows := cursor.fetchmany(FETCH):
            columns = columns or [column.name for column in cursor.description]
            yield from (dict(zip(columns, row, strict=True)) for row in rows)


def _as_text(value: str | None) -> str:
    """A cell that a spreadsheet does not take for a formula."""
    return f"'{value}" if value and value.startswith(FORMULA) else value or ""
