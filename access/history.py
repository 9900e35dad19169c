"""History of a register: the row as it was, at every update and delete, COPY and raw SQL included.

With the present row that is the whole story, and what undo restores from. An insert is no event:
the row itself names the Job that made it.
"""

import pghistory


def keep_history():
    """Decorate a model: statement-level triggers copy old rows into its event table.

    The trackers are made anew for each model. PGHISTORY_DEFAULT_TRACKERS would deep-copy them, and
    a copied pgtrigger operation no longer equals the original, which breaks statement triggers
    (pghistory 3.9).
    """
    return pghistory.track(
        pghistory.UpdateEvent(row=pghistory.Old, level=pghistory.Statement),
        pghistory.DeleteEvent(level=pghistory.Statement),
    )
