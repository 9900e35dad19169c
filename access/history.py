"""History of a register: the row as it was, at every update and delete, COPY and raw SQL included.

With the present row that is the whole story, and what undo restores from. An insert is no event:
the row itself names the Job that made it. A row that an undo brought back has an event "pulih".
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pghistory
import pgtrigger
from django.db import connection


def keep_history(*, silent: tuple[str, ...] = ()):
    """Decorate a model: statement-level triggers copy old rows into its event table.

    silent: fields whose change alone is no event, because they only copy what is kept elsewhere with its dates.

    The trackers are made anew for each model. PGHISTORY_DEFAULT_TRACKERS would deep-copy them, and
    a copied pgtrigger operation no longer equals the original, which breaks statement triggers
    (pghistory 3.9).
    """
    return pghistory.track(
        pghistory.UpdateEvent(
            row=pghistory.Old, level=pghistory.Statement, condition=pgtrigger.AnyChange(exclude=list(silent))
        ),
        pghistory.DeleteEvent(level=pghistory.Statement),
    )


@contextmanager
def acting(**who: Any) -> Iterator[None]:
    """Sign what is written inside: user=..., job=... or suntingan=..., and urung=[...] for an undo.

    Inside another one the signs are added to it. At its end nothing more of the transaction is signed;
    pghistory.context alone would leave its name behind until the commit.
    """
    with pghistory.context(**who):
        yield
        # After an error the rollback takes the signs away.
        if connection.in_atomic_block and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('pghistory.context_id', '', true),"
                    " set_config('pghistory.context_metadata', '', true)"
                )
