"""Two tables that belong together: the households of a list, and its persons (UDRT and UDART, DTSEN).

They come as two sheets of one workbook or as two files in one ZIP. Judged is one table, in which every person
stands with the columns of the household; how it is made stands in sql/impor/00_gabung.sql.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from jobs.reader.several import BETWEEN
from jobs.staging import Peek, PeekSheet
from kpm.imports import (
    BESIDE,
    Layout,
    find_layout,
    headers_of,
    normal_header,
    refuse_doubles,
    refuse_gaps,
    refuse_second_list,
    with_indikator,
)
from kpm.verdicts import FileRefused

KEYS = ("id_keluarga", "no_kk")  # fields that join the two, the better one first
PERSON = ("nama", "nik", "id_dtks")  # none of them stands in a table of households
FEWEST = 2  # fields that a table of households must add, or it is some recap beside the list
OFFSET = 1_000_000_000  # of the row numbers of households, so that no two rows of a file share one
SHEETS = OFFSET // BETWEEN - 1  # so many sheets are one list at most
HOUSEHOLD = "keluarga"  # what their rows are called


def layout_of(peek: Peek) -> Layout:
    """The layout of a file: its table of persons, with that of the households when there is one.

    Raises FileRefused with a sentence.
    """
    found = headers_of(peek)
    files = {sheet.file for sheet in peek.sheets if sheet.file}
    persons = [header for header in found if all(name in header.kolom for name in ("nama", "nik"))]
    if len({tuple(map(normal_header, header.judul)) for header in persons}) == 1:
        refuse_second_list(_sheets_of(peek, persons))  # the same columns: asked whether they are one list
    if files and len({header.berkas for header in persons}) != 1:
        raise FileRefused("ZIP_TAK_TERKAIT", _unlinked(len(files)))
    refuse_second_list(_sheets_of(peek, persons))
    person = max(persons, key=lambda header: len(header.kolom), default=None)
    household = _household_of(person, found) if person else None
    if person is None or household is None:
        if files:
            raise FileRefused("ZIP_TAK_TERKAIT", _unlinked(len(files)))
        return find_layout(peek)
    layout = _linked(person, household, [header for header in found if header not in (person, household)])
    refuse_doubles(household.judul)
    refuse_gaps(layout)
    return with_indikator(layout)


def _sheets_of(peek: Peek, headers: Sequence[Layout]) -> list[tuple[PeekSheet, int]]:
    row_of = {(header.berkas, header.sheet): header.header_row for header in headers}
    return [
        (sheet, row_of[sheet.file, sheet.name]) for sheet in peek.sheets if (sheet.file, sheet.name) in row_of
    ]


def _unlinked(files: int) -> str:
    return (
        f"Berkas ini berisi {files} lembar kerja yang tidak saling terkait. Kirim satu daftar, atau tabel"
        " keluarga bersama tabel anggotanya, keduanya dengan kolom ID keluarga atau No. KK."
    )


def _household_of(person: Layout, found: Sequence[Layout]) -> Layout | None:
    """The table of households that adds most to that of the persons."""
    candidates = [
        header
        for header in found
        if not any(name in header.kolom for name in PERSON)
        and _key(person, header)
        and len(set(header.kolom) - set(person.kolom)) >= FEWEST
    ]
    return max(candidates, key=lambda header: len(header.kolom), default=None)


def joins(person: Layout, household: Layout) -> bool:
    """True when a field of both joins these two tables."""
    return bool(_key(person, household))


def _key(person: Layout, household: Layout) -> str:
    return next((name for name in KEYS if name in person.kolom and name in household.kolom), "")


def _linked(person: Layout, household: Layout, others: Sequence[Layout]) -> Layout:
    kunci = _key(person, household)
    names = set(person.kolom) | set(household.kolom)
    bdt = person.bdt_id or household.bdt_id
    beside: dict[str, Any] = {
        "berkas": household.berkas,
        "sheet": household.sheet,
        "header_row": household.header_row,
        "title_rows": household.title_rows,
        "judul": household.judul,
        "kolom": household.kolom,
        "kunci": kunci,
    }
    return replace(
        person,
        tata_letak="C" if bdt else "D" if "id_keluarga" in names else person.tata_letak,
        pasangan=beside,
        diabaikan=[*person.diabaikan, *household.diabaikan, *(_place(header) for header in others)],
        tersembunyi=[*person.tersembunyi, *household.tersembunyi],
    )


def pair_up(person: Layout, household: Layout) -> Layout:
    """The list of two tables whose columns somebody named. Raises FileRefused with a sentence.

    A field named ID Keluarga or No. KK in both joins them.
    """
    if (household.berkas, household.sheet) == (person.berkas, person.sheet):
        raise FileRefused(
            "KOLOM_GANDA", "Tabel anggota dan tabel keluarga ada di dua lembar. Pilih lembar lain."
        )
    if any(name in household.kolom for name in PERSON):
        raise FileRefused(
            "KOLOM_GANDA", "Nama, NIK dan ID DTKS ditunjukkan di tabel anggota. Lewati di tabel keluarga."
        )
    if not _key(person, household):
        raise FileRefused(
            "KOLOM_HILANG",
            "Tunjukkan di kedua tabel kolom yang menghubungkannya, sebagai ID Keluarga atau No. KK.",
        )
    beside = {name: BESIDE + place for name, place in household.indikator.items()}
    return replace(
        _linked(person, household, []),
        tata_letak=person.tata_letak,
        indikator=beside | person.indikator,
    )


def of_households(kolom: Collection[str]) -> bool:
    """True for the columns of a table of households: whoever stands in it is not named."""
    return any(name in kolom for name in KEYS) and not any(name in kolom for name in PERSON)


def _place(header: Layout) -> str:
    return " ".join(filter(None, [header.berkas, header.sheet]))


def flat(layout: Layout) -> Layout:
    """The layout of the joined table as one sheet: the persons' columns, then those of their households.

    Refused rows of linked tables go out, and come back, in this form.
    """
    if layout.pasangan is None:
        return layout
    width = len(layout.judul)
    beside = {
        name: width + place for name, place in layout.pasangan["kolom"].items() if name not in layout.kolom
    }
    return replace(
        layout,
        judul=[*layout.judul, *layout.pasangan["judul"]],
        kolom=layout.kolom | beside,
        indikator={
            name: place if place < BESIDE else width + place - BESIDE
            for name, place in layout.indikator.items()
        },
        berkas="",
        pasangan=None,
    )


def row_name(number: int, sheets: Sequence[str] = ()) -> str:
    """How people are told of a row: 1.234, "keluarga 12" for one in the table of households, "12 (Rias)" for one in
    a sheet of several (Layout.sheets)."""
    if number > OFFSET:
        return f"{HOUSEHOLD} {row_name(number - OFFSET)}"
    if sheets:
        place, row = divmod(number, BETWEEN)
        return f"{row_name(row)} ({sheets[place]})"
    return f"{number:,}".replace(",", ".")


def key_title(layout: Layout) -> str:
    """The header of the column that joins, in the table of households; to know it when it is repeated."""
    if layout.pasangan is None:
        return ""
    return normal_header(layout.pasangan["judul"][layout.pasangan["kolom"][layout.pasangan["kunci"]]])
