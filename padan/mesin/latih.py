"""Training the model. No labels are read: each field learns from pairs that other fields have proved.

u, how often a level comes about between strangers, is Splink's estimate from random pairs. m, how often it does
between two records of one person, is counted: birth dates on pairs with one NIK and one name, names on pairs with
one NIK and one birth date, the NIK on pairs with one name, birth date and mother that the exact step left.
Expectation maximisation was tried and left: beside relatives in one household it finds no stranger (decision 0030).
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from padan.mesin import jalan
from padan.mesin import model as splink_model

RANDOM_PAIRS = 1_000_000
LEAST_PROOFS = 200
# field -> which pairs are surely one person, without looking at the field itself
PROOFS = {
    "nama": "l.nik = r.nik AND l.lahir = r.lahir AND l.kelamin = r.kelamin",
    "lahir": "l.nik = r.nik AND l.nama_urut = r.nama_urut AND l.kelamin = r.kelamin",
    "kelamin": "l.nik = r.nik AND l.nama_urut = r.nama_urut AND l.lahir = r.lahir",
    "nik": "l.nama_urut = r.nama_urut AND l.lahir = r.lahir AND l.kelamin = r.kelamin AND l.ibu = r.ibu"
    " AND l.unique_id NOT IN (SELECT orang FROM dikenal)",
    "tempat": "l.nik = r.nik AND l.nama_urut = r.nama_urut AND l.lahir = r.lahir",
    "rumah": "l.nik = r.nik AND l.nama_urut = r.nama_urut AND l.lahir = r.lahir",
}


class TooFew(ValueError):
    """There are not enough sure pairs to learn from; the sentence says of which field."""


def train(db, keys: Callable[[Any], None] = lambda db: None, *, least: int = LEAST_PROOFS) -> dict[str, Any]:
    """The model that fits the tables `orang` and `penduduk`. Everybody takes part, those of the exact step as well.

    Raises TooFew when fewer than `least` pairs prove a field.
    """
    values = jalan.values_of(jalan.Ambang(), exact=True)
    jalan.define(db)
    jalan.step(db, "10_nik", values)
    jalan.step(db, "20_tepat", values)
    db.execute("CREATE OR REPLACE TABLE dikenal AS SELECT orang FROM tepat")
    db.execute("DELETE FROM tepat")
    jalan.left_over(db, keys)
    jalan.block(db)
    with splink_model.quiet():
        linker = splink_model.linker(db, splink_model.settings())
        linker.training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=splink_model.SEED)
        model = linker.misc.save_model_to_json()
    for comparison in model["comparisons"]:
        _count(db, comparison, least)
    return _tidy(model)


def _count(db, comparison: dict[str, Any], least: int) -> None:
    """Write m into the levels of one comparison, from the pairs that prove it."""
    name, levels = comparison["output_column_name"], comparison["comparison_levels"]
    columns = [row[0] for row in db.execute("DESCRIBE kiri").fetchall()]
    both = ", ".join(f"{side}.{column} AS {column}_{side}" for side in "lr" for column in columns)
    counts = dict(
        db.execute(
            f"""
            WITH pasang AS (SELECT {both} FROM kiri AS l JOIN kanan AS r ON {PROOFS[name]}),
            tingkat AS (SELECT {splink_model.level_of(comparison)} FROM pasang)
            SELECT gamma_{name}, count(*) FROM tingkat GROUP BY 1
            """
        ).fetchall()
    )
    proofs = sum(count for level, count in counts.items() if level >= 0)
    if proofs < least:
        raise TooFew(
            f"Isian {name}: hanya {proofs} pasangan yang pasti, perlu {least}. Latih dengan ekstrak yang lebih besar."
        )
    for number, level in enumerate(levels[1:], 1):
        level["m_probability"] = (counts.get(len(levels) - 1 - number, 0) + 0.5) / (
            proofs + 0.5 * (len(levels) - 1)
        )
        # a level that no random pair reached is rarer than one in all of them
        level["u_probability"] = level.get("u_probability") or 0.5 / RANDOM_PAIRS


def _tidy(model: dict[str, Any]) -> dict[str, Any]:
    """Without what changes from one training to the next or is set by us anyway."""
    model = {key: value for key, value in deepcopy(model).items() if key not in {"linker_uid", "sql_dialect"}}
    model["probability_two_random_records_match"] = splink_model.PRIOR
    return model
