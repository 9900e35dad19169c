"""Counts and means per wilayah for those who may count but not see names: cells under 10 are empty.

So is every cell that could be worked out from its neighbours: one hidden village is its kecamatan minus
the others, so a second one is hidden beside it, and a hidden kecamatan hides one of its own villages.

A mean is kept with one decimal and without what it was made of; it is empty over fewer than 10 keluarga, and
where it would pin down a hidden count beside it to fewer than 10 possible values.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from django.db import connection
from psycopg2 import sql

from kpm.indikator import Ukuran, ukuran_list
from kpm.models import Program
from spatial.models import Wilayah

SQL = Path(__file__).parent / "sql"
SMALLEST = 10
# A measure that is a share of another one: its cell also hides when the rest is small.
BASE = {
    "nik_buruk": "anggota",
    "tidak_padan": "anggota",
    "tidak_ditemukan": "tidak_padan",
    "program": "keluarga",
    "desil_1_2": "keluarga",
    "tanpa_program": "desil_1_2",
}
PROGRAM = "program_"
# Of each measure of indikator.ukuran_list(): how many answered, and of these how many have it.
DIJAWAB, JAWABAN = "dijawab_", "jawaban_"
# Means of what rekap.sql counts: (sum, number of keluarga). Neither is written.
MEANS = {
    "rata_desil": ("desil_jumlah", "desil_banyak"),
    "rata_persentil": ("persentil_jumlah", "persentil_banyak"),
}
UNWRITTEN = {part for pair in MEANS.values() for part in pair}
# With the counts of single programmes beside it, a mean of few keluarga would give away the one that is
# hidden: of a mean to one decimal over 100 keluarga the sum is known to no less than ten.
FEWEST_OF_PROGRAM = 100


def base_of(ukuran: str) -> str | None:
    """What `ukuran` is a share of; None for a plain count."""
    if ukuran.startswith(JAWABAN):
        return DIJAWAB + ukuran.removeprefix(JAWABAN)
    return BASE.get("program" if ukuran.startswith(PROGRAM) else ukuran)


def _depth(ukuran: str) -> int:
    """0 for a plain count, 1 for a share of one, 2 for a share of that."""
    base = base_of(ukuran)
    return 0 if base is None else 1 + _depth(base)


def rewrite_rekap() -> int:
    """Count the registers anew and write the cells that changed; return how many.

    In the caller's transaction, with the whole province in sight (access.scope.as_system): the cells of
    a kabupaten and of the province hold villages that an importer of one kabupaten does not see.
    """
    with connection.cursor() as cursor:
        cursor.execute((SQL / "rekap.sql").read_text())
        exact = [(ukuran, kode, n) for ukuran, kode, n in cursor.fetchall()]
        exact += _answered(cursor)
    # A programme nobody takes part in has cells as well: a measure that appears would say "one to nine".
    exact += [(f"{PROGRAM}{kode}", None, 0) for kode in Program.objects.values_list("kode", flat=True)]
    parent: dict[str, str | None] = dict(Wilayah.objects.values_list("kode", "induk_id"))
    cells = safe_cells(exact, parent)
    with connection.cursor() as cursor:
        cursor.execute(
            (SQL / "rekap_tulis.sql").read_text(),
            {
                "wilayah": [kode for kode, _, _, _ in cells],
                "ukuran": [ukuran for _, ukuran, _, _ in cells],
                "pembilang": [part for _, _, part, _ in cells],
                "penyebut": [whole for _, _, _, whole in cells],
            },
        )
        return cursor.rowcount


def _answered(cursor) -> list[tuple[str, str | None, int]]:
    """(dijawab_ or jawaban_ and the measure, village, count), every measure at least once."""
    cursor.execute((SQL / "rekap_jawaban.sql").read_text(), _mapping())
    found = cursor.fetchall()
    lines = (SQL / "rekap_jawaban_satu.sql").read_text().splitlines()
    body = sql.SQL("\n".join(line for line in lines if not line.startswith("--")))
    counts = [count for ukuran in ukuran_list().values() for count in _two_counts(ukuran)]
    cursor.execute(body.format(angka=sql.SQL(", ").join(counts)).as_string(connection.connection))
    names = [awalan + kode for kode in ukuran_list() for awalan in (DIJAWAB, JAWABAN)]
    for place, *numbers in cursor.fetchall():
        found += [(name, place, n) for name, n in zip(names, numbers, strict=True)]
    return found


def _two_counts(ukuran: Ukuran) -> tuple[sql.Composable, sql.Composable]:
    """How many answered its questions, how many have it, over rows `j`."""
    answered, has = [], []
    for instrumen, per in ukuran.jawaban.items():
        here = sql.SQL("j.instrumen = {} AND ").format(sql.Literal(instrumen))
        answered.append(here + sql.SQL("j.isi ?| {}").format(sql.Literal(list(per))))
        has += [
            here + sql.SQL("j.isi ->> {} = ANY ({})").format(sql.Literal(kode), sql.Literal(list(codes)))
            for kode, codes in per.items()
        ]
    return tuple(
        sql.SQL("count(*) FILTER (WHERE {})").format(sql.SQL(" OR ").join(some)) for some in (answered, has)
    )


def _mapping() -> dict[str, list[str]]:
    """The mapping table of the measures as columns for rekap_jawaban.sql."""
    rows = [
        (ukuran.kode, instrumen, indikator, list(codes))
        for ukuran in ukuran_list().values()
        for instrumen, per in ukuran.jawaban.items()
        for indikator, codes in per.items()
    ]
    return {
        "ukuran": [row[0] for row in rows],
        "instrumen": [row[1] for row in rows],
        "indikator": [row[2] for row in rows],
        "kode": [" ".join(row[3]) for row in rows],
        "semua": list(ukuran_list()),
    }


def safe_cells(
    exact: Iterable[tuple[str, str | None, int]], parent: dict[str, str | None]
) -> list[tuple[str, str, int | None, int | None]]:
    """(wilayah, ukuran, pembilang, penyebut) at every level, hidden ones None.

    exact: (ukuran, village, count); without a village it only names a measure.
    parent: every wilayah and the one above it.  A plain count has no penyebut.
    """
    values: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(parent, 0))
    for ukuran in ("keluarga", "anggota", *BASE.keys() - {"program"}, *UNWRITTEN):
        values[ukuran]  # there also when they are all zero
    for ukuran, place, n in exact:
        values[ukuran]  # there without a place as well
        while place:
            values[ukuran][place] += n
            place = parent[place]
    children: dict[str, list[str]] = defaultdict(list)
    for kode, above in parent.items():
        if above:
            children[above].append(kode)
    hidden: dict[str, set[str]] = {}
    for ukuran in sorted(values, key=_depth):
        hidden[ukuran] = _hidden(ukuran, values, children, hidden)
    cells = [
        (kode, ukuran, *_cell(kode, ukuran, values, hidden))
        for ukuran in sorted(values.keys() - UNWRITTEN)
        for kode in parent
    ]
    return cells + _mean_cells(values, hidden, list(parent))


def _mean_cells(values, hidden, places: list[str]) -> list[tuple[str, str, int | None, int | None]]:
    """(wilayah, ukuran, tenths, 10) of every mean; hidden ones None."""
    cells: list[tuple[str, str, int | None, int | None]] = []
    for ukuran, (total, number) in MEANS.items():
        shown = {
            kode: round(10 * values[total][kode] / values[number][kode])
            for kode in places
            if kode not in hidden[number]
        }
        if ukuran == "rata_desil":
            shown = {
                kode: tenths
                for kode, tenths in shown.items()
                if kode not in hidden["desil_1_2"] or _poorest_stay_hidden(tenths, values[number][kode])
            }
        cells += _means(ukuran, shown, places)
    keluarga = values["keluarga"]
    program_list = [ukuran for ukuran in values if ukuran.startswith(PROGRAM)]
    shown = {}
    for kode in places:
        if keluarga[kode] < FEWEST_OF_PROGRAM or kode in hidden["keluarga"]:
            continue
        tenths = round(10 * sum(values[ukuran][kode] for ukuran in program_list) / keluarga[kode])
        told = [values[ukuran][kode] for ukuran in program_list if kode not in hidden[ukuran]]
        if len(told) == len(program_list) or _rest_stays_hidden(tenths, keluarga[kode], sum(told)):
            shown[kode] = tenths
    return cells + _means("rata_program", shown, places)


def _means(ukuran, shown: dict[str, int], places) -> list[tuple[str, str, int | None, int | None]]:
    return [(kode, ukuran, shown.get(kode), 10 if kode in shown else None) for kode in places]


def _sums(tenths: int, number: int) -> tuple[float, float]:
    """Between which sums of `number` values a mean rounded to tenths leaves the choice."""
    return number * (tenths - 0.5) / 10, number * (tenths + 0.5) / 10


def _rest_stays_hidden(tenths: int, keluarga: int, told: int) -> bool:
    """Whether the mean leaves ten values or more for what the hidden programmes add to the shown ones."""
    low, high = _sums(tenths, keluarga)
    return high - told - max(low - told, 0) >= SMALLEST


def _poorest_stay_hidden(tenths: int, number: int) -> bool:
    """Whether the mean desil leaves ten values or more for the hidden number in desil 1-2.

    Of the others the least desil is 3 and the greatest 10, which bounds that number from both sides.
    """
    low, high = _sums(tenths, number)
    most = min((10 * number - low) / 8, number)
    least = max((3 * number - high) / 2, 0)
    return most - least >= SMALLEST


def _cell(kode, ukuran, values, hidden) -> tuple[int | None, int | None]:
    if kode in hidden[ukuran]:
        return None, None
    base = base_of(ukuran)
    return values[ukuran][kode], values[base][kode] if base else None


def _hidden(ukuran: str, values, children, hidden) -> set[str]:
    """The wilayah whose cell of `ukuran` must not be shown."""
    value, base = values[ukuran], base_of(ukuran)
    sides = [value]  # what a shown cell tells: the count, and of a share what is left of the whole
    if base:
        sides.append({kode: values[base][kode] - n for kode, n in value.items()})
    secret = {kode for side in sides for kode, n in side.items() if n < SMALLEST}
    if base:
        secret |= hidden[base]
    parents = sorted(children, key=len, reverse=True)  # kecamatan before kabupaten before provinsi
    before = -1
    while len(secret) > before:  # what is hidden below a wilayah may leave too little above it
        before = len(secret)
        for above in parents:
            _hide_beside(above, children, sides, secret)
        for above in reversed(parents):
            if above in secret and not secret.intersection(children[above]):
                secret.add(_smallest(children[above], value))
    return secret


def _hide_beside(above: str, children, sides: list[dict[str, int]], secret: set[str]) -> None:
    """Under a shown parent, hidden cells must be two or more and keep something among them."""
    while above not in secret and (behind := [kode for kode in children[above] if kode in secret]):
        if len(behind) > 1 and all(
            sum(_unknown(kode, children, side, secret) for kode in behind) >= SMALLEST for side in sides
        ):
            return
        shown = [kode for kode in children[above] if kode not in secret]
        shown = shown or [kode for place in behind for kode in _shown_below(place, children, secret)]
        secret.add(_smallest(shown, sides[0]) if shown else above)


def _smallest(kode_list: Iterable[str], value: dict[str, int]) -> str:
    return min(kode_list, key=lambda kode: (value[kode], kode))


def _shown_below(kode: str, children, secret: set[str]) -> list[str]:
    """The uppermost shown cells inside a hidden wilayah."""
    below = children.get(kode, [])
    inner = [found for place in below if place in secret for found in _shown_below(place, children, secret)]
    return [place for place in below if place not in secret] + inner


def _unknown(kode: str, children, side: dict[str, int], secret: set[str]) -> int:
    """What of a hidden cell its shown parts do not tell."""
    return side[kode] - sum(side[shown] for shown in _shown_below(kode, children, secret))
