"""The one filter of keluarga: list, map and export read the same words of the URL through it.

wilayah, program, desil, persentil, nik, padan, status, and a question with its answers stand in the URL. Name, NIK and
No. KK never do: the list keeps them in the session (views.py) and hands them in as `kata`. Values nobody
offers are read as "not set", so an old link still opens.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from access.scope import below
from kpm.models import Anggota, HasilPadan, Keluarga, Kepesertaan, Peringkat, Program, Sumber
from kpm.queries_jawaban import MOST_CODES, Soal, group_of, keluarga_answering, soal_of
from kpm.remembered import remembered

TANPA = "tanpa"
BURUK = "buruk"
WILAYAH = re.compile(r"\d{2}(\d{2}(\d{2}(\d{4})?)?)?", re.ASCII)
KODE = re.compile(r"[A-Z0-9_]{1,20}", re.ASCII)
RANGE = re.compile(r"(\d{1,3})(?:-(\d{1,3}))?", re.ASCII)
MOST_WILAYAH = 60
NUMBER = 16  # digits of a NIK and of a No. KK

DESIL = [
    *((f"1-{n}", f"1 sampai {n}") for n in (2, 4, 5)),
    *((str(n), f"Desil {n}") for n in range(1, 11)),
    (TANPA, "Tanpa desil"),
]
PERSENTIL = [
    *((f"1-{n}", f"1 sampai {n}") for n in (5, 10, 20, 30, 40)),
    ("41-100", "Di atas 40"),
    (TANPA, "Tanpa persentil"),
]
NAMES = ("program", "desil", "persentil", "nik", "padan", "status")  # one value each, from a short list
KELUAR, SEMUA = "keluar", "semua"
STATUS = [(KELUAR, "Sudah keluar"), (SEMUA, "Dalam daftar dan sudah keluar")]  # without one: on the list
NIK = [(BURUK, "Ada NIK bermasalah"), *Anggota.NikStatus.choices]
COCOK, PERLU = "cocok", "perlu"
# Of a keluarga: everybody agrees with the registry, or somebody has this result.
PADAN = [
    (COCOK, "Semua anggota padan"),
    (PERLU, "Ada yang belum padan"),
    *((hasil.value, hasil.label) for hasil in HasilPadan if hasil != HasilPadan.PADAN),
    (TANPA, "Belum dicocokkan"),
]


def rank_sumber(user) -> dict[str, Sumber]:
    """The newest list that gives this user's families a desil, and one with a percentile. They never mix."""
    return remembered("peringkat", user, lambda: _rank_sumber(user))


def _rank_sumber(user) -> dict[str, Sumber]:
    found: dict[str, Sumber] = {}
    for sumber in Sumber.objects.order_by("-periode", "jenis"):
        ranks = Peringkat.objects.visible_to(user).filter(sumber=sumber)
        for scale in ("desil", "persentil"):
            if scale not in found:
                # In the index's order: a bare EXISTS reads the table from its start.
                first = ranks.filter(**{f"{scale}__isnull": False}).order_by("wilayah_id", "desil")
                if first.values_list("pk", flat=True).first():
                    found[scale] = sumber
    return found


@dataclass(frozen=True)
class Filter:
    """What is asked for. Desil and persentil are those of the newest list that carries them (rank_sumber)."""

    wilayah: tuple[str, ...] = ()
    program: str = ""
    desil: str = ""
    persentil: str = ""
    nik: str = ""
    padan: str = ""
    status: str = ""
    indikator: str = ""
    jawaban: tuple[str, ...] = ()
    kata: str = ""

    def __post_init__(self) -> None:
        # an export keeps its filter as JSON, which knows lists only
        object.__setattr__(self, "jawaban", tuple(self.jawaban))

    @classmethod
    def read(cls, params: Mapping[str, Any], kata: str = "") -> Filter:
        """Read a QueryDict (or a mapping of single values); what makes no sense is left out."""
        codes = sorted({kode for kode in _many(params, "wilayah") if WILAYAH.fullmatch(kode)})[:MOST_WILAYAH]
        soal = soal_of(params.get("indikator", ""))
        given = set(_many(params, "jawaban"))
        program = params.get("program", "")
        return cls(
            # a village inside a kecamatan that is asked for says nothing new
            wilayah=tuple(k for k in codes if not any(k != o and k.startswith(o) for o in codes)),
            program=program if program == TANPA or KODE.fullmatch(program) else "",
            desil=_offered(params.get("desil", ""), DESIL),
            persentil=_offered(params.get("persentil", ""), PERSENTIL),
            nik=_offered(params.get("nik", ""), NIK),
            padan=_offered(params.get("padan", ""), PADAN),
            status=_offered(params.get("status", ""), STATUS),
            indikator=soal.kata if soal else "",
            jawaban=tuple(kode for kode in soal.pilihan if kode in given)[:MOST_CODES] if soal else (),
            kata=" ".join(kata.split())[:120],
        )

    def query(self, **changes) -> list[tuple[str, str]]:
        """The pairs that stand in a URL. `changes` replace parts: query(desil="")."""
        changed = replace(self, **changes)
        pairs = [("wilayah", kode) for kode in changed.wilayah]
        names = (*NAMES, "indikator")
        pairs += [(name, getattr(changed, name)) for name in names if getattr(changed, name)]
        return pairs + [("jawaban", kode) for kode in changed.jawaban]

    def url(self, path: str, extra: Mapping[str, str] | None = None, **changes) -> str:
        """`path` with this filter, and with `extra` behind it."""
        pairs = self.query(**changes) + [(k, v) for k, v in (extra or {}).items() if v]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    @property
    def narrows(self) -> bool:
        """True when more than the wilayah is asked for, so that counting has to look at each keluarga."""
        return any((*(getattr(self, name) for name in NAMES), self.indikator, self.kata))

    @property
    def everybody(self) -> bool:
        """True when nothing but the wilayah limits it: those who left are asked for as well."""
        return self == Filter(wilayah=self.wilayah, status=SEMUA)

    @property
    def by_number(self) -> bool:
        """True when a whole NIK or No. KK is searched for: who asks that wants this family, on the list or not."""
        return is_number(_number(self.kata))

    @property
    def to_look_up(self) -> Filter:
        """The filter as the list reads it: a search by number finds families that left as well."""
        return replace(self, status=SEMUA) if self.by_number and not self.status else self

    def inside(self, path: str = "wilayah_id") -> Q:
        """The chosen wilayah as ranges over the column `path`."""
        return reduce(or_, (below(path, kode) for kode in self.wilayah), Q())

    def keluarga(self, user) -> QuerySet[Keluarga]:
        """The keluarga asked for, through the gate. Only those on the list (aktif), unless status says otherwise."""
        rows = Keluarga.objects.visible_to(user).filter(self.inside())
        if self.status != SEMUA:
            rows = rows.filter(status=self.status or Keluarga.Status.AKTIF)
        ranks = (self._rank(user, "desil"), self._rank(user, "persentil"))
        for condition in (self._program(user), *ranks, self._nik(user), self._padan(user)):
            if condition is not None:
                rows = rows.filter(condition)
        if soal := self.soal:
            rows = rows.filter(pk__in=keluarga_answering(user, soal, self.jawaban))
        return rows.filter(self._words(user)) if self.kata else rows

    @property
    def soal(self) -> Soal | None:
        """The question asked of the answers, if any."""
        return soal_of(self.indikator) if self.indikator else None

    @property
    def without_soal(self) -> Filter:
        """The same without the question."""
        return replace(self, indikator="", jawaban=())

    def _program(self, user):
        if not self.program:
            return None
        taking = (
            Kepesertaan.objects.visible_to(user)
            .berlaku()
            .filter(keluarga=OuterRef("pk"), sumber=OuterRef("sumber"))
        )
        if self.program == TANPA:
            return ~Exists(taking)
        return Exists(taking.filter(program=self.program))

    def _rank(self, user, scale: str):
        asked = getattr(self, scale)
        if not asked:
            return None
        sumber = rank_sumber(user).get(scale)
        ranked = Peringkat.objects.visible_to(user).filter(
            keluarga=OuterRef("pk"), sumber=sumber, **{f"{scale}__isnull": False}
        )
        if asked == TANPA:
            return ~Exists(ranked)
        low, high = bounds(asked)
        return Exists(ranked.filter(**{f"{scale}__range": (low, high)}))

    def _nik(self, user):
        if not self.nik:
            return None
        anggota = Anggota.objects.visible_to(user).aktif().filter(keluarga=OuterRef("pk"))
        if self.nik == BURUK:
            return Exists(anggota.exclude(nik_status=Anggota.NikStatus.VALID))
        return Exists(anggota.filter(nik_status=self.nik))

    def _padan(self, user):
        if not self.padan:
            return None
        anggota = Anggota.objects.visible_to(user).aktif().filter(keluarga=OuterRef("pk"))
        others = anggota.exclude(padan_hasil=HasilPadan.PADAN)  # the few; an index holds them
        if self.padan == COCOK:
            return Exists(anggota) & ~Exists(others)
        if self.padan == PERLU:
            return Exists(others.exclude(padan_hasil=""))
        return Exists(others.filter(padan_hasil="" if self.padan == TANPA else self.padan))

    def _words(self, user) -> Q:
        """Whole numbers by equality, names by the beginnings of their words, in any order."""
        anggota = Anggota.objects.visible_to(user)
        number = _number(self.kata)
        if any(letter.isdigit() for letter in number):
            # two short lists of ids: an OR over two tables would read both of them whole
            hits = (
                set(anggota.filter(nik=number).values_list("keluarga_id", flat=True))
                if is_number(number)
                else set()
            )
            hits |= set(anggota.filter(id_dtks=self.kata).values_list("keluarga_id", flat=True))
            if is_number(number):
                hits |= set(
                    Keluarga.objects.visible_to(user).filter(no_kk=number).values_list("pk", flat=True)
                )
            return Q(pk__in=hits)
        words = normal_words(self.kata)
        if not words:
            return Q(pk__in=[])
        named = anggota.filter(self.inside(), reduce(and_, (starts(word) for word in words)))
        return Q(pk__in=named.values("keluarga_id"))


def _many(params: Mapping[str, Any], name: str) -> list[str]:
    """All values of a name; a mapping has one, or a list of them."""
    if hasattr(params, "getlist"):
        return params.getlist(name)
    value = params.get(name, "")
    return [value] if isinstance(value, str) else list(value)


def _offered(value: str, choices: list[tuple[str, str]]) -> str:
    return value if any(value == offered for offered, _ in choices) else ""


def bounds(text: str) -> tuple[int, int]:
    """Read a range: 1-4 is 1 to 4, 3 is 3 to 3."""
    low, _, high = text.partition("-")
    return int(low), int(high or low)


def _number(kata: str) -> str:
    """The words without what people write between the digits of a number."""
    return re.sub(r"[\s.'-]", "", kata)


def is_number(text: str) -> bool:
    """True for what can be a NIK or a No. KK."""
    return len(text) == NUMBER and text.isascii() and text.isdigit()


def starts(word: str) -> Q:
    """A word of the name begins like this."""
    return Q(nama_normal__startswith=word) | Q(nama_normal__contains=f" {word}")


def normal_words(text: str) -> list[str]:
    """The words of a name as they stand in nama_normal."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kpm_nama_normal(upper(%s))", [text])
        (normal,) = cursor.fetchone()
    return [word for word in normal.split() if word.isalnum()]


class SoalSelect(forms.Select):
    """A choice of questions; each carries its answers, which the island `jawaban` offers once it is chosen."""

    soal: Mapping[str, Soal] = {}

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        if soal := self.soal.get(str(value)):
            option["attrs"]["data-pilihan"] = json.dumps(list(soal.pilihan.items()), ensure_ascii=False)
        return option


class FilterForm(forms.Form):
    """The fields of the filter. On the map without wilayah, which is the map's own business."""

    program = forms.ChoiceField(required=False)
    desil = forms.ChoiceField(required=False)
    persentil = forms.ChoiceField(required=False)
    nik = forms.ChoiceField(required=False, label="Status NIK")
    padan = forms.ChoiceField(required=False, label="Hasil padan")
    status = forms.ChoiceField(
        required=False, label="Status keluarga", choices=[("", "Dalam daftar"), *STATUS]
    )
    indikator = forms.ChoiceField(
        required=False, label="Kondisi keluarga", widget=SoalSelect(attrs={"data-island": "jawaban"})
    )
    jawaban = forms.MultipleChoiceField(required=False, label="Jawaban", widget=forms.CheckboxSelectMultiple)

    def __init__(
        self,
        filter: Filter,
        ranks: Mapping[str, Sumber],
        soal_list: list[Soal],
        program_list: list[Program] | None = None,
    ):
        super().__init__(initial={name: getattr(filter, name) for name in self.base_fields})
        self._ask(filter, soal_list)
        program_list = list(Program.objects.all()) if program_list is None else program_list
        self._offer("program", [*((p.kode, p.singkatan) for p in program_list), (TANPA, "Tanpa program")])
        self._offer("desil", DESIL)
        self._offer("persentil", PERSENTIL)
        self._offer("nik", NIK)
        self._offer("padan", PADAN)
        for scale in ("desil", "persentil"):
            if scale in ranks or getattr(filter, scale):
                if scale in ranks:
                    self.fields[scale].label = f"{scale.capitalize()}, {ranks[scale].get_jenis_display()}"
            else:
                del self.fields[scale]

    def _ask(self, filter: Filter, soal_list: list[Soal]) -> None:
        """Offer the questions that somebody answered, in groups, and the answers of the one chosen."""
        known = {soal.kata: soal for soal in soal_list}
        if not known and not filter.soal:
            del self.fields["indikator"], self.fields["jawaban"]
            return
        groups: dict[str, list[tuple[str, str]]] = {}
        for soal in soal_list:
            groups.setdefault(group_of(soal), []).append((soal.kata, soal.nama))
        field = cast(forms.ChoiceField, self.fields["indikator"])
        field.choices = [("", "Semua"), *groups.items()]
        cast(SoalSelect, field.widget).soal = known
        chosen = known.get(filter.indikator)
        cast(forms.MultipleChoiceField, self.fields["jawaban"]).choices = (
            list(chosen.pilihan.items()) if chosen else []
        )

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = [("", "Semua"), *choices]

    def has_changed(self) -> bool:
        """True when something is set."""
        return any(self.initial.get(name) for name in self.fields)


def words_of(name: str, value: str, program_list: list[Program]) -> str:
    """What a mark says: "Desil 1–4", "PKH", "NIK kosong"."""
    if name == "program":
        return (
            "Tanpa program"
            if value == TANPA
            else next((p.singkatan for p in program_list if p.kode == value), value)
        )
    if name == "nik":
        return dict(NIK)[value] if value == BURUK else f"NIK {dict(NIK)[value]}"
    if name == "padan":
        return dict(PADAN)[value]
    if name == "status":
        return dict(STATUS)[value]
    label = name.capitalize()
    return f"Tanpa {name}" if value == TANPA else f"{label} {value.replace('-', '–')}"
