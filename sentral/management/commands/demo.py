"""`manage.py demo`: an invented province, brought in through the real import, and one user per peran."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from jobs.models import Job
from kpm.models import Sumber
from sentral.demo import answers, earlier
from sentral.demo.accounts import Login, login_file, make_accounts, read_logins
from sentral.demo.families import HEADERS, Families
from sentral.demo.files import write_file
from sentral.demo.load import AlreadyLoaded, import_file
from sentral.demo.province import read_villages
from spatial.models import Wilayah


class Command(BaseCommand):
    help = "Membuat provinsi karangan lewat impor yang sebenarnya, dan satu pengguna per peran."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--keluarga", type=int, default=3_000, help="banyaknya keluarga (3000)")
        parser.add_argument("--seed", type=int, default=1, help="seed yang sama, isi yang sama (1)")
        parser.add_argument(
            "--satu-periode", action="store_true", help="tanpa daftar setengah tahun sebelumnya"
        )
        parser.add_argument("--login", action="store_true", help="hanya tampilkan daftar pengguna demo")

    def handle(self, *, keluarga: int, seed: int, login: bool, satu_periode: bool, **options) -> None:
        if settings.PRODUCTION:
            raise CommandError("Data demo tidak dibuat pada SENTRAL_ENV=production.")
        if login:
            self._print(read_logins())
            return
        if keluarga < 1:
            raise CommandError("--keluarga paling sedikit 1.")
        try:
            logins = make_accounts()
        except Wilayah.DoesNotExist as error:
            raise CommandError(str(error)) from None
        if not satu_periode:
            self._load_before(keluarga, seed, admin=logins[0].username)
        self._load(keluarga, seed, admin=logins[0].username)
        self._ask(keluarga, seed, admin=logins[0].username)
        self._print(logins)

    def _load(self, keluarga: int, seed: int, *, admin: str) -> None:
        rows = Families(read_villages(seed), seed).rows(keluarga)
        self._import(settings.DATA_DIR / f"demo-{keluarga}-{seed}.xlsx", rows, HEADERS, username=admin)

    def _load_before(self, keluarga: int, seed: int, *, admin: str) -> None:
        """The list of half a year before, which comes first as it would have."""
        villages = read_villages(seed)
        rows = earlier.earlier(Families(villages, seed).rows(keluarga), villages, seed)
        path = settings.DATA_DIR / f"demo-dulu-{keluarga}-{seed}.xlsx"
        self._import(path, rows, HEADERS, username=admin, periode=earlier.PERIODE)

    def _ask(self, keluarga: int, seed: int, *, admin: str) -> None:
        """BDT 2015 of two villages in three, later than DTKS, as it comes to an office that has one already."""
        rows = answers.answered(Families(read_villages(seed), seed).rows(keluarga), seed)
        path = settings.DATA_DIR / f"demo-bdt-{keluarga}-{seed}.xlsx"
        self._import(
            path, rows, answers.HEADERS, username=admin, jenis=Sumber.Jenis.BDT2015, periode="2015-08"
        )

    def _import(self, path: Path, rows: Iterable[list[str]], headers: list[str], **how: str) -> None:
        start = time.monotonic()
        try:
            count = write_file(
                path, rows, headers=headers, progress=lambda n: self._say(f"menulis berkas: {n} baris")
            )
            self._say(f"Berkas karangan {path.stem}: {count} baris.")
            if not count:
                return
            with _Watch(self._say):
                laporan = import_file(path, **how)
        except AlreadyLoaded as twin:
            self._say(str(twin))
            return
        finally:
            path.unlink(missing_ok=True)
        self._say(
            f"Dibaca {laporan['dibaca']} = diterapkan {laporan['diterapkan']}"
            f" + ditolak {laporan['ditolak']}, dalam {time.monotonic() - start:.0f} detik."
        )

    def _print(self, logins: list[Login]) -> None:
        if not logins:
            self._say("Belum ada pengguna demo. Jalankan script/manage demo.")
            return
        lines = [("peran", "wilayah", "nama", "pengguna", "kata sandi")]
        lines += [(x.peran, x.wilayah, x.nama, x.username, x.password) for x in logins]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        for line in lines:
            self._say("  ".join(f"{text:{width}}" for text, width in zip(line, widths, strict=True)).rstrip())
        self._say(f"Daftar ini tersimpan di {login_file()}. Tampilkan lagi: script/manage demo --login")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


class _Watch:
    """Prints what the newest job says about itself every two seconds, from a thread of its own."""

    def __init__(self, say) -> None:
        self._say = say
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *exc) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        try:
            while not self._stop.wait(2):
                job = Job.objects.filter(keadaan=Job.Keadaan.BERJALAN).order_by("-pk").first()
                if job:
                    of = f" dari {job.total_n}" if job.total_n else ""
                    self._say(f"impor: {job.fase} {job.selesai_n}{of}")
        finally:
            connection.close()
