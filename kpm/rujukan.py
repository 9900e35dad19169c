"""Migration steps for references that are checked by the set (decision 0009).

For tables that came after migration 0003: each brings triggers of its own to the tables it refers to, named
after it, so that two new registers do not have to know each other.
"""

from django.db import migrations

Reference = tuple[str, str, str]  # column, table it refers to, key there


def refer(table: str, references: list[Reference]) -> list[migrations.RunSQL]:
    """Steps after which `table` refers only to rows that are there, and these cannot be deleted.

    The keys referred to must not change: kpm_rujukan_tetap watches that (migration 0003).
    """
    arguments = _words(*(word for reference in references for word in reference))
    steps = [
        migrations.RunSQL(
            f"CREATE TRIGGER kpm_rujukan_{event} AFTER {event.upper()} ON {table} REFERENCING NEW TABLE AS new_values"
            f" FOR EACH STATEMENT EXECUTE FUNCTION kpm_rujukan({arguments})",
            f"DROP TRIGGER kpm_rujukan_{event} ON {table}",
        )
        for event in ("insert", "update")
    ]
    users: dict[tuple[str, str], list[str]] = {}
    for column, parent, key in references:
        users.setdefault((parent, key), []).extend([table, column])
    name = f"kpm_rujukan_induk_{table.removeprefix('kpm_')}"
    for (parent, key), words in users.items():
        kind = "text" if key == "kode" else "bigint"
        steps.append(
            migrations.RunSQL(
                f"CREATE TRIGGER {name} AFTER DELETE ON {parent} REFERENCING OLD TABLE AS old_values"
                f" FOR EACH STATEMENT EXECUTE FUNCTION kpm_rujukan_induk({_words(key, kind, *words)})",
                f"DROP TRIGGER {name} ON {parent}",
            )
        )
    return steps


def _words(*words: str) -> str:
    return ", ".join(f"'{word}'" for word in words)
