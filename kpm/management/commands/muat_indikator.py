"""manage.py muat_indikator: bring the code lists in the database to what data/indikator*.csv say."""

from django.core.management.base import BaseCommand
from django.db import transaction

from kpm import indikator
from kpm.models import Indikator, PilihanIndikator


class Command(BaseCommand):
    help = "Memuat daftar pertanyaan dan kode jawaban dari data/indikator*.csv. Boleh diulang."

    def handle(self, *args, **options) -> None:
        with transaction.atomic():
            count = indikator.load(Indikator, PilihanIndikator)
        self.stdout.write(f"{count} pertanyaan, {PilihanIndikator.objects.count()} pilihan jawaban.")
