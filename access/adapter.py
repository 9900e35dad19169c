"""How allauth behaves here: nobody signs up, a log-in leaves a Jejak, secrets lie encrypted."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.shortcuts import resolve_url

from access.factor import must_have_factor
from access.jejak import address_of, record_jejak

logger = logging.getLogger(__name__)

WAYS = {
    "reauthenticate": "Kata sandi",
    "mfa_reauthenticate": "Kode dari aplikasi autentikator atau kode cadangan",
    "mfa_reauthenticate:webauthn": "Kunci sandi (passkey)",
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_password": "Kata sandi keliru. Perhatikan huruf besar dan kecil.",
        "enter_current_password": "Kata sandi Anda yang sekarang keliru.",
        "too_many_login_attempts": "Terlalu sering dicoba. Tunggu 30 menit, lalu coba lagi.",
        "rate_limited": "Terlalu sering dicoba. Tunggu sebentar, lalu coba lagi.",
    }

    def is_open_for_signup(self, request) -> bool:
        """Accounts are made by the Dinas, never by a visitor."""
        return False

    def set_password(self, user, password):
        """A password somebody chose for himself: the first one is over with it."""
        user.harus_ganti_sandi = False
        user.sandi_berlaku_sampai = None
        super().set_password(user, password)

    def get_password_change_redirect_url(self, request) -> str:
        """On to work."""
        return resolve_url(settings.LOGIN_REDIRECT_URL)

    def get_client_ip(self, request) -> str:
        """Where the request came from; behind a Unix socket nobody says."""
        return address_of(request) or "0.0.0.0"  # noqa: S104  an address that is nobody's

    def get_reauthentication_methods(self, user) -> list[dict[str, Any]]:
        methods = super().get_reauthentication_methods(user)
        return [method | {"description": WAYS[method["id"]]} for method in methods]

    def send_mail(self, template_prefix, email, context):
        """A mail server that is away is no error page, and tells no known address from an unknown one."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:  # smtplib's own among them
            logger.error("mail not sent: %s", type(error).__name__)

    def post_login(self, request, user, **kwargs):
        ways = [r.get("type") or r["method"] for r in get_authentication_records(request, user)]
        record_jejak(user=user, aksi="masuk", alamat=address_of(request), rincian={"cara": ways})
        return super().post_login(request, user, **kwargs)


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": (
            "Peran Anda memerlukan langkah kedua. Pasang cara lain dulu, lalu lepas yang ini."
        ),
        "cannot_generate_recovery_codes": (
            "Kode cadangan dibuat setelah aplikasi autentikator atau kunci sandi dipasang."
        ),
        "incorrect_code": (
            "Kode keliru atau sudah dipakai. Tunggu kode berikutnya di aplikasi, lalu ketik lagi."
        ),
    }

    def encrypt(self, text: str) -> str:
        return cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises InvalidToken when none of the keys made the text."""
        return cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last factor of somebody who must have one stays."""
        user = authenticator.user
        others = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)
        return not must_have_factor(user) or others.exclude(pk=authenticator.pk).exists()

    def get_totp_label(self, user) -> str:
        return user.get_username()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": "SENTRAL"}

    def generate_authenticator_name(self, user, type) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return "Kunci saya" if number == 1 else f"Kunci {number}"


def cipher() -> MultiFernet:
    """What the secrets lie under: the first key writes, all of them read."""
    return MultiFernet([Fernet(key) for key in settings.FACTOR_KEYS])
