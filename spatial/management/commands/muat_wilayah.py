"""manage.py muat_wilayah [BERKAS]: load the wilayah of a province. Runs as the app role, like the admin."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from spatial.actions import DATA, BerkasSalah, load_wilayah


class Command(BaseCommand):
    help = "Memuat wilayah dari CSV (bawaan: data/wilayah_19.csv). Boleh diulang."

    def add_arguments(self, parser) -> None:
        parser.add_argument("berkas", nargs="?", type=Path, default=DATA / "wilayah_19.csv")
        parser.add_argument(
            "--ejaan",
            type=Path,
            help="ejaan lain, kolom kode dan tulisan (bawaan: ejaan_XX.csv di samping wilayah_XX.csv)",
        )

    def handle(self, *args, berkas: Path, ejaan: Path | None, **options) -> None:
        beside = berkas.with_name(berkas.name.replace("wilayah_", "ejaan_", 1))
        if ejaan is None and beside != berkas and beside.exists():
            ejaan = beside
        try:
            self.stdout.write(str(load_wilayah(berkas, ejaan)))
        except BerkasSalah as error:
            raise CommandError(str(error)) from None
