"""What waits for a user, as the rooms say: the upper half of the page "Pekerjaan saya"."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

Source = Callable[..., Iterable["Line"]]

_sources: list[Source] = []


@dataclass(frozen=True)
class Line:
    """One piece of waiting work: what, where, how many, and the page that lists exactly those.

    judul: "Periksa pasangan yang mungkin sama".  keterangan: "Kecamatan Toboali".
    """

    judul: str
    keterangan: str
    jumlah: int
    url: str


def register(source: Source) -> Source:
    """Have `source(user)` asked for lines whenever the inbox is shown; call it in AppConfig.ready."""
    if source not in _sources:
        _sources.append(source)
    return source


def waiting_for(user) -> list[Line]:
    """Everything that waits for this user; lines without a number are left out."""
    return [line for source in _sources for line in source(user) if line.jumlah]
