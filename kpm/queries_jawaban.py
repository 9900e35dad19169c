"""Questions put to the stored answers, through the gate: who answered what, and how many of those who answered.

A question is a word of the URL: BDT2015.lantai (one indikator) or lantai_tanah (a measure that several
questionnaires ask about). Of several answers of one keluarga to one question the newest sumber's counts. A question
answered with a number is asked by its classes (data/indikator_kelas.csv) or, on the map, for the mean.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Aggregate, Count, Exists, FloatField, Func, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from access.rules import may_see_khusus
from access.scope import within
from kpm.indikator import Pertanyaan, catalogue, ukuran_list
from kpm.models import Anggota, Instrumen, JawabanAnggota, JawabanKeluarga, Keluarga
from kpm.remembered import remembered

YA = "ya"
TIDAK = "tidak"
WORD = re.compile(r"[A-Za-z0-9_]{1,20}(\.[a-z0-9_]{1,40})?", re.ASCII)
MOST_CODES = 25
MODELS: dict[str, Any] = {"keluarga": JawabanKeluarga, "anggota": JawabanAnggota}
Codes = Mapping[str, Mapping[str, tuple[str, ...]]]  # instrumen -> kode -> codes


@dataclass(frozen=True)
class Soal:
    """A question with its choices. arti: per choice the codes that mean it, by instrumen and indikator.

    rentang: of a number instead, per class where it begins and what it stays below.
    """

    kata: str
    nama: str
    unit: str
    kelompok: str
    khusus: bool
    pilihan: Mapping[str, str]
    dijawab: Mapping[str, tuple[str, ...]]  # instrumen -> indikator of which one must be answered
    arti: Mapping[str, Codes]
    rentang: Mapping[str, tuple[int, int | None]] = field(default_factory=dict)

    @property
    def pembilang(self) -> str:
        return "keluarga" if self.unit == "keluarga" else "orang"

    def words(self, jawaban: Iterable[str]) -> str:
        """What a mark says: "Jenis lantai terluas: Tanah, Bambu"; "Lantai tanah"."""
        chosen = [self.pilihan[kode] for kode in jawaban if kode in self.pilihan]
        if self.kata in ukuran_list():
            return f"Bukan {self.nama[0].lower()}{self.nama[1:]}" if chosen == ["Tidak"] else self.nama
        return f"{self.nama}: {', '.join(chosen) or 'dijawab'}"


def soal_of(kata: str) -> Soal | None:
    """The question of a word of the URL; None for a word nobody offers."""
    if kata in ukuran_list():
        ukuran = ukuran_list()[kata]
        return Soal(
            kata,
            ukuran.nama,
            "keluarga",
            "Ukuran",
            False,
            {YA: "Ya", TIDAK: "Tidak"},
            {instrumen: tuple(per) for instrumen, per in ukuran.jawaban.items()},
            {YA: ukuran.jawaban},
        )
    one = catalogue().get(kata.replace(".", ":", 1))
    if one is None:
        return None
    return Soal(
        kata,
        one.nama,
        one.unit,
        one.kelompok,
        one.khusus,
        one.kelas or one.pilihan,
        {one.instrumen: (one.kode,)},
        {kode: {one.instrumen: {one.kode: _codes(one, kode)}} for kode in one.pilihan},
        one.rentang,
    )


def _codes(one: Pertanyaan, kode: str) -> tuple[str, ...]:
    """The stored codes that mean a choice: itself, or of a bit sum every sum with this part."""
    if one.jenis != "bit" or int(kode) not in one.parts:
        return (kode,)
    alone = {n for n in map(int, one.pilihan) if n and n not in one.parts}
    return tuple(text for text in one.codes if int(text) & int(kode) and int(text) not in alone)


def answering(user) -> dict[str, set[tuple[str, int]]]:
    """Unit -> the (instrumen, sumber) of which this user's people have answers."""

    def count() -> dict[str, set[tuple[str, int]]]:
        return {
            unit: set(
                model.objects.visible_to(user).order_by().values_list("instrumen", "sumber_id").distinct()
            )
            for unit, model in MODELS.items()
        }

    return remembered("jawaban", user, count)


def offered(user) -> list[Soal]:
    """The questions worth asking this user's people: measures first, then each questionnaire that was answered."""
    known = answering(user)
    asked = {unit: {instrumen for instrumen, _ in pairs} for unit, pairs in known.items()}
    found = []
    for kata in [*ukuran_list(), *(name.replace(":", ".", 1) for name in catalogue())]:
        soal = soal_of(kata)
        if soal and asked[soal.unit].intersection(soal.dijawab) and may_ask(user, soal):
            found.append(soal)
    return found


def may_ask(user, soal: Soal) -> bool:
    """Specific data are nobody's filter but theirs who may see them."""
    return not soal.khusus or may_see_khusus(user)


def group_of(soal: Soal) -> str:
    """The heading it stands under in a list: "Ukuran", "BDT 2015, bangunan"."""
    if soal.kata in ukuran_list():
        return soal.kelompok
    (instrumen,) = soal.dijawab
    who = "" if soal.unit == "keluarga" else "orang, "
    return f"{Instrumen(instrumen).label}, {who}{soal.kelompok[0].lower()}{soal.kelompok[1:]}"


def answers(user, soal: Soal) -> QuerySet:
    """The newest answer to this question of every keluarga or person, through the gate."""
    rows = MODELS[soal.unit].objects.visible_to(user)
    if soal.khusus:
        rows = rows.filter(may_see_khusus.within(user))
    rows = rows.filter(_answered(soal))
    sources = [pair for pair in answering(user)[soal.unit] if pair[0] in soal.dijawab]
    if len(sources) > 1:
        owner = f"{soal.unit}_id"
        later = (
            Q(sumber__periode__gt=OuterRef("sumber__periode"))
            | Q(sumber__periode=OuterRef("sumber__periode"), sumber_id__gt=OuterRef("sumber_id"))
            | Q(sumber_id=OuterRef("sumber_id"), instrumen__gt=OuterRef("instrumen"))
        )
        newer = MODELS[soal.unit].objects.visible_to(user).filter(_answered(soal), later)
        rows = rows.filter(~Exists(newer.filter(**{owner: OuterRef(owner)})))
    return rows


def _answered(soal: Soal) -> Q:
    return reduce(
        or_, (Q(instrumen=name, isi__has_any_keys=list(kode)) for name, kode in soal.dijawab.items())
    )


def chosen(soal: Soal, jawaban: Iterable[str]) -> Q:
    """The condition "answers like this" on answers(); without a choice any answer will do."""
    found = Q()
    for kode in jawaban:
        if kode == TIDAK and kode not in soal.arti:
            found |= ~_means(soal.arti[YA])
        elif kode in soal.rentang:
            found |= _between(soal, *soal.rentang[kode])
        elif kode in soal.arti:
            found |= _means(soal.arti[kode])
    return found


def _between(soal: Soal, low: int, below: int | None) -> Q:
    found = Q(GreaterThanOrEqual(_number(soal), low))
    return found if below is None else found & Q(LessThan(_number(soal), below))


def _number(soal: Soal) -> Func:
    """The answer as a number; NULL where it is none: the path is asked in silence, a cast would stop the page."""
    ((kode,),) = soal.dijawab.values()
    return Func(
        "isi",
        Value(f'$."{kode}".double()'),
        template="jsonb_path_query_first(%(expressions)s, '{}', true)::double precision",
        output_field=FloatField(),
    )


def _means(codes: Codes) -> Q:
    return reduce(
        or_,
        (
            Q(instrumen=instrumen, isi__contains={indikator: kode})
            for instrumen, per in codes.items()
            for indikator, some in per.items()
            for kode in some
        ),
    )


def keluarga_answering(user, soal: Soal, jawaban: Iterable[str]) -> QuerySet:
    """Ids of keluarga that answer like this, or one of whose members of today does; none without the right."""
    rows = answers(user, soal).filter(chosen(soal, jawaban))
    if not may_ask(user, soal):
        rows = rows.none()
    if soal.unit == "keluarga":
        return rows.values("keluarga_id")
    rows = rows.filter(within(user, "anggota__wilayah_id"), anggota__status=Anggota.Status.AKTIF)
    return rows.values("anggota__keluarga_id")


Pairs = dict[str, tuple[float, int]]


def pairs(user, soal: Soal, jawaban: Iterable[str], keluarga: QuerySet | None) -> Pairs:
    """Per village: how many answer like this, of how many who answered. keluarga: only theirs."""
    part = Count("pk", filter=chosen(soal, jawaban) or Q(pk__isnull=False))
    return _per_village(user, soal, keluarga, part, Count("pk"))


def sums(user, soal: Soal, keluarga: QuerySet | None) -> Pairs:
    """Per village: the sum of the numbers answered, and how many answered with one. keluarga: only theirs."""
    return _per_village(user, soal, keluarga, Sum(_number(soal)), Count(_number(soal)))


def _per_village(user, soal: Soal, keluarga: QuerySet | None, part: Aggregate, whole: Aggregate) -> Pairs:
    if not may_ask(user, soal):
        return {}
    rows = answers(user, soal)
    own = "keluarga" if soal.unit == "keluarga" else "anggota__keluarga"
    rows = rows.filter(within(user, f"{own}__wilayah_id"))
    if soal.unit == "anggota":
        rows = rows.filter(within(user, "anggota__wilayah_id"), anggota__status=Anggota.Status.AKTIF)
    if keluarga is None:
        rows = rows.filter(**{f"{own}__status": Keluarga.Status.AKTIF})
    else:  # the filter has said whether those who left count
        rows = rows.filter(**{f"{own}__in": keluarga})
    counted = rows.order_by().values_list("wilayah_id").annotate(part=part, whole=whole)
    return {kode: (some or 0, n) for kode, some, n in counted if kode}


# --- one keluarga ------------------------------------------------------------------------------------


def sheets_of(user, keluarga: Keluarga, anggota_list: list[Anggota]) -> list[dict]:
    """The questionnaires of one keluarga, the newest first: answers in groups, and those of each person.

    What is specific data is left out where the user has no right to it, and `ditutup` says how much.
    """
    own = JawabanKeluarga.objects.visible_to(user).filter(keluarga=keluarga).select_related("sumber")
    people = JawabanAnggota.objects.visible_to(user).filter(anggota__in=[a.pk for a in anggota_list])
    may = may_see_khusus.covers(user, keluarga.wilayah_id)
    sheets: dict[tuple, dict] = {}

    def sheet(row) -> dict:
        key = (row.sumber.periode, row.sumber_id, row.instrumen)
        return sheets.setdefault(
            key,
            {
                "judul": _title(row),
                "kelompok_list": [],
                "orang_list": [],
                "ditutup": 0,
            },
        )

    for row in own:
        groups, shut = _grouped(row.instrumen, row.isi, may)
        sheet(row)["kelompok_list"] = groups
        sheet(row)["ditutup"] += shut
    by_person: dict[int, list] = defaultdict(list)
    for row in people.select_related("sumber"):
        by_person[row.anggota_id].append(row)
    for anggota in anggota_list:
        for row in by_person[anggota.pk]:
            groups, shut = _grouped(row.instrumen, row.isi, may)
            sheet(row)["ditutup"] += shut
            if groups:
                sheet(row)["orang_list"].append({"anggota": anggota, "kelompok_list": groups})
    return [sheets[key] for key in sorted(sheets, reverse=True)]


def _title(row) -> str:
    """BDT 2015 Agustus 2015; Kepmensos 262/2022, DTKS Oktober 2026."""
    label, sumber = Instrumen(row.instrumen).label, row.sumber.judul
    return sumber if sumber.startswith(label) else f"{label}, {sumber}"


def _grouped(instrumen: str, isi: Mapping[str, str], may: bool) -> tuple[list[dict], int]:
    """Answers under the headings of the questionnaire, in its order; and how many the user may not see."""
    groups: dict[str, list[dict]] = {}
    shut = 0
    for one in catalogue().values():
        if one.instrumen != instrumen or one.kode not in isi:
            continue
        if one.khusus and not may:
            shut += 1
            continue
        groups.setdefault(one.kelompok, []).append(
            {"nama": one.nama, "jawaban": label_of(one, isi[one.kode])}
        )
    return [{"nama": name, "jawaban_list": lines} for name, lines in groups.items()], shut


def label_of(one: Pertanyaan, kode: str) -> str:
    """The words of an answer; of a bit sum those of its parts."""
    if kode in one.pilihan:
        return one.pilihan[kode]
    if one.jenis == "bit" and kode.isdigit():
        parts = [one.pilihan[str(part)] for part in one.parts if int(kode) & part]
        return ", ".join(parts) or kode
    return kode.replace(".", ",")


def changed_answers(earlier, later, may: bool) -> Iterator[tuple[Pertanyaan, str, str]]:
    """The questions answered differently by two states of one row, each in words; later None: there is no row now."""
    after = later.isi if later else {}
    for one in catalogue().values():
        if one.instrumen == earlier.instrumen and (may or not one.khusus):
            dulu, kini = earlier.isi.get(one.kode), after.get(one.kode)
            if dulu != kini:
                yield one, label_of(one, dulu) if dulu else "", label_of(one, kini) if kini else ""
