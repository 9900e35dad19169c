"""Whose data were shown between two moments, for the notice within 3 x 24 hours (UU 27/2022, Pasal 46)."""

from __future__ import annotations

import os
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from access.jejak import record_jejak
from access.models import User
from access.scope import as_system

SQL = Path(__file__).resolve().parents[2] / "sql"
WORK_MEM = "256MB"  # for one aggregate over a year; without it the sort goes to disk


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
        values = {
            "dari": start,
            "sampai": end,
            "pengguna": user.pk if user else None,
            "zona": settings.TIME_ZONE,
        }
        # The trail's line first: the transaction that writes it is the one that reads.
        with transaction.atomic(), as_system(reason + (", dengan nama" if dengan_nama else "")):
            found = self._write(ke, values, dengan_nama)
            record_jejak(user=None, aksi="sistem", objek="insiden", rincian=dict(found))
        self.stderr.write(f"{found['anggota']} orang dan {found['keluarga']} keluarga.")

    def _write(self, ke: Path | None, values: dict[str, Any], names: bool) -> Counter[str]:
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


class _Counting:
    """Passes the rows of a COPY on, one a call, and counts them by their first column."""

    def __init__(self, out: TextIO | Any):
        self.out, self.found = out, Counter({"anggota": 0, "keluarga": 0})

    def write(self, row: bytes) -> None:
        text = row.decode()
        self.found[text.partition(",")[0]] += 1
        self.out.write(text)


def _write_rows(out: TextIO | Any, values: dict[str, Any], names: bool) -> Counter[str]:
    """The report as CSV; returns how many anggota and keluarga are in it. The rows lie nowhere in memory."""
    query = (SQL / "insiden.sql").read_text()
    if names:
        query = query.replace("\n       -- nama\n", f"\n{(SQL / 'insiden_nama.sql').read_text()}")
    counting = _Counting(out)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('work_mem', %s, true)", [WORK_MEM])
        written = cursor.mogrify(query, values).decode()
        cursor.copy_expert(f"COPY ({written}) TO STDOUT WITH (FORMAT csv, HEADER)", counting)
    del counting.found["objek"]  # the head of the table
    return counting.found
