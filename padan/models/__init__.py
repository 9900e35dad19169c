"""What this room keeps. What must always be true of a row is a constraint here; verbs and SQL stand outside.

Nothing here holds a row of the register back: whoever vanishes from it (an import undone) leaves results and
candidates behind that no page shows (`in_register`), and that count again when he comes back with his number.
None of it has a history of its own: results and decisions are only added to, a candidate's story is its Putusan,
and an accepted NIK is written by a verb of kpm, with history and undo there (decision 0028).

Every name is taken from here; the files only keep the topics apart.
"""

from kpm.models import HasilPadan
from padan.models.ekstrak import Ekstrak, EkstrakQuerySet, Penduduk
from padan.models.pencocokan import Hasil, HasilQuerySet, Pencocokan
from padan.models.putusan import (
    Kandidat,
    KandidatQuerySet,
    Putusan,
    PutusanQuerySet,
    UsulNik,
    UsulNikQuerySet,
)

__all__ = [
    "Ekstrak",
    "EkstrakQuerySet",
    "Hasil",
    "HasilPadan",
    "HasilQuerySet",
    "Kandidat",
    "KandidatQuerySet",
    "Pencocokan",
    "Penduduk",
    "Putusan",
    "PutusanQuerySet",
    "UsulNik",
    "UsulNikQuerySet",
]
