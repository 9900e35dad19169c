"""Two records side by side: which letters differ, what that means in words, and how much it weighs.

Pure: no query, no right. A NIK or No. KK is compared whole and shown masked (access/masking.py); which hidden digits
differ is said only where that tells a slip of the hand from another number (decision 0033).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from access.masking import VISIBLE_DIGITS, mask_nik

MOST_MARKED = 3  # hidden digits that are marked one by one; more than a slip is another number
SLIP = 3  # letters that are counted; more are "mirip" or "lain"
ALIKE, UNLIKE = (
    0.7,
    0.4,
)  # ratio of equal letters: above, two texts are alike; below, marking letters is noise
SEX = {"L": "LAKI-LAKI", "P": "PEREMPUAN"}
FIELDS = {
    "nik": "NIK",
    "nama": "Nama",
    "tanggal_lahir": "Tanggal lahir",
    "tempat_lahir": "Tempat lahir",
    "jenis_kelamin": "Jenis kelamin",
    "nama_ibu": "Nama ibu kandung",
    "no_kk": "No. KK",
    "wilayah_id": "Desa",
}
# What the engine calls a field where it is not the register's name.
NAMES = {
    "lahir": "tanggal_lahir",
    "kelamin": "jenis_kelamin",
    "tempat": "tempat_lahir",
    "ibu": "nama_ibu",
    "desa": "wilayah_id",
    "kk": "no_kk",
}
PRIOR = "awal"
BEFORE = "sebelum apa pun dibandingkan"
TOGETHER = {PRIOR: "Peluang awal", "rumah": "KK, ibu dan desa bersama"}
MARGIN = 4  # percent of the drawing left free at each side
BAIK, AWAS, BURUK, DIAM = "baik", "awas", "buruk", "diam"


@dataclass(frozen=True)
class Part:
    """Letters that stand together; beda: the other side has others here."""

    teks: str
    beda: bool = False


Parts = list[Part]


@dataclass(frozen=True)
class Bar:
    """A piece of the waterfall, in percent of its width, written for SVG. kelas: kuat, lemah, jumlah, or tanpa (a row
    without a weight, through which the line goes on)."""

    x: str
    lebar: str
    dari: str
    ke: str
    nol: str
    kelas: str


@dataclass
class Row:
    """One field of both records. rahasia: its digits are masked.  bobot: its weight, None when it has none."""

    label: str
    kiri: Parts = field(default_factory=list)
    kanan: Parts = field(default_factory=list)
    kata: str = ""
    jenis: str = DIAM
    rahasia: bool = False
    bersama: bool = False
    bobot: float | None = None
    bar: Bar | None = None

    @property
    def bobot_tertulis(self) -> str:
        return "" if self.bobot is None else written(self.bobot)


@dataclass(frozen=True)
class Sanding:
    """The rows of a pair, their sum, and how sure that is."""

    rows: list[Row]
    jumlah: float | None
    bar: Bar | None
    yakin: str
    persen: str

    @property
    def jumlah_tertulis(self) -> str:
        return "" if self.jumlah is None else written(self.jumlah)


def written(weight: float) -> str:
    """+9,1 and −8,2."""
    return f"{weight:+.1f}".replace(".", ",").replace("-", "−")


# --- letters -------------------------------------------------------------------------------------


def letters(left: str, right: str) -> tuple[Parts, Parts]:
    """Both texts in parts, those marked that the other has not."""
    match = SequenceMatcher(None, left, right, autojunk=False)
    if left and right and match.ratio() < UNLIKE:
        return [Part(left, True)], [Part(right, True)]
    ours: Parts = []
    theirs: Parts = []
    for what, a, b, c, d in match.get_opcodes():
        if b > a:
            ours.append(Part(left[a:b], what != "equal"))
        if d > c:
            theirs.append(Part(right[c:d], what != "equal"))
    return ours, theirs


def in_words(left: str, right: str) -> tuple[str, str]:
    """What two texts are to each other, and the kind of chip that says it."""
    if not left or not right:
        return ("kosong", DIAM)
    if left == right:
        return ("sama", BAIK)
    if sorted(left.split()) == sorted(right.split()):
        return ("urutan kata lain", AWAS)
    match = SequenceMatcher(None, left, right, autojunk=False)
    away = sum(max(b - a, d - c) for what, a, b, c, d in match.get_opcodes() if what != "equal")
    if away <= SLIP and match.ratio() >= ALIKE:
        return (f"{away} huruf berbeda", AWAS)
    return ("mirip", AWAS) if match.ratio() >= ALIKE else ("lain", BURUK)


def _text(left: str, right: str) -> Row:
    kata, jenis = in_words(left, right)
    if not left or not right or kata == "urutan kata lain":
        return Row("", [Part(left)], [Part(right)], kata, jenis)
    kiri, kanan = letters(left, right)
    return Row("", kiri, kanan, kata, jenis)


def number(left: str, right: str) -> Row:
    """Two NIK or No. KK. Of hidden digits only as much as tells a slip from another number."""
    kiri, kanan = mask_nik(left), mask_nik(right)
    if not left or not right:
        return Row("", [Part(kiri)], [Part(kanan)], "kosong", DIAM, rahasia=True)
    if left == right:
        return Row("", [Part(kiri)], [Part(kanan)], "sama", BAIK, rahasia=True)
    if len(left) != len(right) or _hidden(kiri) or _hidden(kanan):
        return Row("", [Part(kiri)], [Part(kanan)], _length(left, right), BURUK, rahasia=True)
    away = [i for i, (a, b) in enumerate(zip(left, right, strict=True)) if a != b]
    swapped = (
        len(away) == 2
        and away[1] == away[0] + 1
        and (left[away[0]], left[away[1]]) == (right[away[1]], right[away[0]])
    )
    few = len(away) <= MOST_MARKED
    shown = {i for i in away if few or i < VISIBLE_DIGITS}
    kata = "dua angka tertukar" if swapped else f"{len(away)} angka berbeda" if few else "nomor lain"
    return Row("", _digits(kiri, shown), _digits(kanan, shown), kata, AWAS if few else BURUK, rahasia=True)


def _hidden(masked: str) -> bool:
    return not masked[:1].isdigit()


def _length(left: str, right: str) -> str:
    """How a number that has not 16 digits stands to one that may have them."""
    if len(left) == len(right) - 1 and any(right[:i] + right[i + 1 :] == left for i in range(len(right))):
        return "kurang satu angka"
    if len(left) == len(right) + 1 and any(left[:i] + left[i + 1 :] == right for i in range(len(left))):
        return "lebih satu angka"
    return "nomor lain"


def _digits(masked: str, shown: set[int]) -> Parts:
    parts: Parts = []
    for i, letter in enumerate(masked):
        beda = i in shown
        if parts and parts[-1].beda == beda:
            parts[-1] = Part(parts[-1].teks + letter, beda)
        else:
            parts.append(Part(letter, beda))
    return parts


def day(left: date | None, right: date | None) -> Row:
    """Two birth dates, part by part."""
    ours, theirs = (f"{one:%d-%m-%Y}" if one else "" for one in (left, right))
    if left is None or right is None:
        return Row("", [Part(ours)], [Part(theirs)], "kosong", DIAM)
    if left == right:
        return Row("", [Part(ours)], [Part(theirs)], "sama", BAIK)
    if (left.year, left.day, left.month) == (right.year, right.month, right.day):
        kata, jenis = "hari, bulan tertukar", AWAS
    elif left.year == right.year and (1, 1) in ((left.day, left.month), (right.day, right.month)):
        kata, jenis = "tahun sama, satunya 1 Januari", AWAS
    else:
        away = sum(a != b for a, b in zip(ours, theirs, strict=True))
        kata, jenis = (f"{away} angka berbeda", AWAS) if away <= 2 else ("lain", BURUK)
    pairs = list(zip(ours.split("-"), theirs.split("-"), strict=True))
    return Row("", _dated(pairs, 0), _dated(pairs, 1), kata, jenis)


def _dated(pairs: list[tuple[str, str]], side: int) -> Parts:
    parts: Parts = []
    for n, pair in enumerate(pairs):
        parts += [Part("-")] if n else []
        parts.append(Part(pair[side], pair[0] != pair[1]))
    return parts


def _whole(left: str, right: str) -> Row:
    """Two words that are equal or not: no letter of them says anything."""
    beda = bool(left and right) and left != right
    kata, jenis = in_words(left, right) if not beda else ("lain", BURUK)
    return Row("", [Part(left, beda)], [Part(right, beda)], kata, jenis)


# --- both records --------------------------------------------------------------------------------


def compare(
    ours: Mapping[str, Any],
    theirs: Mapping[str, Any],
    bobot: Sequence[Mapping[str, Any]] = (),
    skor: float | None = None,
    desa: Mapping[str, str] | None = None,
) -> Sanding:
    """Both records field by field with their weights.

    ours, theirs: FIELDS by name, tanggal_lahir a date; theirs with keadaan in words, unless he simply lives.
    bobot: as in Kandidat.  desa: names of villages by code.
    """
    names = desa or {}
    weights = {NAMES.get(one["isian"], one["isian"]): one for one in bobot}
    rows: list[Row] = []
    if PRIOR in weights:
        rows.append(_together(weights.pop(PRIOR)))
    for name, label in FIELDS.items():
        row = _row(name, ours.get(name), theirs.get(name), names)
        row.label = label
        if name in weights:
            _weigh(row, weights.pop(name))
        rows.append(row)
    if state := theirs.get("keadaan"):
        rows.append(Row("Status di Dukcapil", [], [Part(state)], "perlu diperiksa", AWAS, bersama=True))
    rows += [_together(one) for one in weights.values()]
    summed = [row.bobot for row in rows if row.bobot is not None]
    total = sum(summed) if summed else None
    bar = _draw(rows, total)
    yakin, persen = sureness(skor)
    return Sanding(rows, total, bar, yakin, persen)


def _row(name: str, left: Any, right: Any, desa: Mapping[str, str]) -> Row:
    match name:
        case "nik" | "no_kk":
            return number(left or "", right or "")
        case "tanggal_lahir":
            return day(left, right)
        case "jenis_kelamin":
            return _whole(SEX.get(left or "", ""), SEX.get(right or "", ""))
        case "wilayah_id":
            if left and right and left != right and desa.get(left) == desa.get(right):
                left, right = (
                    f"{desa.get(left, left)} ({left[:6]})",
                    f"{desa.get(right, right)} ({right[:6]})",
                )
            return _whole(*(desa.get(code or "", code or "").upper() for code in (left, right)))
        case _:
            return _text((left or "").upper(), (right or "").upper())


def _weigh(row: Row, one: Mapping[str, Any]) -> None:
    """Give a row its weight and the engine's words, which know more than letters: spelling, order, titles."""
    row.bobot = float(one["bobot"])
    if one.get("kata"):
        row.kata = _small(one["kata"])
    if row.bobot < 0:
        row.jenis = BURUK
    elif row.bobot > 0 and row.jenis == BURUK:
        row.jenis = AWAS


def _together(one: Mapping[str, Any]) -> Row:
    """Evidence that belongs to no single field."""
    weight = float(one["bobot"])
    isian = str(one["isian"])
    label = TOGETHER.get(isian, isian.replace("_", " ").capitalize())
    kata = BEFORE if isian == PRIOR else str(one.get("kata") or "")
    jenis = DIAM if isian == PRIOR else BURUK if weight < 0 else BAIK
    return Row(label, [Part(kata)], [], "", jenis, bersama=True, bobot=weight)


def _small(words: str) -> str:
    """Chips begin in lower case; NIK and KK stay."""
    return words if words[:2].isupper() or words[:3] == "No." else words[:1].lower() + words[1:]


def sureness(skor: float | None) -> tuple[str, str]:
    """How likely they are one person, in words and in percent; never "100 %", which nobody can promise."""
    if skor is None:
        return "", ""
    percent = min(max(skor * 100, 0.0), 99.9)
    if skor >= 0.99:
        words = "sangat mungkin orang yang sama"
    elif skor >= 0.8:
        words = "mungkin orang yang sama"
    elif skor >= 0.2:
        words = "boleh jadi orang yang sama, boleh jadi bukan"
    else:
        words = "kecil kemungkinannya orang yang sama"
    return words, f"{percent:.1f} %".replace(".", ",")


def _draw(rows: Iterable[Row], total: float | None) -> Bar | None:
    """Hang the bars of the rows behind one another; the bar of the sum."""
    if total is None:
        return None
    every = list(rows)
    points, at = [0.0], 0.0
    for row in every:
        at += row.bobot or 0.0
        points.append(at)
    low, high = min(points), max(points)
    scale = (100 - 2 * MARGIN) / ((high - low) or 1)

    def place(value: float) -> float:
        return MARGIN + (value - low) * scale

    for row, before, after in zip(every, points, points[1:], strict=False):
        kelas = "tanpa" if row.bobot is None else "lemah" if after < before else "kuat"
        row.bar = _bar(place(before), place(after), place(0), kelas)
    return _bar(place(0), place(total), place(0), "jumlah")


def _bar(start: float, end: float, zero: float, kelas: str) -> Bar:
    left, wide = min(start, end), max(abs(end - start), 0.4)
    return Bar(f"{left:.1f}", f"{wide:.1f}", f"{start:.1f}", f"{end:.1f}", f"{zero:.1f}", kelas)


# --- both families -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Relative:
    """Somebody of either family, beside whom he seems to be in the other. ini: it is about him."""

    kiri: str
    kanan: str
    hubungan: str
    lahir: str
    ini: bool = False
    anggota_id: int | None = None


def families(
    ours: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]], here: int, name: str
) -> list[Relative]:
    """Both families side by side: nama, hubungan, tanggal_lahir of each, ours with pk, theirs without himself.

    here: the person it is about.  name: what the extract calls him.
    """
    left = list(theirs)
    found: list[Relative] = []
    for one in ours:
        if one["pk"] == here:
            found.append(_relative(one, {"nama": name}, ini=True))
            continue
        other = max(left, key=lambda them: _likeness(one, them), default=None)
        if other is not None and _likeness(one, other) >= ALIKE:
            left.remove(other)
        else:
            other = None
        found.append(_relative(one, other))
    return found + [_relative(None, one) for one in left]


def _relative(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None, ini: bool = False) -> Relative:
    known = one or other or {}
    return Relative(
        kiri=(one or {}).get("nama") or "",
        kanan=(other or {}).get("nama") or "",
        hubungan=(known.get("hubungan") or "").lower(),
        lahir=str(known.get("tanggal_lahir") or "")[:4],
        ini=ini,
        anggota_id=(one or {}).get("pk"),
    )


def _likeness(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    """How alike two relatives are: their names, and a little their years of birth."""
    left, right = (" ".join(sorted((x.get("nama") or "").upper().split())) for x in (one, other))
    years = [str(x.get("tanggal_lahir") or "")[:4] for x in (one, other)]
    likeness = SequenceMatcher(None, left, right, autojunk=False).ratio()
    return likeness - 0.15 if all(years) and years[0] != years[1] else likeness
