"""Questions of BDT 2015, Regsosek 2022 and their kin: the code lists, their columns in a file, one written answer.

The lists are data (data/indikator*.csv), copied into the database by `manage.py muat_indikator`. A question is
named INSTRUMEN:kode ("BDT2015:lantai"), since two questionnaires use one word for different lists. What becomes
of the answers of an import is jawaban.py's business.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

from django.conf import settings

DATA = Path(settings.BASE_DIR) / "data"
FEWEST = 3  # columns of a questionnaire before a file is taken to hold one
AGREEING = 10  # known headers whose column number is right, before a number alone is believed
_NUMBERED = re.compile(r"\((\d{1,3})\)\s*$")
_CODE_AND_LABEL = re.compile(r"(\d{1,2})\s*[.):=-]\s*(\S.*)")
_WHOLE = re.compile(r"(\d{1,7})(?:[.,]0{1,2})?")
_DECIMAL = re.compile(r"(\d{1,7})[.,](\d{1,2})")
_CLASS = re.compile(r"(\d{1,7})-(\d{1,7})?", re.ASCII)
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad")) | dict.fromkeys(
    map(ord, "\u00a0\u2007\u202f"), " "
)
# Ways to write "nothing" that are no label of any list.
NOTHING = {"", "-", "--", "---", ".", "NULL", "(NULL)", "NN", "N/A", "#N/A", "NAN", "TDK TH"}
# A list of just yes and no is also answered like this, whatever its codes are.
YES_NO = {"Y": "ya", "T": "tidak", "TDK": "tidak"}


@dataclass(frozen=True)
class Pertanyaan:
    """A question as the data files have it. pilihan: code -> label, in order; kelas: the same of a number's classes."""

    instrumen: str
    kode: str
    nomor: str
    unit: str
    jenis: str
    kelompok: str
    nama: str
    khusus: bool
    alias: tuple[str, ...]
    pilihan: Mapping[str, str]
    kelas: Mapping[str, str]

    @property
    def nama_penuh(self) -> str:
        """INSTRUMEN:kode, as a Layout and a Profil keep it."""
        return f"{self.instrumen}:{self.kode}"

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Every answer as it is stored; of a bit sum each possible sum. Empty for a number."""
        if self.jenis != "bit":
            return tuple(self.pilihan)
        parts = self.parts
        sums = {sum(some) for n in range(len(parts) + 1) for some in combinations(parts, n)}
        return tuple(str(n) for n in sorted(sums | {int(kode) for kode in self.pilihan}))

    @cached_property
    def rentang(self) -> dict[str, tuple[int, int | None]]:
        """Of each class the number it begins with and the one it ends below: 39.5 is in the class 20-39."""
        begins: list[Any] = [int(kode.partition("-")[0]) for kode in self.kelas]
        return dict(zip(self.kelas, pairwise([*begins, None]), strict=True))

    @property
    def parts(self) -> list[int]:
        """The parts a bit sum is made of: 1, 2, 4 ... and not 99, which stands alone."""
        return [n for n in map(int, self.pilihan) if n and n & (n - 1) == 0]


@lru_cache(maxsize=1)
def catalogue() -> dict[str, Pertanyaan]:
    """All questions by INSTRUMEN:kode, in the order of the questionnaires. ValueError when the classes are wrong."""
    pilihan = _labels("indikator_pilihan.csv", "kode")
    kelas = _labels("indikator_kelas.csv", "kelas")
    found = (
        Pertanyaan(
            **row
            | {
                "khusus": row["khusus"] == "ya",
                "alias": tuple(row["alias"].split()),
                "pilihan": pilihan[row["instrumen"], row["kode"]],
                "kelas": kelas[row["instrumen"], row["kode"]],
            }
        )
        for row in _rows("indikator.csv")
    )
    known = {one.nama_penuh: one for one in found}
    for name in {":".join(key) for key in kelas} | known.keys():
        if name not in known or (wrong := _wrong_classes(known[name])):
            raise ValueError(
                f"indikator_kelas.csv, {name}: {wrong if name in known else 'tidak ada pertanyaannya'}"
            )
    return known


def _labels(name: str, column: str) -> dict[tuple[str, str], dict[str, str]]:
    """(instrumen, indikator) -> code -> label, in the order of the file."""
    found: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for row in _rows(name):
        found[row["instrumen"], row["indikator"]][row[column]] = row["label"]
    return found


def _wrong_classes(one: Pertanyaan) -> str:
    """What is wrong with the classes of a question: each number there can be lies in one of them, and in one only."""
    if one.jenis != "bilangan":
        return "kelas hanya untuk bilangan" if one.kelas else ""
    ends = [match.groups() if (match := _CLASS.fullmatch(kode)) else None for kode in one.kelas]
    if not ends or None in ends:
        return "kelas ditulis 20-39, yang terakhir 100-"
    nexts = [0, *(int(end[1]) + 1 if end and end[1] else None for end in ends)]
    begins = [*(int(end[0]) if end else None for end in ends), None]
    if nexts != begins:
        return "kelas mulai dari 0, sambung-menyambung, dan yang terakhir tanpa batas atas"
    return "" if all(one.kelas.values()) else "ada kelas tanpa label"


def _rows(name: str) -> list[dict]:
    with (DATA / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def load(indikator, pilihan) -> int:
    """Bring the two tables (models, or their state in a migration) to what the files say; return the questions.

    Safe to run again. Codes that left the files are taken away, answers that name them stay as they are.
    """
    keep = []
    for urutan, one in enumerate(catalogue().values(), 1):
        row, _ = indikator.objects.update_or_create(
            instrumen=one.instrumen,
            kode=one.kode,
            defaults={
                "nama": one.nama,
                "nomor": one.nomor,
                "unit": one.unit,
                "jenis": one.jenis,
                "kelompok": one.kelompok,
                "khusus": one.khusus,
                "urutan": urutan,
            },
        )
        keep.append(row.pk)
        pilihan.objects.filter(indikator=row).exclude(kode__in=list(one.pilihan)).delete()
        pilihan.objects.bulk_create(
            [
                pilihan(indikator=row, kode=kode, label=label, urutan=n)
                for n, (kode, label) in enumerate(one.pilihan.items(), 1)
            ],
            update_conflicts=True,
            unique_fields=["indikator", "kode"],
            update_fields=["label", "urutan"],
        )
    indikator.objects.exclude(pk__in=keep).delete()
    return len(keep)


# --- columns of a file -----------------------------------------------------------------------------


def columns_of(titles: Sequence[str], taken: Collection[int], normal) -> dict[str, int]:
    """INSTRUMEN:kode -> place of the columns that hold answers, by their headers.

    taken: places that hold something else.  normal: how a header is compared (imports.normal_header).
    A header two questionnaires know belongs to the one that more columns speak for. Fewer than FEWEST
    columns are no questionnaire: LANTAI beside an address may be a storey.
    """
    free = {n: normal(title) for n, title in enumerate(titles) if title and n not in taken}
    hits: dict[str, dict[str, int]] = defaultdict(dict)  # instrumen -> kode -> place
    for one in catalogue().values():
        for n, header in free.items():
            if header in one.alias and one.kode not in hits[one.instrumen]:
                hits[one.instrumen][one.kode] = n
    hits["BDT2015"] |= _by_number(titles, free, hits["BDT2015"])
    found: dict[str, int] = {}
    used: set[int] = set()
    order = list(dict.fromkeys(one.instrumen for one in catalogue().values()))
    for instrumen in sorted(order, key=lambda name: (-len(hits[name]), order.index(name))):
        mine = {kode: n for kode, n in hits[instrumen].items() if n not in used}
        if len(mine) >= FEWEST:
            found |= {f"{instrumen}:{kode}": n for kode, n in mine.items()}
            used |= set(mine.values())
    return found


def _by_number(titles: Sequence[str], free: Mapping[int, str], known: Mapping[str, int]) -> dict[str, int]:
    """Columns of a BDT file whose wording is new but whose number is the questionnaire's: "Dapur (30)".

    Believed only in a file where enough known headers carry the number they should.
    """
    number = {n: match.group(1) for n in free if (match := _NUMBERED.search(titles[n]))}
    by_number = {one.nomor: one.kode for one in catalogue().values() if one.instrumen == "BDT2015"}
    agreeing = sum(by_number.get(number.get(n, "")) == kode for kode, n in known.items())
    if agreeing < AGREEING or agreeing < 0.8 * sum(n in number for n in known.values()):
        return {}
    used = set(known.values())
    return {
        kode: n
        for n, text in number.items()
        if n not in used and (kode := by_number.get(text, "")) and kode not in known
    }


def instrumen_of(titles: Iterable[str], normal) -> str:
    """The questionnaire most of these headers come from, or "" when none is recognised."""
    names = Counter(name.partition(":")[0] for name in columns_of(list(titles), (), normal))
    return max(names, key=lambda name: names[name], default="")


# --- one written answer ----------------------------------------------------------------------------


def is_empty(text: str) -> bool:
    """True when the cell says nothing."""
    return _tidy(text).upper() in NOTHING


def code_of(one: Pertanyaan, text: str) -> str | None:
    """The code a cell means, or None when that is not certain.

    "1", "01", "1.0", "1. Ya" and "Ya" are one answer where the list has one such code and label. A number and
    a label that disagree mean neither.
    """
    text = _tidy(text)
    if one.jenis == "bilangan":
        return _number(text)
    if whole := _WHOLE.fullmatch(text):
        return _by_value(one, int(whole.group(1)))
    if one.jenis == "bit":
        return None
    if both := _CODE_AND_LABEL.fullmatch(text):
        kode = _by_value(one, int(both.group(1)))
        return kode if kode and kode == _by_label(one, both.group(2)) else None
    return _by_label(one, text)


def _tidy(text: str) -> str:
    return " ".join(text.translate(_INVISIBLE).split()).lstrip("'")


def _number(text: str) -> str | None:
    """Whole numbers as they are, one or two decimals behind a point: 36, 36.5. 1.200 could be either."""
    if whole := _WHOLE.fullmatch(text):
        return str(int(whole.group(1)))
    if parts := _DECIMAL.fullmatch(text):
        return f"{int(parts.group(1))}.{parts.group(2)}"
    return None


def _by_value(one: Pertanyaan, value: int) -> str | None:
    return next((kode for kode in one.codes if int(kode) == value), None)


def _by_label(one: Pertanyaan, text: str) -> str | None:
    """The only code with this label, or with this word among its alternatives ("Marmer" of "Marmer/granit")."""
    wanted = _plain(text)
    labels = {kode: _plain(label) for kode, label in one.pilihan.items()}
    if set(labels.values()) == {"ya", "tidak"}:
        wanted = YES_NO.get(wanted.upper(), wanted)
    whole = [kode for kode, label in labels.items() if label == wanted]
    part = [kode for kode, label in one.pilihan.items() if wanted in map(_plain, label.split("/"))]
    for found in (whole, part):
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9<>=]+", " ", text.lower()).strip()


# --- measures across questionnaires ------------------------------------------------------------------


@dataclass(frozen=True)
class Ukuran:
    """A condition that several questionnaires ask about, each in its own codes."""

    kode: str
    nama: str
    keterangan: str
    jawaban: Mapping[str, Mapping[str, tuple[str, ...]]]  # instrumen -> indikator -> codes that mean it


NAMA_UKURAN = {
    "lantai_tanah": ("Lantai tanah", "yang lantai terluasnya tanah"),
    "dinding_bukan_tembok": ("Dinding bukan tembok", "yang dinding terluasnya bukan tembok"),
    "tanpa_jamban": ("Tanpa jamban sendiri", "tanpa tempat buang air besar yang dipakai sendiri"),
    "air_tak_terlindung": (
        "Air minum tak terlindung",
        "yang minum dari sumur atau mata air tak terlindung, sungai atau danau",
    ),
    "listrik_450": ("Listrik 450 watt atau tanpa listrik", "dengan daya 450 watt atau tanpa listrik"),
    "kayu_bakar": ("Memasak dengan kayu bakar", "yang memasak terutama dengan kayu bakar"),
}


@lru_cache(maxsize=1)
def ukuran_list() -> dict[str, Ukuran]:
    """The named measures by kode. data/indikator_ukuran.csv is the mapping table between the code lists."""
    codes: dict[str, dict[str, dict[str, list[str]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for row in _rows("indikator_ukuran.csv"):
        codes[row["ukuran"]][row["instrumen"]][row["indikator"]].append(row["kode"])
    return {
        kode: Ukuran(
            kode,
            nama,
            f"Persen keluarga {mean}, dari keluarga yang menjawab pertanyaannya.",
            {
                instrumen: {indikator: tuple(some) for indikator, some in per.items()}
                for instrumen, per in codes[kode].items()
            },
        )
        for kode, (nama, mean) in NAMA_UKURAN.items()
    }
