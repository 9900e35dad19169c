"""The answers in an import: judged by the loader, merged by the app. Without indicator columns nothing runs.

The SQL steps stand in sql/impor/ beside the others; here their expressions are written, one per column, since
which questions a file answers differs from file to file.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from psycopg2 import sql

from kpm.imports import Layout, column_at
from kpm.indikator import Pertanyaan, catalogue, code_of, is_empty

OWN_TABLE = "jawaban"
COMPARE = "16_jawaban"
REMARK = "16a_jawaban_beda"
# What a preview shows of them, and its digest holds.
BESIDE = ["20b_jawaban_keluarga_beda", "20c_jawaban_anggota_beda"]
# Of the registers as a whole: answers given earlier follow who moves, whatever this file holds.
FOLLOW = ["30_jawaban_pindah", "30a_jawaban_ikut"]
MERGE = [
    "34_jawaban_keluarga",
    "34a_jawaban_keluarga_baru",
    "34b_jawaban_anggota",
    "34c_jawaban_anggota_baru",
    "34d_statistik_jawaban",
]
LONGEST = 160  # letters of a cell that may still be the label of an answer
MOST = 50_000  # spellings looked at, the most frequent first: those of a list are few
WHOLE = r"^(0|[1-9][0-9]{0,6})$"


def judge(run, cursor) -> None:
    """Read every row's answers into {jawaban}, as the loader; remark on those outside their code list."""
    asked = questions_of(run.layout)
    run.tables["tulisan"] = sql.SQL(", ").join(_odd_spelling(one, place) for one, place in asked)
    run.parameters |= {"tulisan_panjang": LONGEST, "tulisan_banyak": MOST}
    run.execute(cursor, "09_tulisan")
    spellings = cursor.fetchall()
    peta = _meanings(spellings)
    run.parameters["peta"] = json.dumps(peta)
    odd = set(peta) if len(spellings) < MOST else {one.nama_penuh for one, _ in asked}
    per_instrumen: dict[str, list[tuple[Pertanyaan, int]]] = defaultdict(list)
    for one, place in asked:
        per_instrumen[one.instrumen].append((one, place))
    run.tables["jawaban_per_instrumen"] = sql.SQL("\nUNION ALL\n").join(
        _rows_of(instrumen, some, run.tables["mentah"], odd) for instrumen, some in per_instrumen.items()
    )
    run.execute(cursor, "10_jawaban")
    cursor.execute(sql.SQL("ANALYZE {} (baris, instrumen)").format(run.tables[OWN_TABLE]))
    run.execute(cursor, "10a_jawaban_luar")


def questions_of(layout: Layout) -> list[tuple[Pertanyaan, int]]:
    """The questions whose columns a file has, with their places."""
    known = catalogue()
    return [(known[name], place) for name, place in layout.indikator.items() if name in known]


def _meanings(spellings: list[tuple[str, str]]) -> dict[str, dict[str, str | None]]:
    """{question: {spelling: code, or None for nothing}}; a spelling outside the list is left out."""
    known = catalogue()
    found: dict[str, dict[str, str | None]] = {}
    for name, text in spellings:
        mine = found.setdefault(name, {})
        kode = code_of(known[name], text)
        if kode is not None:
            mine[text] = kode
        elif is_empty(text):
            mine[text] = None
    return found


def _column(place: int) -> sql.Composable:
    return sql.SQL("m.") + sql.Identifier(column_at(place))


def _stored(one: Pertanyaan, place: int) -> sql.Composable:
    """The condition "this cell is a code as it is stored"."""
    if one.jenis == "bilangan":
        return sql.SQL("{} ~ {}").format(_column(place), sql.Literal(WHOLE))
    return sql.SQL("{} IN ({})").format(
        _column(place), sql.SQL(", ").join(sql.Literal(kode) for kode in one.codes)
    )


def _odd_spelling(one: Pertanyaan, place: int) -> sql.Composable:
    return sql.SQL("({}, CASE WHEN {} THEN NULL ELSE {} END)").format(
        sql.Literal(one.nama_penuh), _stored(one, place), _column(place)
    )


def _value(one: Pertanyaan, place: int, odd: set[str]) -> sql.Composable:
    """The code of a cell. A column without odd spellings is taken as it is."""
    if one.nama_penuh not in odd:
        return sql.SQL("CASE WHEN {} THEN {} END").format(_stored(one, place), _column(place))
    return sql.SQL("CASE WHEN {} THEN {} ELSE p.peta -> {} ->> {} END").format(
        _stored(one, place), _column(place), sql.Literal(one.nama_penuh), _column(place)
    )


def _outside(one: Pertanyaan, place: int) -> sql.Composable:
    return sql.SQL("CASE WHEN {} IS NULL OR {} OR p.peta -> {} ? {} THEN NULL ELSE {} END").format(
        _column(place),
        _stored(one, place),
        sql.Literal(one.nama_penuh),
        _column(place),
        sql.Literal(one.kode),
    )


def _object(some: list[tuple[Pertanyaan, int]], odd: set[str]) -> sql.Composable:
    if not some:
        return sql.SQL("'{}'::jsonb")
    return sql.SQL("jsonb_object(ARRAY[{}]::text[], ARRAY[{}]::text[])").format(
        sql.SQL(", ").join(sql.Literal(one.kode) for one, _ in some),
        sql.SQL(", ").join(_value(one, place, odd) for one, place in some),
    )


def _rows_of(
    instrumen: str, some: list[tuple[Pertanyaan, int]], raw: sql.Composable, odd: set[str]
) -> sql.Composable:
    doubtful = [(one, place) for one, place in some if one.nama_penuh in odd]
    outside: sql.Composable = sql.SQL("'{}'::text[]")
    if doubtful:
        outside = sql.SQL("array_remove(ARRAY[{}]::text[], NULL)").format(
            sql.SQL(", ").join(_outside(one, place) for one, place in doubtful)
        )
    return sql.SQL(
        "SELECT baris, {} AS instrumen, keluarga - luar AS keluarga, anggota - luar AS anggota, luar FROM (\n"
        "    SELECT m.baris, {} AS keluarga, {} AS anggota, {} AS luar\n"
        "    FROM {} AS m CROSS JOIN (SELECT %(peta)s::jsonb AS peta) AS p OFFSET '0') AS q"
    ).format(
        sql.Literal(instrumen),
        _object([pair for pair in some if pair[0].unit == "keluarga"], odd),
        _object([pair for pair in some if pair[0].unit == "anggota"], odd),
        outside,
        raw,
    )


def report(run, cursor) -> dict[str, Any] | None:
    """What the report says of the answers: how many, and which questions had some outside their list."""
    if not run.layout.indikator:
        return None
    cursor.execute("SELECT count(DISTINCT keluarga_id) FROM impor_jawaban")
    (keluarga,) = cursor.fetchone()
    run.execute(cursor, "46_jawaban_luar")
    outside = [
        {"indikator": name, "nama": catalogue()[name].nama, "baris": n, "contoh": rows}
        for name, n, rows in cursor.fetchall()
    ]
    return {"pertanyaan": len(run.layout.indikator), "keluarga": keluarga, "luar": outside}
