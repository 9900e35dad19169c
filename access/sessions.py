"""How long a session lives, which device it is on, and how it is ended.

Two clocks lie in the session itself: when it began, which nothing moves, and when it was last used,
which is written at most once a minute.
"""

from __future__ import annotations

import re
import time
from collections.abc import Collection

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

BEGAN = "sesi_mulai"
USED = "sesi_dipakai"  # by prefix of the address: {"": 1790000000.0, "/lapangan/": ...}
WRITE_EVERY = 60  # seconds
TOO_OLD = "lama"
TOO_IDLE = "diam"


def begin(session) -> None:
    """Start both clocks, at a log-in."""
    now = time.time()
    session[BEGAN] = now
    session[USED] = {"": now}


def why_ended(session, path: str) -> str:
    """Why the session is over for a request to `path`: TOO_OLD, TOO_IDLE, or "" when it is not."""
    now = time.time()
    if session.get(BEGAN) is None:
        begin(session)  # of before there were clocks
    if now - session[BEGAN] >= settings.SESSION_HOURS * 3600:
        return TOO_OLD
    prefix, hours = _limit(path)
    # Work below a prefix keeps that prefix open; the rest of the site only knows its own use.
    used = max(session[USED].values()) if prefix else session[USED].get("", session[BEGAN])
    return TOO_IDLE if now - used >= hours * 3600 else ""


def note_use(session, path: str) -> bool:
    """Move the idle clock, unless it was moved within the last minute; True when it was moved now."""
    now = time.time()
    prefix, _ = _limit(path)
    if now - session[USED].get(prefix, 0) < WRITE_EVERY:
        return False
    session[USED] = session[USED] | {prefix: now}
    return True


def _limit(path: str) -> tuple[str, float]:
    for prefix, hours in settings.SESSION_IDLE_HOURS_BELOW.items():
        if path.startswith(prefix):
            return prefix, hours
    return "", settings.SESSION_IDLE_HOURS


def end_sessions(user_ids: Collection[int], *, but: str | None = None) -> int:
    """End the sessions of these users, all but the one with the key `but`, in the caller's transaction.

    Returns how many. A session names its user only inside its signed text, so all live ones are read:
    some thousand at most, 20 microseconds each.
    """
    wanted = {str(pk) for pk in user_ids}
    if not wanted:
        return 0
    live = Session.objects.filter(expire_date__gt=timezone.now()).exclude(pk=but or "").iterator()
    keys = [session.pk for session in live if str(session.get_decoded().get(SESSION_KEY)) in wanted]
    UserSession.objects.filter(user_id__in=user_ids).exclude(session_key=but or "").delete()
    return Session.objects.filter(pk__in=keys).delete()[0]


def delete_dead_sessions() -> int:
    """Delete the rows of sessions past their time, and what the list of sessions says of them."""
    dead, _ = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return dead


# First match wins: Edge and Opera also call themselves Chrome, Chrome also calls itself Safari.
BROWSERS = (
    (r"Edg(e|A|iOS)?/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrome/|CriOS/|Chromium/", "Chrome"),
    (r"Safari/", "Safari"),
)
SYSTEMS = (
    (r"Android", "Android"),
    (r"iPhone", "iPhone"),
    (r"iPad", "iPad"),
    (r"Windows", "Windows"),
    (r"CrOS", "Chromebook"),
    (r"Macintosh|Mac OS X", "Mac"),
    (r"Linux", "Linux"),
)


def device(user_agent: str) -> str:
    """ "Chrome di Android": what a browser says of itself, in the words of its owner."""
    browser = _named(BROWSERS, user_agent)
    system = _named(SYSTEMS, user_agent)
    if not browser and not system:
        return "Perangkat tak dikenal"
    return f"{browser or 'Peramban lain'} di {system}" if system else browser


def _named(table: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for pattern, name in table if re.search(pattern, user_agent)), "")
