"""The Splink model: which fields are compared and how, which pairs are looked at, and how it was trained.

The levels carry the words that people read as evidence. m and u of each level come from model.json, which
`manage.py latih_padan` writes; nothing is trained during a run.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MODEL = Path(__file__).with_name("model.json")
PRIOR = 1e-6  # one row of a million is this person: a province has that many
SEED = 20260
# So many people with names of usual frequency are thought beside those that are left: of three who are left every
# name would be a third of all names, and the same name no evidence.
IMAGINED = 10_000

Level = tuple[str, str]  # condition in SQL, words

NULL = "kosong"
COMPARED: dict[str, list[Level]] = {
    "nama": [
        ("nama_urut_l = nama_urut_r", "Nama sama"),
        (
            "replace(nama_l, ' ', '') = replace(nama_r, ' ', '')"
            " OR (length(nama_l) >= 5 AND padan_satu_beda(nama_l, nama_r))",
            "Nama beda satu huruf",
        ),
        ("padan_kata_min(kata_l, kata_r) >= 0.89", "Nama sangat mirip, atau salah satunya lebih lengkap"),
        (
            "jaro_winkler_similarity(nama_l, nama_r) >= 0.88"
            " OR (jaro_similarity(nama_l, nama_r) >= 0.65"
            " AND damerau_levenshtein(nama_l, nama_r) * 3 <= least(length(nama_l), length(nama_r)))",
            "Nama mirip",
        ),
        ("len(list_intersect(kata_l, kata_r)) > 0", "Sebagian kata nama sama"),
    ],
    "lahir": [
        ("hari_l = hari_r", "Tanggal lahir sama"),
        (
            "padan_tukar(hari_l, hari_r) OR padan_satu_angka(hari_l, hari_r)",
            "Tanggal lahir beda satu angka, atau hari dan bulan tertukar",
        ),
        (
            "left(hari_l, 4) = left(hari_r, 4) AND (right(hari_l, 4) = '0101' OR right(hari_r, 4) = '0101')",
            "Tahun lahir sama, salah satunya 1 Januari",
        ),
        ("padan_bagian_sama(hari_l, hari_r) = 2", "Tanggal lahir sama dua dari tiga bagian"),
        ("padan_tahun_jarak(hari_l, hari_r) <= 1", "Tahun lahir berdekatan"),
    ],
    "kelamin": [("kelamin_l = kelamin_r", "Jenis kelamin sama")],
    "nik": [
        ("nik_l = nik_r", "NIK sama"),
        ("padan_satu_beda(nik_l, nik_r)", "NIK beda satu angka"),
        (
            "jaro_similarity(nik_l, nik_r) >= 0.85 AND damerau_levenshtein(nik_l, nik_r) <= 2",
            "NIK beda dua angka",
        ),
    ],
    "tempat": [
        ("tempat_l = tempat_r", "Tempat lahir sama"),
        ("jaro_winkler_similarity(tempat_l, tempat_r) >= 0.88", "Tempat lahir mirip"),
    ],
    # One comparison, not three: a brother agrees in all of it.
    "rumah": [
        ("{kk} AND {ibu}", "No. KK dan ibu sama"),
        ("{ibu} AND desa_l = desa_r", "Ibu dan desa sama"),
        ("{kk}", "No. KK sama, ibu lain atau kosong"),
        ("{ibu}", "Ibu sama, desa lain"),
        ("desa_l = desa_r", "Desa sama"),
    ],
}
OTHERWISE = {
    "nama": "Nama lain",
    "lahir": "Tanggal lahir lain",
    "kelamin": "Jenis kelamin lain",
    "nik": "NIK lain",
    "tempat": "Tempat lahir lain",
    "rumah": "KK, ibu, dan desa lain",
}
MISSING = {
    "nama": "nama_urut_l IS NULL OR nama_urut_r IS NULL",
    "lahir": "hari_l IS NULL OR hari_r IS NULL",
    "kelamin": "kelamin_l IS NULL OR kelamin_r IS NULL",
    "nik": "nik_l IS NULL OR nik_r IS NULL",
    "tempat": "tempat_l IS NULL OR tempat_r IS NULL",
    "rumah": "(no_kk_l IS NULL OR no_kk_r IS NULL) AND (ibu_l IS NULL OR ibu_r IS NULL)"
    " AND (desa_l IS NULL OR desa_r IS NULL)",
}
HOUSE = {
    "kk": "coalesce(padan_satu_angka(no_kk_l, no_kk_r), false)",
    "ibu": "coalesce(ibu_l = ibu_r OR jaro_winkler_similarity(ibu_l, ibu_r) >= 0.92, false)",
}
PERSONAL = ("nama", "lahir", "kelamin", "nik")

# A pair is looked at when one of these keys is the same on both sides. Keys are columns, so that one that too
# many people share can be emptied (40_kunci.sql).
BLOCKS = {
    "b_lahir_depan": "left(hari, 4) || least(substr(hari, 5, 2), right(hari, 2)) ||"
    " greatest(substr(hari, 5, 2), right(hari, 2)) || left(nama, 1)",
    "b_lahir_urut": "hari || left(nama_urut, 1)",
    "b_lahir_desa": "hari || desa",
    "b_nama_tahun": "nama_urut || left(hari, 4)",
    "b_nama_desa": "nama_urut || desa",
    "b_kk": "no_kk || kelamin",
    "b_ibu": "left(ibu, 3) || desa || left(nama, 3)",
    "b_nik": "nik",
}


def comparisons() -> list[dict[str, Any]]:
    """Splink's comparisons without m and u."""
    return [
        {
            "output_column_name": name,
            "comparison_levels": [
                {
                    "sql_condition": MISSING[name],
                    "label_for_charts": NULL,
                    "is_null_level": True,
                },
                *(
                    {"sql_condition": condition.format(**HOUSE), "label_for_charts": words}
                    | (
                        {"tf_adjustment_column": "nama_urut", "tf_adjustment_weight": 1.0}
                        if name == "nama" and number == 0
                        else {}
                    )
                    for number, (condition, words) in enumerate(levels)
                ),
                {"sql_condition": "ELSE", "label_for_charts": OTHERWISE[name]},
            ],
        }
        for name, levels in COMPARED.items()
    ]


def settings() -> dict[str, Any]:
    """Splink's settings without m and u."""
    return {
        "link_type": "link_only",
        "unique_id_column_name": "unique_id",
        "probability_two_random_records_match": PRIOR,
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": True,
        "comparisons": comparisons(),
        "blocking_rules_to_generate_predictions": [{"blocking_rule": f"l.{key} = r.{key}"} for key in BLOCKS],
    }


def load(path: Path = MODEL) -> dict[str, Any]:
    """The trained model."""
    return json.loads(path.read_text())


def digest(model: dict[str, Any]) -> str:
    """Names a model: two runs with the same digest weigh alike."""
    return hashlib.sha256(json.dumps(model, sort_keys=True).encode()).hexdigest()


def level_of(comparison: dict[str, Any]) -> str:
    """SQL for the level a pair reaches in a comparison, counted as Splink counts: -1 null, 0 otherwise."""
    name, levels = comparison["output_column_name"], comparison["comparison_levels"]
    cases = " ".join(
        f"WHEN {level['sql_condition']} THEN {len(levels) - 1 - number if number else -1}"
        for number, level in enumerate(levels[:-1])
    )
    return f"CASE {cases} ELSE 0 END AS gamma_{name}"


def weight_of(comparison: dict[str, Any]) -> str:
    """SQL for the match weight of that level."""
    name, levels = comparison["output_column_name"], comparison["comparison_levels"]
    cases = " ".join(
        f"WHEN {len(levels) - 1 - number} THEN {math.log2(level['m_probability'] / level['u_probability']):.6f}"
        for number, level in enumerate(levels)
        if number
    )
    return f"CASE gamma_{name} {cases} ELSE 0.0 END AS mw_{name}"


@contextmanager
def quiet():
    """Splink tells its whole training at INFO, with values in it."""
    logger = logging.getLogger("splink")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def linker(db, model: dict[str, Any]):
    """Splink over the tables kiri and kanan."""
    from splink import DuckDBAPI, Linker

    api = DuckDBAPI(connection=db)
    sides = [
        api.register(table, dataset_display_name=source)
        for table, source in (("kiri", "a_orang"), ("kanan", "b_penduduk"))
    ]
    found = Linker(sides, model, log_level=logging.ERROR)
    if usual := _usual_share(model):
        db.execute(
            f"""
            CREATE OR REPLACE TABLE kerap AS
            WITH semua AS (SELECT nama_urut FROM kiri UNION ALL SELECT nama_urut FROM kanan),
            jumlah AS (SELECT nama_urut, count(*) AS n, sum(count(*)) OVER () AS dari FROM semua GROUP BY 1)
            SELECT nama_urut, (n + {usual * IMAGINED}) / (dari + {IMAGINED}) AS tf_nama_urut
            FROM jumlah WHERE nama_urut IS NOT NULL
            """
        )
        found.table_management.register_term_frequency_lookup(api.register("kerap"), "nama_urut")
    return found


def _usual_share(model: dict[str, Any]) -> float | None:
    """How often two strangers have one name, in a trained model."""
    level = next(c for c in model["comparisons"] if c["output_column_name"] == "nama")["comparison_levels"][1]
    return level.get("u_probability")
