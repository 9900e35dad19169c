"""What stops the start: an app role that row-level security does not hold, a lost key of the second factor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from allauth.mfa.utils import decrypt
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import ProgrammingError, connections, transaction

HAK_PERAN = Path(__file__).parent / "sql" / "hak_peran.sql"


@register(Tags.database)
def check_app_role(*, databases: Sequence[str] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse an app role that is superuser, has BYPASSRLS or owns a table.

    Runs when a command names the database (`check --database default`); the owner's own commands
    are no business of it.
    """
    if settings.DB_ROLE != "app":
        return []
    errors: list[CheckMessage] = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            errors += errors_of_role(cursor)
    return errors


@register(Tags.database)
def check_factor_keys(*, databases: Sequence[str] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse to start when the keys do not open the newest secret of a second factor (fault F22)."""
    from allauth.mfa.models import Authenticator  # models are ready only when a check runs

    if settings.DB_ROLE != "app" or not databases:
        return []
    try:
        with transaction.atomic():
            newest = Authenticator.objects.filter(type=Authenticator.Type.TOTP).order_by("-pk").first()
    except ProgrammingError:
        return []  # before the first migration
    if newest is None:
        return []
    try:
        decrypt(newest.data["secret"])
    except InvalidToken:
        return [
            Error(
                "SENTRAL_FACTOR_KEYS bukan kunci yang dipakai langkah kedua di basis data ini: pasang kunci yang lama.",
                id="access.E004",
            )
        ]
    return []


def errors_of_role(cursor: Any) -> list[CheckMessage]:
    """What is wrong with the role of one connection; the first thing is enough."""
    cursor.execute(HAK_PERAN.read_text())
    peran, superuser, bypassrls, owned = cursor.fetchone()
    reach = "sehingga dinding wilayah tidak berlaku baginya: pakai sentral_app di DATABASE_URL."
    if superuser:
        return [Error(f"Peran basis data {peran} adalah superuser, {reach}", id="access.E001")]
    if bypassrls:
        return [Error(f"Peran basis data {peran} punya BYPASSRLS, {reach}", id="access.E002")]
    if owned:
        return [Error(f"Peran basis data {peran} memiliki tabel {owned}, {reach}", id="access.E003")]
    return []
