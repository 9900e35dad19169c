"""The job's own table, and the stream that COPY reads into it."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Iterator
from typing import Any

from jobs.reader.limits import TIDINGS_SECONDS, tell


def create_table(cursor, order: dict[str, Any], width: int) -> None:
    """The job's own table for the rows of a file."""
    columns = ", ".join(f"c{k} text" for k in range(width))
    create_own(
        cursor,
        order["table"],
        f"baris bigint NOT NULL, n_kolom integer NOT NULL, lebih text, numerik bigint NOT NULL, {columns}",
        order["owner"],
    )


def create_own(cursor, table: str, columns: str, owner: int) -> None:
    """A table of a job, made anew: no WAL, seen by the job's owner and by those who see everything."""
    cursor.execute(f"DROP TABLE IF EXISTS {table}")
    cursor.execute(f"CREATE UNLOGGED TABLE {table} ({columns})")
    # Enabled, not forced: COPY is forbidden where a policy applies, and the loader owns the table.
    cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    cursor.execute(
        f"""
        CREATE POLICY pemilik ON {table} FOR SELECT USING (
            (select current_setting('sentral.semua', true) = '1')
            OR (select current_setting('sentral.pengguna', true) = '{int(owner)}'))
        """
    )
    cursor.execute(f"GRANT SELECT ON {table} TO sentral_app")


def copy_rows(stream: CopyStream, order: dict[str, Any]) -> None:
    """Make the table and fill it from the stream, in one transaction."""
    import psycopg2

    connection = psycopg2.connect(order["dsn"])
    with connection, connection.cursor() as cursor:
        create_table(cursor, order, stream.width)
        cursor.copy_expert(f"COPY {order['table']} FROM STDIN (FORMAT csv)", stream, size=128 * 1024)
        cursor.execute(f"SET default_statistics_target = 10; ANALYZE {order['table']}")
    connection.close()


class CopyStream:
    """What COPY reads: the file's rows as CSV with their row numbers in front.

    share: says which part of the file has been read, 0 to 1.
    """

    def __init__(
        self,
        rows: Iterator[list],
        width: int,
        header_row: int,
        share: Callable[[], float],
        delimiter: str = "",
    ):
        self.source = rows
        self.width = width
        self.number = header_row
        self.share = share
        self.delimiter = delimiter
        self.rows = 0
        self.blank = 0
        self.buffer = io.StringIO()
        self.writer = csv.writer(self.buffer, lineterminator="\n")
        self.told = time.monotonic()

    def read(self, size: int) -> str:
        """Some text, not necessarily `size`; '' at the end."""
        text = self.buffer.read(size)
        if text:
            return text
        self.buffer.seek(0)
        self.buffer.truncate()
        self._fill()
        self.buffer.seek(0)
        if time.monotonic() - self.told > TIDINGS_SECONDS:
            self.told = time.monotonic()
            tell(done=self.rows, share=min(self.share(), 1.0))
        return self.buffer.read(size)

    def _fill(self) -> None:
        width = self.width
        batch = []
        for row in self.source:
            self.number += 1
            n = len(row)
            if not any(row):
                self.blank += 1
                continue
            if n == width:
                batch.append([self.number, n, None, 0, *row])
            elif n < width:
                batch.append([self.number, n, None, 0, *row, *[None] * (width - n)])
            else:
                rest = self.delimiter.join(row[width:])
                batch.append([self.number, n, rest, 0, *row[:width]])
            if len(batch) == 1000:
                break
        self.rows += len(batch)
        self.writer.writerows(batch)
