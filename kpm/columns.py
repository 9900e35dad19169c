"""A layout as SQL: which column of the raw table, or which expression, stands for each field of a file.

The steps in sql/impor/ name fields in braces; here they are filled in. Files without ids of households take
the short ways, so that the commonest layout pays nothing for the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg2 import sql

from jobs.staging import Staged
from kpm.imports import FIELDS, WATCHED, Layout, column_at
from kpm.linked import OFFSET, key_title
from spatial.queries import box_of_villages

Fragments = dict[str, sql.Composable]
BITS = {name: 1 << place for place, name in enumerate(WATCHED)}
CODED = {"B", "C", "D"}  # layouts whose relations are numbered as in BDT and Regsosek
CODE_PARTS = ("kode_kab", "kode_kec", "kode_desa")


def watched(kolom: dict[str, int]) -> list[list[int]]:
    """Where long numbers are looked for: pairs of a column's place and its bit, for jobs.staging."""
    return [[kolom[name], place] for place, name in enumerate(WATCHED) if name in kolom]


def fragments(layout: Layout, staged: Staged) -> Fragments:
    """What stands in the steps for each field of the file, and for what depends on the layout."""
    found: Fragments = {
        name: sql.Identifier(layout.column(name)) if layout.has(name) else sql.SQL("NULL::text")
        for name in FIELDS
    }
    answers = [column_at(place) for place in layout.indikator.values()]
    plain = [sql.Identifier(name) for name in [*map(layout.column, layout.fields), *answers]]
    found["kolom_dikenal"] = sql.SQL(", ").join(plain)
    found["semua_kolom"] = sql.SQL(", ").join(
        sql.SQL("m.") + sql.Identifier(name) for name in raw_columns(layout, staged)
    )
    found["id_dtks"] = _person_id(layout, found)
    found["desa"] = _village(layout, found)
    coded = layout.tata_letak in CODED
    found["hubungan_kk"] = sql.SQL(
        "kpm_hubungan_ruta(hubungan, kpm_kelamin(jenis_kelamin))" if coded else "kpm_hubungan(hubungan)"
    )
    found["tolak_awal"] = sql.SQL("m.tolak_awal" if layout.pasangan else "0")
    return found | _household(layout)


def _household(layout: Layout) -> Fragments:
    """How a keluarga is told from another: by No. KK alone, or by what step 10 has found."""
    by_id = layout.has("id_keluarga")
    texts = {
        "tercatat": "(impor_rumah AS r JOIN kpm_keluarga AS k ON k.id = r.keluarga_id) ON r.kunci = p.kunci"
        if by_id
        else "kpm_keluarga AS k ON k.no_kk = p.no_kk",
        "milik": "r.id_keluarga" if by_id else "NULL::text",
        "id_lain": "r.id_lain" if by_id else "false",
        "milik_siapa": "LEFT JOIN impor_rumah AS r ON r.kunci = g.kunci" if by_id else "",
    }
    return {name: sql.SQL(text) for name, text in texts.items()}


def raw_columns(layout: Layout, staged: Staged) -> list[str]:
    """The columns of the raw table in the order in which a refused row is handed back."""
    if layout.pasangan is None:
        return staged.columns
    beside = [f"r{place}" for place in range(len(layout.pasangan["judul"]))]
    return [*staged.columns[: len(layout.judul)], *beside]


def _person_id(layout: Layout, found: Fragments) -> sql.Composable:
    """The id of a person; in BDT files that of his household and his number in it, as UDART writes both in one."""
    if layout.has("id_dtks") or not (layout.has("id_keluarga") and layout.has("no_urut")):
        return found["id_dtks"]
    return sql.SQL(
        "CASE WHEN kpm_nomor(kpm_rapi({no_urut})) ~ '^[0-9]{{1,2}}$'"
        " THEN kpm_nomor(kpm_rapi({id_keluarga})) || lpad(kpm_nomor(kpm_rapi({no_urut})), 2, '0') END"
    ).format(**found)


def _village(layout: Layout, found: Fragments) -> sql.Composable:
    """A code of the village before its name; parts of a code put together; at last the code within the id."""
    if all(layout.has(name) for name in CODE_PARTS):
        return sql.SQL(
            "kpm_kode_desa({kode_prov}, {kode_kab}, {kode_kec}, {kode_desa}, kpm_rapi({desa}), {bps})"
        ).format(bps=sql.Literal(layout.bdt_id), **found)
    if layout.has("kode_desa"):
        return sql.SQL("coalesce(kpm_rapi({kode_desa}), {desa})").format(**found)
    if layout.has("desa") or not layout.bdt_id:
        return found["desa"]
    return sql.SQL(
        "substring('BPS' || kpm_nomor(kpm_rapi({id_keluarga})) FROM '^(BPS[0-9]{{10}})[0-9]{{6}}$')"
    ).format(**found)


def parameters(layout: Layout) -> dict[str, Any]:
    """What the steps are told of the layout beside its columns."""
    west, south, east, north = box_of_villages()
    title = layout.judul[layout.kolom["nama"]] if layout.kolom["nama"] < len(layout.judul) else ""
    return (
        {f"ada_{name}": layout.has(name) for name in FIELDS}
        | {f"bit_{name}": bit for name, bit in BITS.items()}
        | {
            "judul_nama": title.strip().upper() or "NAMA",
            "geser": OFFSET,
            "barat": west,
            "selatan": south,
            "timur": east,
            "utara": north,
        }
    )


def joined(layout: Layout, persons: Staged, households: Staged) -> tuple[Fragments, dict[str, Any]]:
    """For step 00: the two staged tables and their columns, and what tells a bad row of the second."""
    beside = layout.pasangan or {}
    key = beside["kunci"]
    width = len(beside["judul"])

    def names(letter: str, columns: Sequence[str]) -> sql.Composed:
        return sql.SQL(", ").join(sql.SQL(letter) + sql.Identifier(name) for name in columns)

    of_household = [f"c{place}" for place in range(min(width, households.width))]
    padded = [f"r{place}" for place in range(width)]
    as_r = [
        sql.SQL("{} AS {}").format(
            sql.Identifier(f"c{place}") if place < households.width else sql.SQL("NULL::text"),
            sql.Identifier(f"r{place}"),
        )
        for place in range(width)
    ]
    own = sum(bit for name, bit in BITS.items() if name in layout.kolom)
    return {
        "orang": sql.Identifier(*persons.table.split(".")),
        "rumah": sql.Identifier(*households.table.split(".")),
        "kunci_orang": sql.Identifier(f"c{layout.kolom[key]}"),
        "kunci_rumah": sql.Identifier(f"c{beside['kolom'][key]}"),
        "kolom_rumah": sql.SQL(", ").join(as_r),
        "isi_rumah": names("", of_household),
        "isi_rumah_teks": sql.SQL("concat_ws(' ', ") + names("", padded) + sql.SQL(")"),
        "kolom_orang": names("o.", persons.columns),
        "nama_kolom_rumah": names("p.", padded),
        "tanpa_orang": sql.SQL(", ").join(
            sql.SQL("p.{}").format(sql.Identifier(f"r{beside['kolom'][key]}"))
            if place == layout.kolom[key]
            else sql.SQL("NULL")
            for place in range(persons.width)
        ),
    }, {
        "bit_orang": own,
        "bit_rumah": sum(BITS.values()) & ~own,
        "lebar_rumah": households.width,
        "judul_kunci": key_title(layout),
    }
