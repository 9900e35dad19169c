"""manage.py hitung_batas: indicative boundaries from label points and the coast. Runs as the app role."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from spatial.actions import BatasGagal, compute_batas
from spatial.coast import COAST
from spatial.queries import villages_without_batas


class Command(BaseCommand):
    help = "Menghitung batas indikatif (bukan batas resmi) dari titik label desa. Boleh diulang."

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--pantai", type=Path, default=COAST, help="TopoJSON garis pantai (land-10m.json)"
        )

    def handle(self, *args, pantai: Path, **options) -> None:
        try:
            versi, new = compute_batas(pantai)
        except BatasGagal as error:
            raise CommandError(str(error)) from None
        if versi is None:
            self.stdout.write("Belum ada desa yang punya titik label; tidak ada batas yang dihitung.")
            return
        missing = [wilayah.nama for wilayah in villages_without_batas(versi)]
        self.stdout.write(
            f"{versi.nama} {'dihitung' if new else 'sudah ada'}: {versi.batas_list.count()} wilayah; "
            f"{len(missing)} desa tanpa batas{': ' + ', '.join(missing) if missing else ''}."
        )
