"""One run over the tables `orang` and `penduduk`: the steps in their order, and what each took.

orang: id, nik, nik_status, no_kk, nama, tempat, lahir, kelamin, ibu, desa.  penduduk: the same and keadaan.
Text is '' where there is none, lahir is a date or null; names are in capitals, as kpm_nama_normal leaves them.
It leaves behind `hasil` and `kandidat` (see 80_hasil.sql, 90_kandidat.sql). Equal tables give equal results:
nothing is drawn, and ties go to the smaller number.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from padan.mesin import model as splink_model

STEPS = Path(__file__).with_name("langkah")
MOST_CANDIDATES = 5
LOOKALIKES = 500  # people or rows that may share one key of the blocking; above it the key says nothing
ROUNDS = 10
LETTERS = "ABCDEFGHIKLMNOPRSTUWYZ"
SOUNDS = (
    *(("OE", "U"), ("TJ", "C"), ("DJ", "J"), ("CH", "H"), ("KH", "H"), ("DZ", "D"), ("DH", "D"), ("TH", "T")),
    *(("GH", "G"), ("J", "Y"), ("Q", "K")),
)


@dataclass(frozen=True)
class Ambang:
    """The thresholds of a run.

    nama, sebagian: how like two names must be where the NIK agrees, wholly and in part.  kuat, calon: match
    probability from which a pair is asserted, or shown to people.  pribadi, pribadi_serumah, jarak: in bits, the
    least personal evidence, the least where the household agrees as well, and the least lead over the next best pair.
    """

    nama: float = 0.90
    sebagian: float = 0.75
    kuat: float = 0.75
    calon: float = 0.30
    pribadi: float = 12.0
    pribadi_serumah: float = 5.0
    jarak: float = 3.0


@dataclass(frozen=True)
class Berjalan:
    """What a run took, in seconds a step, and how many pairs Splink found likely."""

    detik: dict[str, float]
    pasangan: int


def match(
    db,
    model: dict[str, Any],
    ambang: Ambang | None = None,
    *,
    exact: bool = True,
    keys: Callable[[Any], None] = lambda db: None,
    tell: Callable[[str], None] = lambda fase: None,
) -> Berjalan:
    """Run all steps. exact=False leaves the exact step out, as the rival of the bench does.

    keys(db) may fill the table kunci (id, nama, ibu) with better keys for the people of the table sisa.
    """
    ambang = ambang or Ambang()
    clock = Clock()
    values = values_of(ambang, exact=exact)
    tell("tepat")
    with clock("tepat"):
        define(db)
        step(db, "10_nik", values)
        step(db, "20_tepat", values)
    tell("splink")
    with clock("splink"):
        left_over(db, keys)
        block(db)
        likely = weigh(db, model)
        step(db, "60_calon", values | _columns())
    tell("putus")
    with clock("putus"):
        settle(db, values)
        step(db, "80_hasil", values)
        explain(db, model)
        step(db, "90_kandidat", values | _columns() | {"bobot": evidence()})
    return Berjalan(clock.seconds, likely)


def values_of(ambang: Ambang, *, exact: bool) -> dict[str, Any]:
    """What the steps are filled in with."""
    return asdict(ambang) | {"tersimpan": MOST_CANDIDATES, "tepat": str(exact).lower()}


class Clock:
    """Seconds a step, by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 2)


def define(db) -> None:
    """The macros that compare."""
    single = spelling = "t"
    for letter in LETTERS:
        single = f"replace({single}, '{letter * 2}', '{letter}')"
    for old, new in SOUNDS:
        spelling = f"replace({spelling}, '{old}', '{new}')"
    needed = "|".join([*(letter * 2 for letter in LETTERS), *(old for old, _ in SOUNDS)])
    step(db, "00_makro", {"satu_huruf": single, "ejaan": spelling, "perlu": needed})


def step(db, name: str, values: dict[str, Any]) -> None:
    """Carry out one file of langkah/, with `{name}` replaced by constants of this package."""
    sentence = (STEPS / f"{name}.sql").read_text()
    for key, value in values.items():
        sentence = sentence.replace(f"{{{key}}}", str(value))
    db.execute(sentence)


def left_over(db, keys: Callable[[Any], None]) -> None:
    """Who is left after the exact step, on both sides, ready to be compared."""
    db.execute("CREATE OR REPLACE TABLE kunci (id BIGINT, nama VARCHAR, ibu VARCHAR)")
    db.execute(
        "CREATE OR REPLACE TABLE sisa AS SELECT id FROM orang ANTI JOIN tepat ON tepat.orang = orang.id"
    )
    db.execute(
        "CREATE OR REPLACE TABLE sisa_p AS SELECT id FROM penduduk ANTI JOIN tepat ON tepat.penduduk = penduduk.id"
    )
    keys(db)
    step(
        db, "30_bentuk", {"kiri": "kiri", "kanan": "kanan", "pilih_orang": "sisa", "pilih_penduduk": "sisa_p"}
    )


def block(db) -> None:
    """Give both sides the keys of the blocking, and empty those that too many share (table `ramai` says whose).

    So a name that ten thousand rows bear costs nothing and stops nothing: its people are found by the other keys.
    """
    for side in ("kiri", "kanan"):
        keys = ", ".join(f"{sql} AS {key}" for key, sql in splink_model.BLOCKS.items())
        db.execute(f"CREATE OR REPLACE TABLE {side} AS SELECT *, {keys} FROM {side}")
    db.execute("CREATE OR REPLACE TABLE ramai (orang BIGINT)")
    for key in splink_model.BLOCKS:
        crowded = " UNION ".join(
            f"(SELECT {key} AS k FROM {side} WHERE {key} IS NOT NULL GROUP BY 1 HAVING count(*) > {LOOKALIKES})"
            for side in ("kiri", "kanan")
        )
        db.execute(f"CREATE OR REPLACE TEMP TABLE penuh AS {crowded}")
        if not db.execute("SELECT count(*) FROM penuh").fetchone()[0]:
            continue
        db.execute(f"INSERT INTO ramai SELECT unique_id FROM kiri SEMI JOIN penuh ON penuh.k = kiri.{key}")
        for side in ("kiri", "kanan"):
            db.execute(f"UPDATE {side} SET {key} = NULL WHERE {key} IN (SELECT k FROM penuh)")
    db.execute("CREATE OR REPLACE TABLE ramai AS SELECT DISTINCT orang FROM ramai")


def weigh(db, model: dict[str, Any]) -> int:
    """Splink's predictions into the table ramalan; how many pairs it keeps."""
    empty = any(db.execute(f"SELECT count(*) FROM {side}").fetchone()[0] == 0 for side in ("kiri", "kanan"))
    if empty:
        columns = ", ".join(
            ["unique_id_l BIGINT", "unique_id_r BIGINT", "match_weight DOUBLE", "match_probability DOUBLE"]
            + [f"gamma_{name} INTEGER" for name in splink_model.COMPARED]
            + [f"mw_{name} DOUBLE" for name in (*splink_model.COMPARED, "tf_adj_nama")]
        )
        db.execute(f"CREATE OR REPLACE TABLE ramalan ({columns})")
        return 0
    with splink_model.quiet():
        predicted = splink_model.linker(db, model).inference.predict(threshold_match_weight=-4)
        db.execute(f"CREATE OR REPLACE TABLE ramalan AS FROM {predicted.physical_name}")
        predicted.drop_table_from_database_and_remove_from_cache()
    return db.execute("SELECT count(*) FROM ramalan").fetchone()[0]


def settle(db, values: dict[str, Any]) -> None:
    """Pair people and rows one to one, as far as it is clear."""
    db.execute("CREATE OR REPLACE TABLE tegas (orang BIGINT, penduduk BIGINT, p DOUBLE, lagi BOOLEAN)")
    before = -1
    for _ in range(ROUNDS):
        now = db.execute("SELECT count(*) FROM tegas").fetchone()[0]
        if now == before:
            break
        before = now
        step(db, "70_tegas", values)
    step(db, "75_lagi", values)


def explain(db, model: dict[str, Any]) -> None:
    """Weigh the pairs that the exact step found or refused, for the eyes of those who decide them (table bukti)."""
    step(db, "85_pasangan", {})
    names = {
        "kiri": "kiri_b",
        "kanan": "kanan_b",
        "pilih_orang": "pasangan_o",
        "pilih_penduduk": "pasangan_p",
    }
    step(db, "30_bentuk", names)
    columns = [row[0] for row in db.execute("DESCRIBE kiri_b").fetchall()]
    both = ", ".join(f"{side}.{column} AS {column}_{side}" for side in "lr" for column in columns)
    levels = ", ".join(splink_model.level_of(comparison) for comparison in model["comparisons"])
    weights = ", ".join(splink_model.weight_of(comparison) for comparison in model["comparisons"])
    db.execute(
        f"""
        CREATE OR REPLACE TABLE bukti AS
        WITH pasang AS (
            SELECT p.jenis, {both} FROM pasangan AS p
            JOIN kiri_b AS l ON l.unique_id = p.orang JOIN kanan_b AS r ON r.unique_id = p.penduduk
        ),
        tingkat AS (SELECT unique_id_l AS orang, unique_id_r AS penduduk, jenis, {levels} FROM pasang)
        SELECT *, {weights} FROM tingkat
        """
    )


def _columns() -> dict[str, str]:
    names = list(splink_model.COMPARED)
    return {
        "gamma": ", ".join(f"gamma_{name}" for name in names),
        "mw_jadi": ", ".join(f"mw_{name}" for name in names),
        "mw": ", ".join(
            f"mw_{name}" + (" + mw_tf_adj_nama AS mw_nama" if name == "nama" else "") for name in names
        ),
    }


def evidence() -> str:
    """SQL for the weights of a pair in words, as JSON: [{"isian", "kata", "bobot"}], in the order of the model."""
    before = math.log2(splink_model.PRIOR / (1 - splink_model.PRIOR))
    parts = [f"{{'isian': 'awal', 'kata': 'Peluang awal', 'bobot': {before:.2f}}}"]
    for name, levels in splink_model.COMPARED.items():
        words = [*(words for _, words in levels), splink_model.OTHERWISE[name]]
        cases = " ".join(f"WHEN {len(levels) - number} THEN '{word}'" for number, word in enumerate(words))
        parts.append(
            f"CASE WHEN gamma_{name} >= 0 THEN {{'isian': '{name}', 'kata': CASE gamma_{name} {cases} END,"
            f" 'bobot': round(mw_{name}, 2)}} END"
        )
    return f"to_json(list_filter([{', '.join(parts)}], lambda b: b IS NOT NULL))::varchar"
