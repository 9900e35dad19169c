"""Is the trail as it was written? Reads every sealed line; for a cron job once a week, and after an incident."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError

from access.models import JejakSegel
from access.scope import reading_jejak
from access.segel import faults


class Command(BaseCommand):
    help = "Memeriksa segel jejak: menyebut baris yang diubah, hilang atau disisipkan lewat basis data."

    def handle(self, *args, **options):
        with reading_jejak():
            found = 0
            for sentence in faults():
                found += 1
                self.stdout.write(sentence)
            last = JejakSegel.objects.order_by("-pk").first()
        if found:
            raise CommandError(f"Jejak tidak utuh: {found} hal di atas.")
        if last is None:
            self.stdout.write("Belum ada segel. Segel pertama dibuat sepuluh menit sesudah server berjalan.")
        else:
            self.stdout.write(f"Jejak utuh. Segel terakhir nomor {last.pk}: {last.hash}")
