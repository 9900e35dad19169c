"""Sections that rooms above add to the page of one keluarga, each in its own panels.py.

The page knows a panel's heading and address and nothing of what stands in it: the browser fetches it once the page
is there (htmx). Without a script its address is a link.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse

from access.rules import Rule
from kpm.models import Anggota, Keluarga
from kpm.opening import record_opening

SHOWN_FOR = 600  # seconds in which a panel belongs to the page that was opened


@dataclass(frozen=True)
class Panel:
    """One section. alamat: name of the URL that answers with it, given the keluarga's id.  boleh: who sees it."""

    kode: str
    judul: str
    alamat: str
    boleh: Rule

    def url(self, keluarga: Keluarga) -> str:
        return reverse(self.alamat, args=[keluarga.pk])


_registry: dict[str, Panel] = {}


def register(panel: Panel) -> Panel:
    """Put a panel on the page, in order of registration."""
    if panel.kode in _registry:
        raise ValueError(f"two panels are called {panel.kode}")
    _registry[panel.kode] = panel
    return panel


def unregister(kode: str) -> None:
    """Take a panel off the page (a test that registered one cleans up with this)."""
    del _registry[kode]


def panels_of(user, keluarga: Keluarga) -> list[tuple[Panel, str]]:
    """The panels this user sees of this keluarga, each with its address."""
    return [(panel, panel.url(keluarga)) for panel in _registry.values() if panel.boleh(user)]


def note_opened(request: HttpRequest, keluarga: Keluarga) -> None:
    """Remember that the page was opened and is in the trail: what it fetches shows nobody who is not in that line."""
    cache.set(_key(request, keluarga), True, SHOWN_FOR)


def record_panel(request: HttpRequest, keluarga: Keluarga, anggota_list: list[Anggota]) -> None:
    """The line of the trail for a panel that was asked for by itself, without its page."""
    if not cache.get(_key(request, keluarga)):
        record_opening(request, keluarga, anggota_list)


def _key(request: HttpRequest, keluarga: Keluarga) -> str:
    return f"kpm.dibuka.{request.user.pk}.{keluarga.pk}"
