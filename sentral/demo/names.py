"""Invented names in the flavour of Bangka Belitung, from data/nama_babel.txt (CC0, made by hand)."""

from __future__ import annotations

from pathlib import Path
from random import Random

from django.conf import settings

FILE = Path(settings.BASE_DIR) / "data" / "nama_babel.txt"
# How often each group of names occurs, in hundredths.
GROUPS = ["melayu"] * 73 + ["jawa"] * 8 + ["bugis"] * 3 + ["tionghoa"] * 13 + ["batak"] * 3


def _read() -> dict[tuple[str, str], list[str]]:
    """(jenis, kelompok) -> names, each as often as its weight says."""
    pool: dict[tuple[str, str], list[str]] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            jenis, kelompok, nama, bobot = line.split("\t")
            pool.setdefault((jenis, kelompok), []).extend([nama] * int(bobot))
    return pool


class Names:
    """Draws names; the same `rng` gives the same names."""

    def __init__(self, rng: Random) -> None:
        pool = _read()
        self._random = rng.random
        self.first = {
            "L": {
                "melayu": pool["L", "melayu"],
                "jawa": pool["L", "jawa"],
                "bugis": pool["L", "bugis"],
                "batak": pool["L", "melayu"],
            },
            "P": {
                "melayu": pool["P", "melayu"],
                "jawa": pool["P", "jawa"],
                "bugis": pool["P", "melayu"],
                "batak": pool["P", "melayu"],
            },
        }
        self.last = {
            "L": pool["BL", "melayu"],
            "P": [n for n in pool["BP", "melayu"] if n != "BINTI"],
        }
        self.given = {"L": pool["TL", "tionghoa"], "P": pool["TP", "tionghoa"]}
        self.marga = {"tionghoa": pool["MG", "tionghoa"], "batak": pool["BT", "batak"]}
        self.title = {"L": ["H.", "H.", "DRS.", "IR.", "UST."], "P": ["HJ.", "HJ.", "DRA."]}

    def one_of(self, values):
        return values[int(self._random() * len(values))]

    def group(self) -> str:
        return self.one_of(GROUPS)

    def family_name(self, group: str) -> str:
        """The marga of a family, or nothing: Malay families have none."""
        return self.one_of(self.marga[group]) if group in self.marga else ""

    def person(self, group: str, sex: str, marga: str = "") -> str:
        if group == "tionghoa":
            return f"{marga or self.one_of(self.marga[group])} {self.one_of(self.given[sex])}"
        name = self.one_of(self.first[sex][group])
        draw = self._random()
        if group == "batak":
            return f"{name} {marga or self.one_of(self.marga[group])}"
        if draw < 0.45:
            return f"{name} {self.one_of(self.last[sex])}"
        if draw < 0.75:
            second = self.one_of(self.first[sex][group])
            return f"{name} {second}" if second != name else name
        return name
