"""The lists and periods somebody's keluarga were in: all of them for a page, and those of one keluarga."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import connection

from access.scope import as_system, territory_of
from kpm.models import Keluarga, Kepesertaan, Peringkat, Sumber, Suntingan, Tercatat
from kpm.remembered import remembered
from spatial.models import Wilayah

SQL = Path(__file__).parent / "sql" / "sumber.sql"


@dataclass(frozen=True)
class Isi:
    """One sumber in the user's territory: how many keluarga and persons, from how many files."""

    sumber: Sumber
    keluarga: int
    orang: int
    berkas: int
    terakhir: datetime | None
    sebelumnya: Sumber | None = None


def contents(user) -> list[Isi]:
    """Every sumber that names somebody of the user's territory, the newest period first."""
    counted = remembered("sumber", user, lambda: _counted(user))
    found: list[Isi] = []
    all_sumber = Sumber.objects.in_bulk([row[0] for row in counted])
    rows = sorted(
        ((all_sumber[pk], numbers) for pk, *numbers in counted),
        key=lambda row: (row[0].periode, row[0].jenis),
        reverse=True,
    )
    for place, (sumber, numbers) in enumerate(rows):
        before = next((s for s, _ in rows[place + 1 :] if s.jenis == sumber.jenis), None)
        keluarga, orang, berkas, terakhir = numbers
        found.append(Isi(sumber, keluarga, orang, berkas, terakhir, before))
    return found


def _counted(user) -> list[tuple]:
    columns = ("keluarga_id", "sumber_id", "job_id", "anggota")
    rows = Tercatat.objects.visible_to(user).order_by().values(*columns)
    text, values = rows.query.sql_with_params()
    lines = [line for line in SQL.read_text().splitlines() if not line.startswith("--")]
    with connection.cursor() as cursor:
        cursor.execute("\n".join(lines).format(tercatat=text), values)
        return cursor.fetchall()


@dataclass
class Periode:
    """One keluarga in one sumber; `ada` is False in a period that has its village and not it."""

    sumber: Sumber
    ada: bool = False
    desa: str = ""
    orang: set[int] = field(default_factory=set)
    desil: int | None = None
    persentil: int | None = None
    program: list[str] = field(default_factory=list)


def membership_of(keluarga: Keluarga, user) -> list[Periode]:
    """In which periods it was, the newest first, with the gaps between and after them.

    A gap is a period in which its village has a list that does not name it: a village without a list says
    nothing. Before its first period there is none.
    """
    sumber = {s.pk: s for s in Sumber.objects.all()}
    said = list(Tercatat.objects.visible_to(user).filter(keluarga=keluarga).order_by("job_id"))
    if _came_from_elsewhere(keluarga, user):
        said = _everything_said(keluarga)
    if not said:
        return []
    found = {one.sumber_id: Periode(sumber[one.sumber_id], ada=True) for one in said}
    names = {
        w.kode: w.nama_lengkap for w in Wilayah.objects.filter(kode__in={one.wilayah_id for one in said})
    }
    for one in said:
        found[one.sumber_id].desa = names.get(one.wilayah_id or "", "tanpa wilayah")
        found[one.sumber_id].orang.update(one.anggota)
    _describe(found, keluarga, user)
    first: dict[str, str] = {}
    for pk in found:
        jenis = sumber[pk].jenis
        first[jenis] = min(first.get(jenis, sumber[pk].periode), sumber[pk].periode)
    for pk in _lists_of_villages(said, list(sumber), user) - found.keys():
        one = sumber[pk]
        if one.periode > first.get(one.jenis, "9"):
            found[pk] = Periode(one)
    return sorted(found.values(), key=lambda p: (p.sumber.periode, p.sumber.jenis), reverse=True)


def _came_from_elsewhere(keluarga: Keluarga, user) -> bool:
    """True when an officer moved it here from a village out of the user's sight.

    What files said of it lies in that village and stays there, a dated statement (decision 0023); the office
    that has the keluarga now may read all the same in which periods it was.
    """
    territory = territory_of(user)
    if territory.semua or not territory.covers(keluarga.wilayah_id or ""):
        return False
    moves = Suntingan.objects.visible_to(user).filter(keluarga_id=keluarga.pk, jenis=Suntingan.Jenis.PINDAH)
    return any(
        not territory.covers(rincian.get("dari") or "") for rincian in moves.values_list("rincian", flat=True)
    )


def _everything_said(keluarga: Keluarga) -> list[Tercatat]:
    """Its own rows and nobody else's, wherever they lie."""
    with as_system("sumber: periode keluarga yang pindah dari luar wilayah petugas"):
        return list(Tercatat.objects.filter(keluarga=keluarga).order_by("job_id"))


def _describe(found: dict[int, Periode], keluarga: Keluarga, user) -> None:
    for rank in Peringkat.objects.visible_to(user).filter(keluarga=keluarga, sumber__in=found):
        found[rank.sumber_id].desil, found[rank.sumber_id].persentil = rank.desil, rank.persentil
    taking = Kepesertaan.objects.visible_to(user).filter(keluarga=keluarga, sumber__in=found)
    programs: dict[int, list[str]] = defaultdict(list)
    ordered = taking.order_by("program__urutan", "program_id")
    for pk, name in ordered.values_list("sumber_id", "program__singkatan"):
        if name not in programs[pk]:
            programs[pk].append(name)
    for pk, names in programs.items():
        found[pk].program = names


def _lists_of_villages(said: list[Tercatat], sumber: list[int], user) -> set[int]:
    """The sumber that name anybody of a village it was in."""
    villages = {one.wilayah_id for one in said if one.wilayah_id}
    named = Tercatat.objects.visible_to(user).filter(sumber__in=sumber, wilayah__in=villages)
    return set(named.order_by().values_list("sumber_id", flat=True).distinct())
