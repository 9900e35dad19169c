"""How the certainty of a pair and the result of a match are written on the pages of decisions."""

from __future__ import annotations

from typing import Any

from django import template

from kpm.padan_kata import MARKS, short
from padan.sanding import sureness

register = template.Library()


@register.filter
def yakin_persen(skor: float | None) -> str:
    """ "99,8 %", at most 99,9 %; "–" where no weights were added up."""
    return sureness(skor)[1] or "–"


@register.inclusion_tag("parts/chip.html")
def hasil_chip(hasil: str) -> dict[str, Any]:
    """The result of a match as a chip."""
    return {"jenis": MARKS[hasil], "kata": short(hasil)}
