"""First passwords: made here, written on a slip, changed at the first log-in.

A password lives in the slip and in the hash and nowhere else: not in a log, a job, a message, a session.
"""

from __future__ import annotations

import math
import secrets
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from access.models import User

WORDS = Path(__file__).parent / "kata.txt"
WORDS_EACH = 3
DIGITS = 5


@cache
def words() -> tuple[str, ...]:
    """Everyday words of three to eight letters."""
    return tuple(WORDS.read_text(encoding="utf-8").split())


def entropy_bits() -> float:
    """How many bits a first password has."""
    return WORDS_EACH * math.log2(len(words())) + math.log2(9 * 10 ** (DIGITS - 1))


def invent_password(user: User | None = None) -> str:
    """Three words and a number, "kapur-melati-ombak-48213": read aloud, typed on a phone, not guessed.

    Passes the validators, for `user` too: a word may happen to be his name.
    """
    while True:
        number = secrets.randbelow(9 * 10 ** (DIGITS - 1)) + 10 ** (DIGITS - 1)
        password = "-".join([*(secrets.choice(words()) for _ in range(WORDS_EACH)), str(number)])
        try:
            validate_password(password, user)
        except ValidationError:
            continue
        return password


def first_password_until() -> datetime:
    """Until when a first password made now opens the door."""
    return timezone.now() + timedelta(days=settings.FIRST_PASSWORD_DAYS)
