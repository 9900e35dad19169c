"""Ranks and programmes of the keluarga of each village, as pairs that add up, through the gate.

A pair is (part, whole) of one village: the sum of the desil and how many keluarga have one. Levels above are
sums of pairs, so a mean of a kecamatan is never a mean of means.
"""

from __future__ import annotations

from dataclasses import replace

from django.db.models import Count, Sum

from kpm.filters import TANPA, Filter, rank_sumber
from kpm.models import Anggota, HasilPadan, Peringkat
from kpm.queries import (
    anggota_per_village,
    belum_padan_per_village,
    count_padan,
    count_per,
    current_kepesertaan,
    keluarga_per_village,
    listed,
    program_per_village,
)
from kpm.queries_jawaban import Pairs, Soal, pairs, sums
from kpm.remembered import remembered

POOREST = "1-2"  # desil
VILLAGE = 10


def rank_pairs(user, asked: Filter, scale: str) -> Pairs:
    """The sum of the ranks and how many keluarga have one, in the newest list with that scale."""

    def count() -> Pairs:
        sumber = rank_sumber(user).get(scale)
        if sumber is None:
            return {}
        ranks = listed(Peringkat.objects.visible_to(user), user, asked)
        ranks = ranks.filter(sumber=sumber, **{f"{scale}__isnull": False})
        sums = ranks.order_by().values_list("wilayah_id").annotate(total=Sum(scale), n=Count("*"))
        return {kode: (total, n) for kode, total, n in sums if kode}

    return count() if asked.narrows else remembered(f"rata {scale}", user, count)


def program_pairs(user, asked: Filter) -> Pairs:
    """How many programmes reach the keluarga, each once a keluarga, and how many keluarga there are."""
    if asked.narrows:
        inside = asked.keluarga(user)
        taking = current_kepesertaan(user, asked)
        counted = taking.order_by().values_list("wilayah_id", "program_id")
        reached = {
            (kode, program): n for kode, program, n in counted.annotate(n=Count("keluarga_id", distinct=True))
        }
        whole = count_per(inside, VILLAGE)
    else:
        reached, whole = program_per_village(user), keluarga_per_village(user)
    part = dict.fromkeys(whole, 0)
    for (kode, _), n in reached.items():
        if kode in part:
            part[kode] += n
    return {kode: (part[kode], n) for kode, n in whole.items()}


def unreached_pairs(user, asked: Filter) -> Pairs:
    """Of the keluarga in desil 1 and 2, how many no programme reaches, and how many there are."""

    def count() -> Pairs:
        poorest = Filter(desil=POOREST, status=asked.status)
        rows = [replace(poorest, program=TANPA).keluarga(user), poorest.keluarga(user)]
        if asked.narrows:
            inside = asked.keluarga(user).values("pk")
            rows = [found.filter(pk__in=inside) for found in rows]
        part, whole = (count_per(found, VILLAGE) for found in rows)
        return {kode: (part.get(kode, 0), n) for kode, n in whole.items()}

    return count() if asked.narrows else remembered("tanpa program", user, count)


def padan_pairs(user, asked: Filter, hasil: str) -> Pairs:
    """How many people have this result of the match with the registry, and how many there are.

    A village in which nobody has been matched has no pair: nothing is known of it.
    """
    if asked.narrows:
        people = (
            Anggota.objects.visible_to(user).aktif().filter(keluarga__in=asked.keluarga(user).values("pk"))
        )
        whole, others = (
            count_per(people, VILLAGE),
            count_padan(people.exclude(padan_hasil=HasilPadan.PADAN)),
        )
    else:
        whole, others = anggota_per_village(user), belum_padan_per_village(user)
    agree = dict(whole)
    for (kode, _), n in others.items():
        if kode in agree:
            agree[kode] -= n
    return {
        kode: (agree[kode] if hasil == HasilPadan.PADAN else others.get((kode, hasil), 0), n)
        for kode, n in whole.items()
        if others.get((kode, ""), 0) < n
    }


def answer_pairs(user, asked: Filter, soal: Soal, jawaban: tuple[str, ...]) -> Pairs:
    """How many answer like this and how many answer at all: keluarga, or people for a question about people.

    The filter narrows them, but not by the same question: that would leave those who say yes.
    """
    others = asked.without_soal if asked.indikator == soal.kata else asked

    def count() -> Pairs:
        inside = others.keluarga(user).values("pk") if others.narrows else None
        return pairs(user, soal, jawaban, inside)

    if others.narrows:
        return count()
    return remembered(f"jawaban {soal.kata} {' '.join(jawaban)}", user, count)


def answer_means(user, asked: Filter, soal: Soal) -> Pairs:
    """The sum of the numbers answered and how many answered with one, as answer_pairs counts them."""
    others = asked.without_soal if asked.indikator == soal.kata else asked

    def count() -> Pairs:
        return sums(user, soal, others.keluarga(user).values("pk") if others.narrows else None)

    return count() if others.narrows else remembered(f"rata jawaban {soal.kata}", user, count)


def added_up(pairs: Pairs, width: int) -> Pairs:
    """Pairs of the level whose codes have `width` digits."""
    sums: Pairs = {}
    for kode, (part, whole) in pairs.items():
        before = sums.get(kode[:width], (0, 0))
        sums[kode[:width]] = (before[0] + part, before[1] + whole)
    return sums
