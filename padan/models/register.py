"""How rows of this room stand to those of the register."""

from __future__ import annotations

from typing import TypeVar

from django.db import models
from django.db.models import Exists, OuterRef

from access.scope import TerritorialQuerySet
from kpm.models import Anggota

M = TypeVar("M", bound=models.Model)


class AboutAnggotaQuerySet(TerritorialQuerySet[M]):
    """Rows that say something of one anggota."""

    def in_register(self):
        """Only of people whom the register still has, where the asker may see them."""
        return self.filter(Exists(Anggota.objects.filter(pk=OuterRef("anggota_id"))))
