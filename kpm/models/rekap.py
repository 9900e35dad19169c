"""Counts for those who see no names."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from kpm.models.rujukan import WILAYAH


class Rekap(models.Model):
    """Counts per wilayah for those who may count but not see names. Written by jobs.

    A cell under 10 persons or families is empty (null), and so is the smallest other one beside it
    when it could be worked out by subtraction.
    """

    wilayah = models.ForeignKey(WILAYAH, models.PROTECT, related_name="+", db_index=False)
    ukuran = models.CharField(max_length=40)
    pembilang = models.BigIntegerField(null=True)
    penyebut = models.BigIntegerField(null=True)
    dihitung = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "rekap"
        verbose_name_plural = "rekap"
        constraints = [models.UniqueConstraint(fields=["wilayah", "ukuran"], name="rekap_unik")]

    def __str__(self) -> str:
        return f"{self.ukuran} {self.wilayah_id}"


class HitungRekap(models.Model):
    """Up to which change by hand the counts of rekap are true. One row."""

    suntingan = models.BigIntegerField(default=0, help_text="nomor suntingan terakhir")
    pada = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "hitungan rekap"
        verbose_name_plural = "hitungan rekap"

    def __str__(self) -> str:
        return f"Dihitung {self.pada:%d-%m-%Y %H:%M}"
