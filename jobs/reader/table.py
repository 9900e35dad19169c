"""The job's own table, which the rows of a file are copied into."""

from __future__ import annotations

from typing import Any


def create_table(cursor, order: dict[str, Any], width: int) -> None:
    """The job's own table: no WAL, seen by its owner and by those who see everything."""
    table = order["table"]
    columns = ", ".join(f"c{k} text" for k in range(width))
    cursor.execute(f"DROP TABLE IF EXISTS {table}")
    cursor.execute(
        f"CREATE UNLOGGED TABLE {table} (baris bigint NOT NULL, n_kolom integer NOT NULL, lebih text,"
        f" numerik bigint NOT NULL, {columns})"
    )
    # Enabled, not forced: COPY is forbidden where a policy applies, and the loader owns the table.
    cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    cursor.execute(
        f"""
        CREATE POLICY pemilik ON {table} FOR SELECT USING (
            (select current_setting('sentral.semua', true) = '1')
            OR (select current_setting('sentral.pengguna', true) = '{int(order["owner"])}'))
        """
    )
    cursor.execute(f"GRANT SELECT ON {table} TO sentral_app")
