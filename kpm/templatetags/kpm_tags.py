"""How people's names and places of a family are written on a page. The register keeps its source's capitals."""

from __future__ import annotations

import re

from django import template

register = template.Library()
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_KEPT = {"BIN": "bin", "BINTI": "binti"} | {word: word for word in ("RT", "RW", "II", "III", "IV", "VI")}


@register.filter
def nama_orang(value: str | None) -> str:
    """SITI NUR'AINI binti HASAN reads Siti Nur'aini binti Hasan; what is not all capitals stays."""
    text = value or ""
    if text != text.upper():
        return text
    return _WORD.sub(lambda word: _KEPT.get(word[0], word[0].capitalize()), text)


@register.filter
def alamat_lengkap(keluarga) -> str:
    """Street, dusun, RT and RW of a keluarga, as far as they are known."""
    parts = [nama_orang(keluarga.alamat)]
    if keluarga.dusun and keluarga.dusun.upper() not in keluarga.alamat.upper():
        parts.append(f"Dusun {nama_orang(keluarga.dusun)}")
    place = " ".join(part for part in (_numbered("RT", keluarga.rt), _numbered("RW", keluarga.rw)) if part)
    return ", ".join(filter(None, [*parts, place]))


def _numbered(label: str, value: str) -> str:
    return f"{label} {value}" if value else ""
