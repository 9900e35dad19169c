"""Several sheets with the same columns as one table: each is read as it is alone, and its rows put below the others'.

Rows of sheet k (from 0, in the order given) are numbered from k * BETWEEN on, so that a row number says where a row
stands. What is in memory is what one sheet needs.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jobs.reader.kinds import unwrapped
from jobs.reader.limits import COLUMNS, TOO_WIDE, Refused

BETWEEN = 10_000_000  # more rows than a sheet can have
Reading = Callable[[Path, dict[str, Any]], dict[str, Any]]


def read_several(path: Path, order: dict[str, Any], folder: Path, reading: Reading) -> dict[str, Any]:
    """What `reading` answers of the first sheet, with the rows of those in order["more"] added to its table.

    more: {"file", "sheet", "header_row"} each. Of a sample every sheet gives its part; the first rows are the first
    sheet's, all others count as picked blindly.
    """
    more = order["more"]
    sampled = order["do"] == "sample"
    if sampled:
        order = order | {"random": max(order["random"] // (len(more) + 1), 1)}
    answer = reading(unwrapped(path, folder, order.get("file", "")), order)
    for place, where in enumerate(more, 1):
        side = order | where | {"table": f"{order['table']}_lembar"}
        if sampled:
            side |= {"first": 0, "seed": order["seed"] + place}
        got = reading(unwrapped(path, folder, where["file"]), side)
        if got["date_1904"] != answer["date_1904"]:
            raise Refused(
                "Berkas-berkas ini menghitung tanggal dari tahun yang berbeda. Unggah satu per satu."
            )
        _append(order, side["table"], answer, got, place)
        for name in ("rows", "blank", "total"):
            if name in answer:
                answer[name] += got[name]
    return answer


def _append(
    order: dict[str, Any], side: str, answer: dict[str, Any], got: dict[str, Any], place: int
) -> None:
    """Move the rows of one more sheet below the others, and take its own table away."""
    import psycopg2

    table, width, own = order["table"], max(answer["width"], got["width"]), got["width"]
    if width > COLUMNS:
        raise Refused(TOO_WIDE)
    names = "".join(f", c{k}" for k in range(own))
    connection = psycopg2.connect(order["dsn"])
    with connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT max(baris) FROM {side}")
        if (cursor.fetchone()[0] or 0) >= BETWEEN:
            raise Refused("Satu lembar berkas ini terlalu panjang untuk digabung. Unggah satu per satu.")
        if width > answer["width"]:  # how many cells a row lacks stays what it was
            added = ", ".join(f"ADD COLUMN c{k} text" for k in range(answer["width"], width))
            cursor.execute(f"ALTER TABLE {table} {added}")
            cursor.execute(f"UPDATE {table} SET n_kolom = n_kolom + {width - answer['width']}")
        cursor.execute(
            f"INSERT INTO {table} (baris, n_kolom, lebih, numerik{names})"
            f" SELECT baris + {place * BETWEEN}, n_kolom + {width - own}, lebih, numerik{names} FROM {side}"
        )
        cursor.execute(f"DROP TABLE {side}")
        cursor.execute(f"SET default_statistics_target = 10; ANALYZE {table}")
    connection.close()
    answer["headers"] += [""] * (width - answer["width"])
    answer["width"] = width
