"""User names made from the names of people."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 30
# Words that are a title, a degree or a link, not the name: "Hj. Sri Wahyuni, S.Pd", "Ahmad bin Yusuf".
TITLES = """
    h hj hjh hm haji hajah kh ust ustad ustadz ustadzah drs dra dr ir prof raden rd rr tn ny sdr
    sdri bapak ibu pak bu bin binti bt alm almh amd ama amk amkeb skom spd sh se ssos sst stp sip
    sag skep skm st si sp spt ssi mm mpd msi mh mkom map mkes ba ma bsc msc phd
"""
NOT_A_NAME = frozenset(TITLES.split())


def plain(nama: str) -> str:
    """A name for comparing: ASCII, small letters, one blank between words, no titles."""
    return " ".join(name_words(nama))


def name_words(nama: str) -> list[str]:
    """The words of a name without titles and degrees, in ASCII."""
    ascii_only = unicodedata.normalize("NFKD", nama).encode("ascii", "ignore").decode().lower()
    before_degrees = ascii_only.split(",")[0] or ascii_only
    words = [part for word in before_degrees.split() for part in _parts(word)]
    named = [word for word in words if len(word) > 1 and word not in NOT_A_NAME]
    return named or words


def _parts(word: str) -> list[str]:
    """ "S.Pd" is one word, a degree; "Hj.Sri" is two."""
    together = re.sub(r"[^a-z]", "", word)
    pieces = [together] if together in NOT_A_NAME else [re.sub(r"[^a-z]", "", p) for p in word.split(".")]
    return [piece for piece in pieces if piece]


def username_base(nama: str) -> str:
    """First and last word of the name, "sri.wahyuni"; "petugas" when it has no letter of ours."""
    words = name_words(nama)
    if not words:
        return "petugas"
    chosen = [words[0]] if len(words) == 1 else [words[0], words[-1]]
    return ".".join(chosen)[:LONGEST].strip(".")


def free_username(nama: str, taken: set[str]) -> str:
    """The first of sri.wahyuni, sri.wahyuni2, sri.wahyuni3 … that is not taken (small letters)."""
    base = username_base(nama)
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}{number}"
    return name
