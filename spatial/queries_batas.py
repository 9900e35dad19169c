"""What the pages ask about versions of boundaries: the list, and how two versions differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Count, Q

from spatial.batas_report import CHANGED, MOVED, rows_of
from spatial.models import VersiBatas, Wilayah

HILANG, BARU, LUAS, GESER, SAMA = "hilang", "baru", "luas", "geser", "sama"
ORDER = [HILANG, BARU, GESER, LUAS, SAMA]
WORDS = {
    HILANG: "tidak ada di versi ini",
    BARU: "hanya ada di versi ini",
    GESER: "berpindah letak",
    LUAS: "luas berubah lebih dari 20 %",
    SAMA: "hampir sama",
}


@dataclass(frozen=True)
class Beda:
    """How one wilayah differs between two versions. Areas in square metres, None without boundary."""

    kode: str
    jenis: str
    luas: float | None
    luas_lama: float | None

    @property
    def perubahan(self) -> float | None:
        """By what share the area grew (0.5 is half as much again); None when a side is missing."""
        return self.luas / self.luas_lama - 1 if self.luas and self.luas_lama else None

    @property
    def kata(self) -> str:
        return WORDS[self.jenis]


@lru_cache(maxsize=16)  # versions never change, and their ids are never used again
def beda_list(versi_id: int, lama_id: int, tingkat: str) -> tuple[Beda, ...]:
    """How each wilayah of a level differs, the gravest first. Without boundaries on either side: left out."""
    found = [
        Beda(kode, _kind(luas, lama, irisan), luas, lama)
        for kode, luas, lama, irisan, *_ in rows_of(
            "periksa_batas_luas.sql", versi=versi_id, lama=lama_id, tingkat=tingkat
        )
    ]
    return tuple(sorted(found, key=lambda b: (ORDER.index(b.jenis), -abs(b.perubahan or 0), b.kode)))


def _kind(luas: float | None, lama: float | None, irisan: float | None) -> str:
    if not luas or not lama:
        return BARU if luas else HILANG
    if (irisan or 0) / (luas + lama - (irisan or 0)) < MOVED:
        return GESER
    return LUAS if abs(luas / lama - 1) > CHANGED else SAMA


def versi_list() -> Iterable[VersiBatas]:
    """All versions, the one in use first, then the newest; each with how many villages it draws."""
    desa = Count("batas_list", filter=Q(batas_list__wilayah__tingkat=Wilayah.Tingkat.DESA_KELURAHAN))
    return VersiBatas.objects.annotate(desa=desa).order_by("-aktif", "-dibuat")


def shared_tingkat(versi: VersiBatas, lama: VersiBatas) -> list[str]:
    """The levels that both versions draw, the finest first."""
    sides = [set(v.batas_list.values_list("wilayah__tingkat", flat=True).distinct()) for v in (versi, lama)]
    shown = [t for t in reversed(Wilayah.Tingkat.values) if t != Wilayah.Tingkat.PROVINSI]
    return [tingkat for tingkat in shown if tingkat in sides[0] & sides[1]]
