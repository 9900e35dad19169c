"""Where people of a run fall when a threshold moves: counted from the scores its results carry.

Scores are counted once in steps of a hundredth; moving a threshold adds these up anew. A result without a score was
decided by a rule (a NIK that agrees, a NIK nowhere found) and falls nowhere else.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, F
from django.db.models.functions import Floor

from kpm.models import HasilPadan
from kpm.remembered import remembered
from padan.models import Pencocokan
from padan.queries_hasil import groups_of, results_of

STEPS = 100
TINY = 1e-9  # 0.29 is a little less than itself, times a hundred


def scores_of(user, run: Pencocokan) -> dict[tuple[str, int], int]:
    """{(result, hundredths of the score): people} of those who have a score."""

    def count() -> dict[tuple[str, int], int]:
        rows = results_of(user, run).filter(skor__isnull=False).order_by()
        counted = rows.annotate(langkah=Floor(F("skor") * STEPS + TINY)).values_list("hasil", "langkah")
        return {(hasil, int(langkah)): n for hasil, langkah, n in counted.annotate(n=Count("*"))}

    return remembered(f"skor padan {run.pk}", user, count)


@dataclass(frozen=True)
class Pita:
    """One band of scores: how many fall into it now, and how many would."""

    nama: str
    arti: str
    kini: int
    coba: int

    @property
    def selisih(self) -> int:
        return self.coba - self.kini


class Percobaan:
    """One run under the thresholds it had and under those that are tried; both in hundredths."""

    def __init__(self, user, run: Pencocokan, kini: tuple[int, int], coba: tuple[int, int]):
        self.scores = scores_of(user, run)
        self.total = sum(group[-1] for group in groups_of(user, run))
        self.kini, self.coba = kini, coba

    @property
    def berskor(self) -> int:
        """How many have a score at all."""
        return sum(self.scores.values())

    @property
    def terendah(self) -> int | None:
        """The lowest score that is kept: below it nobody can say who would be found."""
        return min((langkah for _, langkah in self.scores), default=None)

    def bands(self) -> list[Pita]:
        now, tried = _fall(self.scores, *self.kini), _fall(self.scores, *self.coba)
        return [
            Pita(nama, arti, now[kode], tried[kode])
            for kode, nama, arti in (
                ("kuat", "Sangat mirip", "disebut sebagai orang yang sama, bila hanya satu yang semirip itu"),
                ("calon", "Mungkin sama", "ditunjukkan kepada petugas untuk diputuskan"),
                ("bawah", "Terlalu jauh", "tidak ditunjukkan kepada siapa pun"),
            )
        ]

    def spread(self) -> list[tuple[str, int, int]]:
        """(words, people, of these with a candidate) per tenth of the scale, the most alike first."""
        everybody: Counter[int] = Counter()
        calon: Counter[int] = Counter()
        for (hasil, langkah), n in self.scores.items():
            tenth = min(langkah, STEPS - 1) // 10
            everybody[tenth] += n
            if hasil == HasilPadan.CALON:
                calon[tenth] += n
        return [
            (f"{tenth * 10}–{tenth * 10 + 10} %", everybody[tenth], calon[tenth])
            for tenth in range(9, -1, -1)
        ]


def _fall(scores: dict[tuple[str, int], int], calon: int, kuat: int) -> Counter[str]:
    found: Counter[str] = Counter()
    for (_, langkah), n in scores.items():
        found["kuat" if langkah >= kuat else "calon" if langkah >= calon else "bawah"] += n
    return found
