"""What an authenticator app does: RFC 6238 in six lines, and how a person sets one up on the pages."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP

from tests.conftest import PASSWORD

SECRET = base64.b32encode(b"rahasia-20-byte-uji.").decode()


def code_of(secret: str, step: int = 0) -> str:
    """The six digits an app shows now, or `step` times 30 seconds from now."""
    counter = struct.pack(">Q", int(time.time()) // 30 + step)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def wrong_code(secret: str) -> str:
    """Six digits that no step near now has."""
    near = {code_of(secret, step) for step in range(-3, 4)}
    return next(
        c for c in ("000000", "111111", "222222", "333333", "444444", "555555", "666666") if c not in near
    )


def give_app(user) -> list[str]:
    """Give `user` an authenticator app with SECRET; return the recovery codes."""
    TOTP.activate(user, SECRET)
    return RecoveryCodes.activate(user).get_unused_codes()


def log_in(client, user, password: str = PASSWORD):
    return client.post("/akun/login/", {"login": user.username, "password": password})


def enter_code(client, code: str):
    return client.post("/akun/langkah-kedua/authenticate/", {"code": code})


def log_in_with_code(client, user, step: int = 0):
    log_in(client, user)
    return enter_code(client, code_of(SECRET, step))


def set_up_app(client) -> str:
    """Set up an app on the pages, as the user of `client`; return its secret."""
    client.post("/akun/reauthenticate/", {"password": PASSWORD})
    page = client.get("/akun/langkah-kedua/totp/activate/").content.decode()
    secret = re.search(r'id="kunci-totp">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    client.post("/akun/langkah-kedua/totp/activate/", {"code": code_of(secret)})
    return secret


def has_app(user) -> bool:
    return Authenticator.objects.filter(user=user, type="totp").exists()
