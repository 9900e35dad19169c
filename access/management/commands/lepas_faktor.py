"""`manage.py lepas_faktor NAMA --alasan "..."`: the way out when nobody is left who could do it on a page."""

from django.core.management.base import BaseCommand, CommandError

from access.actions import remove_factor
from access.models import User


class Command(BaseCommand):
    help = "Melepas langkah kedua seorang pengguna dan mengakhiri semua sesinya."

    def add_arguments(self, parser) -> None:
        parser.add_argument("nama", help="nama pengguna, seperti saat masuk")
        parser.add_argument("--alasan", required=True, help='misalnya "ponsel hilang"; tersimpan di Jejak')

    def handle(self, *, nama: str, alasan: str, **options) -> None:
        try:
            user = User.objects.get(username=nama)
        except User.DoesNotExist:
            raise CommandError(f"Tidak ada pengguna bernama {nama}.") from None
        remove_factor(user=user, by=None, alasan=alasan[:200])
        self.stdout.write(f"Langkah kedua {nama} sudah dilepas, semua sesinya diakhiri.")
