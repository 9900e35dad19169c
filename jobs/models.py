"""The Job row: state, progress, report, owner, attempts, heartbeat. Verbs stand in actions.py."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

if TYPE_CHECKING:
    from jobs.pulse import Pulse

MAX_ATTEMPTS = 3


class JobQuerySet(models.QuerySet["Job"]):
    def owned_by(self, user):
        """A user's own jobs: nobody else needs them, the register shows what they did."""
        return self.filter(pemilik=user)


class Job(models.Model):
    """One piece of long work. Redis may forget it; this row does not.

    parameter and laporan hold ids, counts and codes, never a name or a NIK.

    percobaan counts every start and is never set back: it is how a worker that slept through its own
    replacement is told from the one at work. "Coba lagi" raises batas_percobaan instead.
    """

    class Keadaan(models.TextChoices):
        MENUNGGU = "menunggu", "menunggu"
        BERJALAN = "berjalan", "berjalan"
        SELESAI = "selesai", "selesai"
        GAGAL = "gagal", "gagal"
        KARANTINA = "karantina", "dihentikan"
        DIBATALKAN = "dibatalkan", "dibatalkan"

    jenis = models.CharField(max_length=40)
    keadaan = models.CharField(max_length=12, choices=Keadaan.choices, default=Keadaan.MENUNGGU)
    fase = models.CharField(max_length=80, blank=True)
    pesan = models.CharField(max_length=500, blank=True)
    selesai_n = models.BigIntegerField(default=0)
    total_n = models.BigIntegerField(null=True)
    parameter = models.JSONField(default=dict)
    laporan = models.JSONField(default=dict)
    pemilik = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    wilayah = models.ForeignKey("spatial.Wilayah", models.PROTECT, null=True, related_name="+")
    percobaan = models.PositiveSmallIntegerField(default=0)
    batas_percobaan = models.PositiveSmallIntegerField(default=MAX_ATTEMPTS)
    batal_diminta = models.BooleanField(default=False)
    dibuat = models.DateTimeField(default=timezone.now)
    dikirim = models.DateTimeField(null=True, help_text="kapan terakhir dititipkan ke antrean")
    fase_mulai = models.DateTimeField(null=True)
    mulai = models.DateTimeField(null=True)
    detak = models.DateTimeField(null=True)
    berakhir = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()
    pulse: Pulse | None = None  # the attempt's second connection, while a worker runs it

    class Meta:
        verbose_name = "pekerjaan"
        verbose_name_plural = "pekerjaan"
        constraints = [
            models.CheckConstraint(
                condition=Q(percobaan__lte=F("batas_percobaan")), name="job_percobaan_terbatas"
            ),
            # Makes percobaan a key column for PostgreSQL's row locks: whoever holds FOR KEY SHARE
            # (actions.lock_for_apply) stops a new attempt, but not the progress of his own.
            models.UniqueConstraint(fields=["id", "percobaan"], name="job_percobaan_kunci"),
        ]
        indexes = [
            models.Index(fields=["pemilik", "-dibuat"], name="job_pemilik"),
            models.Index(
                fields=["keadaan", "detak"],
                condition=Q(keadaan__in=["menunggu", "berjalan"]),
                name="job_hidup",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.jenis} {self.pk}: {self.keadaan}"

    def get_absolute_url(self) -> str:
        return reverse("jobs:job", args=[self.pk])

    @property
    def lama(self) -> timedelta | None:
        """How long the last attempt took; None before it has ended."""
        return self.berakhir - self.mulai if self.berakhir and self.mulai else None

    @property
    def is_live(self) -> bool:
        """Still waiting or running."""
        return self.keadaan in {self.Keadaan.MENUNGGU, self.Keadaan.BERJALAN}
