"""`manage.py berkas_contoh`: an invented list as a file, for trying the upload by hand."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from sentral.demo.families import Families
from sentral.demo.files import write_file
from sentral.demo.province import read_villages


class Command(BaseCommand):
    help = "Menulis daftar DTKS karangan (layout SIKS-NG) ke berkas .xlsx atau .csv."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--keluarga", type=int, default=3_000, help="banyaknya keluarga (3000)")
        parser.add_argument("--ke", type=Path, required=True, help="nama berkas, .xlsx atau .csv")
        parser.add_argument("--seed", type=int, default=2, help="seed yang sama, isi yang sama (2)")
        parser.add_argument("--bersih", action="store_true", help="tanpa kesalahan tulis")

    def handle(self, *, keluarga: int, ke: Path, seed: int, bersih: bool, **options) -> None:
        if ke.suffix not in {".xlsx", ".csv"}:
            raise CommandError("Nama berkas harus berakhir .xlsx atau .csv.")
        villages = read_villages(seed)
        if not villages:
            raise CommandError("Belum ada wilayah. Jalankan manage.py muat_wilayah.")
        count = write_file(ke, Families(villages, seed, clean=bersih).rows(keluarga))
        self.stdout.write(f"{ke}: {keluarga} keluarga, {count} baris.")
