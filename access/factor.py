"""The second factor: who must have one, what this session has shown, and codes that count once.

allauth keeps used codes and failures in the cache, which a restart empties. Here both stand in
PostgreSQL: the last step of a TOTP beside its secret, the failures in the tables of axes.
"""

from __future__ import annotations

import logging

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from axes.handlers.proxy import AxesProxyHandler
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from access.jejak import address_of, record_jejak
from access.models import User
from access.scope import penugasan_of

KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
KECAMATAN_DIGITS = 6
LAST_STEP = "langkah_terakhir"  # in the data of a TOTP: the newest 30-second step that was accepted
# Typed names are counted in small letters (forms.login_name), so nobody can type these.
COUNTED, COUNTED_SANDI = "FAKTOR:", "SANDI:"
NOT_TYPED = (COUNTED, COUNTED_SANDI)
log = logging.getLogger(__name__)


def must_have_factor(user: User) -> bool:
    """True for whoever sees more than one kecamatan, and for the admin site's staff.

    All penugasan in force count, also while the switcher narrows to one of them.
    """
    if not settings.SECOND_FACTOR:
        return False
    if user.is_staff or user.is_superuser:
        return True
    penugasan_of(user)
    kode = {p.wilayah_id[:KECAMATAN_DIGITS] for p in user.penugasan_in_force or []}
    return len(kode) > 1 or any(len(k) < KECAMATAN_DIGITS for k in kode)


def has_factor(user: User) -> bool:
    return Authenticator.objects.filter(user_id=user.pk, type__in=KINDS).exists()


def kinds_of(user: User) -> set[str]:
    """The kinds of factor a user has set up, recovery codes among them."""
    return set(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))


def session_has_factor(request) -> bool:
    """True when this very session has shown a factor, at the log-in or by setting one up."""
    return any(r.get("method") == "mfa" for r in get_authentication_records(request, request.user))


def counted_name(user: User) -> str:
    """The name under which wrong codes of `user` are counted in the tables of axes."""
    return f"{COUNTED}{user.pk}"


def counted_sandi(user: User) -> str:
    """The name under which passwords typed wrongly inside a session of `user` are counted."""
    return f"{COUNTED_SANDI}{user.pk}"


def lockout_parameters(request_or_attempt, credentials=None) -> list[list[str]]:
    """What locks what (AXES_LOCKOUT_PARAMETERS).

    Passwords: name and address together, since village offices share one address. Codes, and passwords
    inside a session: the account alone. Whoever guesses them is in already, or knows the password.
    """
    name = (credentials or {}).get("username") or getattr(request_or_attempt, "username", "") or ""
    return [["username"]] if name.startswith(NOT_TYPED) else [["username", "ip_address"]]


@transaction.atomic
def spend_code(*, user: User, code: str, request) -> Authenticator | None:
    """Return the factor that `code` proves, having used the code up; None when it proves nothing.

    A wrong code is counted, and after AXES_FAILURE_LIMIT of them every code is refused for
    AXES_COOLOFF_TIME: `request.axes_locked_out` makes the answer a 429. The rows are locked first, so
    that of two requests with the same code one is refused, and guesses do not overtake their count.
    Raises ValidationError when the secrets cannot be read with the server's keys.
    """
    own = list(
        Authenticator.objects.select_for_update()
        .filter(user=user)
        .exclude(type=Authenticator.Type.WEBAUTHN)
        .order_by("-type")  # the app before the recovery codes
    )
    credentials = {"username": counted_name(user)}
    if not AxesProxyHandler.is_allowed(request, credentials):
        request.axes_locked_out = True
        request.axes_credentials = credentials
        return None
    try:
        found = next((authenticator for authenticator in own if _proves(authenticator, code)), None)
    except InvalidToken:
        log.error("second factor of user %s cannot be read with SENTRAL_FACTOR_KEYS", user.pk)
        raise ValidationError(
            "Kode belum dapat diperiksa karena kunci di server berganti. Hubungi admin Dinsos provinsi."
        ) from None
    if found:
        AxesProxyHandler.reset_attempts(username=counted_name(user))
    else:
        _count_failure(user, credentials, request, "kode langkah kedua keliru berkali-kali, dikunci")
    return found


@transaction.atomic
def is_own_sandi(*, user: User, sandi: str, request) -> bool:
    """True when `sandi` is the password of the session's user, and the lock is open.

    A wrong one is counted as a wrong code is: by the account, locked for AXES_COOLOFF_TIME.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)  # guesses do not overtake their count
    credentials = {"username": counted_sandi(user)}
    if not AxesProxyHandler.is_allowed(request, credentials):
        request.axes_locked_out = True
        request.axes_credentials = credentials
        return False
    if user.check_password(sandi):
        AxesProxyHandler.reset_attempts(username=counted_sandi(user))
        return True
    _count_failure(user, credentials, request, "kata sandi di dalam sesi keliru berkali-kali, dikunci")
    return False


def _proves(authenticator: Authenticator, code: str) -> bool:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        return authenticator.wrap().validate_code(code)
    step = matching_step(
        decrypt(authenticator.data["secret"]), code, after=authenticator.data.get(LAST_STEP, -1)
    )
    if step is None:
        return False
    authenticator.data[LAST_STEP] = step
    authenticator.save(update_fields=["data"])
    return True


def matching_step(secret: str, code: str, *, after: int = -1) -> int | None:
    """The 30-second step around now, later than `after`, to which `code` belongs (RFC 6238, 5.2)."""
    for step in yield_hotp_counters_from_time():
        if step > after and compare_user_code(
            actual=code, expected=format_hotp_value(hotp_value(secret, step))
        ):
            return step
    return None


def _count_failure(user: User, credentials: dict[str, str], request, alasan: str) -> None:
    AxesProxyHandler.user_login_failed(sender=__name__, credentials=credentials, request=request)
    if request.axes_locked_out:
        record_jejak(
            user=user,
            aksi="sistem",
            objek="user" if credentials["username"].startswith(COUNTED_SANDI) else "faktor",
            objek_id=user.pk,
            alasan=alasan,
            alamat=address_of(request),
        )
