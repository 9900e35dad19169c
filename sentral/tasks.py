"""The roof's long work, gathered for Celery, which looks for one module `tasks` per app."""

from sentral.akun import tasks as akun
from sentral.batas import tasks as batas

__all__ = ["akun", "batas"]
