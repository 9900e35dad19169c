"""`manage.py latih_padan EKSTRAK`: train the model of the matcher anew, from the lists and one extract."""

import json

from django.core.management.base import BaseCommand, CommandError

from jobs.actions import JobFailed
from padan.actions import train_model
from padan.mesin import model
from padan.models import Ekstrak


class Command(BaseCommand):
    help = "Melatih model pencocokan dari daftar dan satu ekstrak, lalu menulisnya ke padan/mesin/model.json."

    def add_arguments(self, parser) -> None:
        parser.add_argument("ekstrak", type=int, help="nomor ekstrak, seperti di alamat halamannya")

    def handle(self, *, ekstrak: int, **options) -> None:
        try:
            found = Ekstrak.objects.usable().get(pk=ekstrak)
        except Ekstrak.DoesNotExist:
            raise CommandError(
                f"Ekstrak {ekstrak} tidak ada, belum siap, atau sudah lewat masanya."
            ) from None
        try:
            trained = train_model(ekstrak=found)
        except JobFailed as refusal:
            raise CommandError(refusal.pesan) from None
        model.MODEL.write_text(json.dumps(trained, indent=1, ensure_ascii=False) + "\n")
        self.stdout.write(f"Model ditulis, sidiknya {model.digest(trained)[:12]}. Mulai ulang worker.")
