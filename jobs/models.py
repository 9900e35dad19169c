"""The Job row: state, progress, report, owner, attempts, heartbeat. Verbs stand in actions.py."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class JobQuerySet(models.QuerySet["Job"]):
    def owned_by(self, user):
        """A user's own jobs: nobody else needs them, the register shows what they did."""
        return self.filter(pemilik=user)


class Job(models.Model):
    """One piece of long work. Redis may forget it; this row does not.

    parameter and laporan hold ids, counts and codes, never a name or a NIK.
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
    batal_diminta = models.BooleanField(default=False)
    dibuat = models.DateTimeField(default=timezone.now)
    dikirim = models.DateTimeField(null=True, help_text="kapan terakhir dititipkan ke antrean")
    mulai = models.DateTimeField(null=True)
    detak = models.DateTimeField(null=True)
    berakhir = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = "pekerjaan"
        verbose_name_plural = "pekerjaan"
        constraints = [
            models.CheckConstraint(
                condition=Q(percobaan__gte=0) & Q(percobaan__lte=3), name="job_percobaan_0_3"
            )
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

    @property
    def is_live(self) -> bool:
        """Still waiting or running."""
        return self.keadaan in {self.Keadaan.MENUNGGU, self.Keadaan.BERJALAN}
