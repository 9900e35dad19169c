"""An uploaded list of accounts, and the slips with first passwords. Both hold staff, no citizen."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils import timezone

from jobs.files import private_folder

FOLDER = "slip"


def slip_folder() -> Path:
    """The private folder of slips: passwords inside."""
    return private_folder(FOLDER)


class SlipQuerySet(models.QuerySet["Slip"]):
    def of(self, user):
        """The slips somebody may still fetch: his own, while they last."""
        return self.filter(pemilik=user, kedaluwarsa__gt=timezone.now())


class Slip(models.Model):
    """A PDF with first passwords, one slip per person. The file is the only place they stand in."""

    pemilik = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    untuk = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    berkas = models.CharField(max_length=60)
    jumlah = models.PositiveIntegerField()
    dibuat = models.DateTimeField(default=timezone.now)
    kedaluwarsa = models.DateTimeField()

    objects = SlipQuerySet.as_manager()

    class Meta:
        verbose_name = "slip"
        verbose_name_plural = "slip"

    def __str__(self) -> str:
        return f"{self.jumlah} slip"

    @property
    def path(self) -> Path:
        return slip_folder() / self.berkas

    @property
    def is_there(self) -> bool:
        """Not past its time, and not deleted."""
        return self.kedaluwarsa > timezone.now() and self.path.exists()


class DaftarAkun(models.Model):
    """An uploaded list: its rows as text, until it is applied or a week has gone.

    baris: [[row number in the file, {field: text}], …], see daftar.read_list.
    """

    pemilik = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    nama_berkas = models.CharField(max_length=255)
    baris = models.JSONField(default=list)
    dibuat = models.DateTimeField(default=timezone.now)
    job = models.OneToOneField("jobs.Job", models.PROTECT, null=True, related_name="daftar_akun")
    slip = models.OneToOneField(Slip, models.SET_NULL, null=True, related_name="daftar_akun")

    class Meta:
        verbose_name = "daftar akun"
        verbose_name_plural = "daftar akun"

    def __str__(self) -> str:
        return self.nama_berkas
