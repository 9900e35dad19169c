"""How people's names and places of a family are written on a page. The register keeps its source's capitals."""

from __future__ import annotations

import re

from django import template

from kpm import padan_kata as kata

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


@register.filter
def padan_kata(anggota) -> str:
    """The latest result of matching with the civil registry, as a sentence with its date; "" before the first."""
    return kata.sentence(anggota.padan_hasil, anggota.padan_tanggal)


@register.filter
def padan_singkat(hasil: str) -> str:
    """The same in one to four words, for a mark."""
    return kata.short(hasil)


@register.filter
def padan_jenis(hasil: str) -> str:
    """Which kind of mark a result is."""
    return kata.MARKS.get(hasil, "diam")


@register.filter
def padan_arti(hasil: str) -> str:
    """What a result means, as a sentence without a date."""
    return kata.WORDS.get(hasil, "")
