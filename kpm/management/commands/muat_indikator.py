"""manage.py muat_indikator: bring the code lists in the database to what data/indikator*.csv say."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from kpm import indikator
from kpm.models import Indikator, PilihanIndikator


class Command(BaseCommand):
    help = "Memuat daftar pertanyaan dan kode jawaban dari data/indikator*.csv. Boleh diulang."

    def handle(self, *args, **options) -> None:
        try:
            with transaction.atomic():
                count = indikator.load(Indikator, PilihanIndikator)
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} pertanyaan, {PilihanIndikator.objects.count()} pilihan jawaban.")
