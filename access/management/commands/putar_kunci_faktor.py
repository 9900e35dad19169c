"""`manage.py putar_kunci_faktor`: write every secret of a second factor anew under the first key.

Run it after a new key was put in front of SENTRAL_FACTOR_KEYS; afterwards the old one may go. Safe to
run twice.
"""

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from access.adapter import cipher

SECRETS = ("secret", "seed")


class Command(BaseCommand):
    help = "Menyandikan ulang semua rahasia langkah kedua dengan kunci pertama di SENTRAL_FACTOR_KEYS."

    @transaction.atomic
    def handle(self, **options) -> None:
        rotated = 0
        for authenticator in Authenticator.objects.select_for_update().exclude(
            type=Authenticator.Type.WEBAUTHN
        ):
            for name in SECRETS:
                if name in authenticator.data:
                    authenticator.data[name] = self._rotated(authenticator, authenticator.data[name])
            authenticator.save(update_fields=["data"])
            rotated += 1
        self.stdout.write(f"{rotated} rahasia disandikan ulang. Kunci lama boleh dihapus.")

    def _rotated(self, authenticator: Authenticator, secret: str) -> str:
        try:
            return cipher().rotate(secret.encode()).decode()
        except InvalidToken:
            raise CommandError(
                f"Rahasia pengguna {authenticator.user_id} tidak terbaca dengan kunci yang ada."
                " Tidak ada yang diubah."
            ) from None
