"""Columns named by hand: what a page may propose, and the layout that comes of a person's choice.

For files whose headers imports.py does not know. A choice is kept as a Profil and found again by the
fingerprint of its headers; a file that carries the same ones is then read without asking.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from access.masking import is_data
from jobs.staging import Peek, PeekSheet
from kpm import indikator
from kpm.imports import (
    HEADER_WITHIN,
    REGISTER,
    Layout,
    Vocabulary,
    columns_of,
    hidden_titles,
    is_number_row,
    letters,
    normal_header,
    refuse_second_list,
)
from kpm.linked import SHEETS, joins, of_households, pair_up
from kpm.verdicts import FileRefused

TATA_LETAK = "lain"
FEWEST = 5  # columns: four that are required and a place
SHOWN = 20  # rows below the header

_NUMBER = re.compile(r"\d{6}(\d{2})(\d{2})\d{2}(\d{4})")
_DATE = re.compile(r"\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2,4}|\d{4}-\d{1,2}-\d{1,2}(?: 00:00:00)?|[1-4]\d{4}")
_SEX = {"L", "P", "LK", "PR", "LAKI-LAKI", "LAKI LAKI", "PEREMPUAN"}
_RELATION = {
    "KEPALA KELUARGA",
    "ISTRI",
    "ANAK",
    "SUAMI",
    "CUCU",
    "MENANTU",
    "ORANG TUA",
    "MERTUA",
    "FAMILI LAIN",
}


def fingerprint(titles: Sequence[str], words: Vocabulary = REGISTER) -> str:
    """One hash for a header row, whatever its case, signs and blanks."""
    text = "|".join(normal_header(title) for title in titles)
    return hashlib.sha256((f"{words.kind}|{text}" if words.kind else text).encode()).hexdigest()


def could_be_a_list(peek: Peek) -> bool:
    """True when some sheet has a row wide enough to be the header of a list of people."""
    return any(
        sum(bool(cell.strip()) for cell in row) >= FEWEST
        for sheet in peek.sheets
        for row in sheet.rows[:HEADER_WITHIN]
    )


def by_profile(
    peek: Peek, kolom_of: Mapping[str, Mapping[str, int]], words: Vocabulary = REGISTER
) -> Layout | None:
    """The layout by the first row that a Profil knows, or None. kolom_of: kolom per fingerprint.

    A table of households that a Profil knows as well, and that its key joins to it, comes along. None too when
    something is missing, as in the table of persons that was named together with one of households.
    Raises FileRefused when several lists in sight are known so.
    """
    lists: list[tuple[PeekSheet, int]] = []
    households: list[Layout] = []
    for sheet in sorted(peek.sheets, key=lambda one: one.hidden):
        if not (row := _known_row(sheet, kolom_of, words)):
            continue
        kolom = kolom_of[fingerprint(_titles(sheet.rows[row - 1]), words)]
        if of_households(kolom) and not words.kind:
            households.append(_layout(sheet, row, dict(kolom), words))
        else:
            lists.append((sheet, row))
    refuse_second_list(lists)
    if not lists:
        return None
    sheet, row = lists[0]
    layout = _layout(sheet, row, dict(kolom_of[fingerprint(_titles(sheet.rows[row - 1]), words)]), words)
    for household in households:
        if joins(layout, household):
            layout = pair_up(layout, household)
            break
    return None if words.gaps(layout.fields) else layout


def _known_row(sheet: PeekSheet, kolom_of: Mapping[str, Mapping[str, int]], words: Vocabulary) -> int:
    """The first row, from 1, whose headers a Profil knows; 0 for none."""
    for place, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        if not is_data(row) and fingerprint(_titles(row), words) in kolom_of:
            return place + 1
    return 0


def by_hand(
    peek: Peek, lembar: int, baris: int, kolom: Mapping[int, str], words: Vocabulary = REGISTER
) -> Layout:
    """The layout a person chose: sheet by its place, header row from 1 (0: there is none), field per column place.

    Raises FileRefused with a sentence when a field is chosen twice or a required one is missing.
    """
    return complete(named(peek, lembar, baris, kolom, words), words)


def complete(layout: Layout, words: Vocabulary = REGISTER) -> Layout:
    """The layout, when nothing that is required is missing in it."""
    if missing := words.gaps(layout.fields):
        raise FileRefused("KOLOM_HILANG", f"Tunjukkan dahulu kolom {missing}.")
    return layout


def named(
    peek: Peek, lembar: int, baris: int, kolom: Mapping[int, str], words: Vocabulary = REGISTER
) -> Layout:
    """As by_hand, of one table of a list, which need not hold all that is required."""
    chosen: dict[str, int] = {}
    for place, name in sorted(kolom.items()):
        if name in chosen:
            raise FileRefused(
                "KOLOM_GANDA",
                f"{label_of(name, words)} dipilih dua kali, di kolom {letters(chosen[name])} dan {letters(place)}."
                " Lewati salah satu.",
            )
        chosen[name] = place
    return _layout(peek.sheets[lembar], baris, chosen, words)


def same_columns(peek: Peek, lembar: int, baris: int) -> list[tuple[int, int]]:
    """The other sheets in sight that carry the headers of this one at the same places: (place, header row from 1)."""
    chosen = peek.sheets[lembar]
    wanted = _columns_in_order(chosen.rows[baris - 1]) if 0 < baris <= len(chosen.rows) else []
    if not any(wanted) or is_data(chosen.rows[baris - 1]):
        return []
    found = []
    for place, sheet in enumerate(peek.sheets):
        if place == lembar or (sheet.hidden and not chosen.hidden):
            continue
        for row, cells in enumerate(sheet.rows[:HEADER_WITHIN], 1):
            if _columns_in_order(cells) == wanted:
                found.append((place, row))
                break
    return found


def _columns_in_order(row: Sequence[str]) -> list[str]:
    titles = [normal_header(cell) for cell in row]
    while titles and not titles[-1]:
        titles.pop()
    return titles


def together(layout: Layout, peek: Peek, lembar: int, baris: int) -> Layout:
    """The layout of a sheet with all others that have its columns, as one list."""
    others = same_columns(peek, lembar, baris)
    if len(others) > SHEETS:
        raise FileRefused(
            "LEMBAR_BANYAK", f"Berkas ini berisi {len(others) + 1} lembar. Paling banyak {SHEETS} digabung."
        )
    found = []
    for place, row in others:
        sheet = peek.sheets[place]
        numbered = row < len(sheet.rows) and is_number_row(sheet.rows[row])
        found.append({"berkas": sheet.file, "sheet": sheet.name, "header_row": row + 1 if numbered else row})
    return replace(layout, lembar=found)


def has_headers(layout: Layout) -> bool:
    """True when a file could be known again by the headers of this layout."""
    return bool(layout.header_row) and layout.judul != _letters(len(layout.judul))


def _letters(width: int) -> list[str]:
    return [f"Kolom {letters(place)}" for place in range(width)]


def label_of(name: str, words: Vocabulary = REGISTER) -> str:
    """What a field or a question of a questionnaire is called."""
    return words.labels[name] if name in words.labels else indikator.catalogue()[name].nama


def _layout(sheet: PeekSheet, header_row: int, chosen: dict[str, int], words: Vocabulary) -> Layout:
    """chosen: fields and questions (INSTRUMEN:kode) alike; a Profil keeps them together."""
    kolom = {name: place for name, place in chosen.items() if name in words.labels}
    answers = {name: place for name, place in chosen.items() if name in indikator.catalogue()}
    titles = titles_of(sheet, header_row)
    numbered = 0 < header_row < len(sheet.rows) and is_number_row(sheet.rows[header_row])
    return Layout(
        tata_letak=TATA_LETAK,
        sheet=sheet.name,
        header_row=header_row + 1 if numbered else header_row,
        title_rows=max(header_row - 1, 0),
        judul=titles,
        kolom=kolom,
        diabaikan=[title for n, title in enumerate(titles) if title and n not in chosen.values()],
        indikator=answers,
        berkas=sheet.file,
        tersembunyi=hidden_titles(sheet, titles),
    )


def titles_of(sheet: PeekSheet, header_row: int) -> list[str]:
    """The headers of a sheet; those of a list without any are the letters of its columns.

    So are those of one whose "header" is a person: what is noted of a file never holds numbers and names.
    """
    if header_row and header_row > len(sheet.rows):
        return []
    if header_row and not is_data(sheet.rows[header_row - 1]):
        return _titles(sheet.rows[header_row - 1])
    return _letters(max(map(len, sheet.rows), default=0))


def _titles(row: Sequence[str]) -> list[str]:
    return [cell.strip() for cell in row]


@dataclass(frozen=True)
class Places:
    """Names and codes of the land, in capitals, to know a column of villages by what is in it."""

    kabupaten: frozenset[str]
    kecamatan: frozenset[str]
    desa: frozenset[str]
    kode: frozenset[str]


def likely_header(sheet: PeekSheet) -> int:
    """The row, from 1, where the headers most likely stand: the first wide one without numbers in it.

    0 when the first wide row is a person already.
    """
    widths = [sum(bool(cell.strip()) for cell in row) for row in sheet.rows[:HEADER_WITHIN]]
    widest = max(widths, default=0)
    for place, width in enumerate(widths):
        row = sheet.rows[place]
        if width and width >= 0.6 * widest:
            if not any(re.search(r"\d{5}", cell) for cell in row):
                return place + 1
            if any(_NUMBER.fullmatch(cell.strip()) for cell in row):
                return 0
    return 1


def propose(
    sheet: PeekSheet, header_row: int, places: Places, words: Vocabulary = REGISTER
) -> dict[int, str]:
    """Field per column place: by the header where it is known, else by what stands below it."""
    titles = titles_of(sheet, header_row)
    found = {place: name for name, place in columns_of(titles, words).items()}
    below = sheet.rows[header_row : header_row + SHOWN]
    width = max([len(titles), *(len(row) for row in below)], default=0)
    columns = {
        place: [row[place].strip() for row in below if place < len(row) and row[place].strip()]
        for place in range(width)
        if place not in found
    }
    taken = set(found.values())
    for place, name in (_numbers(columns) | _by_content(columns, places)).items():
        if name not in taken and place not in found:
            found[place] = name
            taken.add(name)
    questions = indikator.columns_of(titles, set(found), normal_header) if words.questions else {}
    return found | {place: name for name, place in questions.items()}


def _by_content(columns: Mapping[int, list[str]], places: Places) -> dict[int, str]:
    known = {
        "kabupaten": lambda text: _bare(text) in places.kabupaten,
        "kecamatan": lambda text: _bare(text) in places.kecamatan,
        "desa": lambda text: _bare(text) in places.desa,
        "kode_desa": lambda text: text.replace(".", "") in places.kode,
        "tanggal_lahir": lambda text: _DATE.fullmatch(text) is not None,
        "jenis_kelamin": lambda text: text.upper() in _SEX,
        "hubungan": lambda text: text.upper() in _RELATION,
    }
    found: dict[int, str] = {}
    for place, cells in columns.items():
        for name, is_one in known.items():
            if name not in found.values() and _mostly(cells, is_one):
                found[place] = name
                break
    return found


def _numbers(columns: Mapping[int, list[str]]) -> dict[int, str]:
    """NIK and No. KK look alike; women's NIK have a day above 40, and a family shares its No. KK."""
    candidates = [
        place
        for place, cells in columns.items()
        if _mostly(cells, lambda t: _NUMBER.fullmatch(t) is not None)
    ]

    def like_nik(place: int) -> tuple[bool, int]:
        days = [int(match.group(1)) for cell in columns[place] if (match := _NUMBER.fullmatch(cell))]
        return any(day > 40 for day in days), len(set(columns[place]))

    ordered = sorted(candidates, key=like_nik, reverse=True)
    return dict(zip(ordered[:2], ("nik", "no_kk"), strict=False))


def _mostly(cells: list[str], is_one) -> bool:
    return bool(cells) and sum(map(is_one, cells)) >= 0.7 * len(cells)


def _bare(text: str) -> str:
    """BANGKA SELATAN of "Kab. Bangka Selatan"."""
    return re.sub(
        r"^(KAB|KABUPATEN|KOTA|KEC|KECAMATAN|DESA|KEL|KELURAHAN)\b\.?\s*", "", " ".join(text.upper().split())
    )
