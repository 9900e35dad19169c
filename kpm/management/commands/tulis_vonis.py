"""`manage.py tulis_vonis`: write docs/verdicts.md anew from kpm/verdicts.py."""

from django.conf import settings
from django.core.management.base import BaseCommand

from kpm.verdicts import document


class Command(BaseCommand):
    help = "Menulis docs/verdicts.md dari kpm/verdicts.py."

    def handle(self, **options) -> None:
        path = settings.BASE_DIR / "docs" / "verdicts.md"
        path.write_text(document())
        self.stdout.write(str(path))
