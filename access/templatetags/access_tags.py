"""Template filters of the walls and of the account."""

from django import template
from django.conf import settings

from access.factor import kinds_of, must_have_factor
from access.masking import mask_nik
from access.sessions import device

register = template.Library()


@register.filter
def masked(value: str | None) -> str:
    """A NIK or No. KK with birth date and serial hidden."""
    return mask_nik(value)


@register.filter
def perangkat(user_agent: str) -> str:
    """ "Chrome di Android"."""
    return device(user_agent)


@register.filter
def berempat(text: str) -> str:
    """A secret in groups of four, to be typed by hand: "JBSW Y3DP"."""
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


@register.filter
def wajib_faktor(user) -> bool:
    """True when this user must have a second factor."""
    return must_have_factor(user)


@register.filter
def cara_faktor(user) -> set[str]:
    """What this user has set up: totp, webauthn, recovery_codes."""
    return kinds_of(user)


@register.simple_tag
def batas_sesi() -> dict[str, float]:
    """Hours after which a session ends: `lama` since the log-in, `diam` without a request."""
    return {"lama": settings.SESSION_HOURS, "diam": settings.SESSION_IDLE_HOURS}
