"""Runs of the matcher, and what each says of every person."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from kpm.models import SET_WISE, WILAYAH, Anggota, HasilPadan, Keluarga
from padan.models.ekstrak import Ekstrak
from padan.models.register import AboutAnggotaQuerySet


class Pencocokan(models.Model):
    """One run over an extract. ambang: the thresholds it used.  model: digest of the model.  angka: rows per hasil.

    terbaru: the newest finished one of its extract, whose results count.
    """

    class Keadaan(models.TextChoices):
        BERJALAN = "berjalan", "sedang dicocokkan"
        SELESAI = "selesai", "selesai"
        GAGAL = "gagal", "gagal"

    ekstrak = models.ForeignKey(Ekstrak, models.PROTECT, related_name="pencocokan_list")
    job = models.OneToOneField("jobs.Job", models.PROTECT, null=True, related_name="pencocokan")
    oleh = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+")
    dibuat = models.DateTimeField(default=timezone.now)
    selesai = models.DateTimeField(null=True)
    ambang = models.JSONField(default=dict)
    model = models.CharField(max_length=64, blank=True)
    keadaan = models.CharField(max_length=8, choices=Keadaan.choices, default=Keadaan.BERJALAN)
    angka = models.JSONField(default=dict)
    terbaru = models.BooleanField(default=False)

    class Meta:
        verbose_name = "pencocokan"
        verbose_name_plural = "pencocokan"
        constraints = [
            models.UniqueConstraint(fields=["ekstrak"], name="pencocokan_terbaru", condition=Q(terbaru=True)),
            models.CheckConstraint(
                condition=Q(terbaru=False) | Q(keadaan="selesai"), name="pencocokan_terbaru_selesai"
            ),
        ]

    def __str__(self) -> str:
        return f"Pencocokan {self.pk}: {self.keadaan}"

    def get_absolute_url(self) -> str:
        return reverse("padan:jalan", args=[self.pk])


class HasilQuerySet(AboutAnggotaQuerySet["Hasil"]):
    def of_latest_run(self):
        """Only of the newest finished run of each extract."""
        return self.filter(pencocokan__terbaru=True)


class Hasil(models.Model):
    """What one run says of one anggota, as a dated statement against one extract. Added to, never changed.

    wilayah and keluarga: where he was then.  skor: match probability, null where a rule decided.  alasan: codes
    of the reasons, in the order they weigh.
    """

    pencocokan = models.ForeignKey(Pencocokan, models.PROTECT, **SET_WISE)
    ekstrak = models.ForeignKey(Ekstrak, models.PROTECT, **SET_WISE)
    anggota = models.ForeignKey(Anggota, models.DO_NOTHING, **SET_WISE)
    keluarga = models.ForeignKey(Keluarga, models.DO_NOTHING, **SET_WISE)
    wilayah = models.ForeignKey(WILAYAH, models.PROTECT, null=True, **SET_WISE)
    hasil = models.CharField(max_length=15, choices=HasilPadan.choices)
    kk_sesuai = models.BooleanField(null=True)
    wilayah_sesuai = models.BooleanField(null=True)
    skor = models.FloatField(null=True)
    alasan = ArrayField(models.CharField(max_length=20), default=list)
    tanggal = models.DateField()

    objects = HasilQuerySet.as_manager()

    class Meta:
        verbose_name = "hasil padan"
        verbose_name_plural = "hasil padan"
        constraints = [models.UniqueConstraint(fields=["pencocokan", "anggota"], name="hasil_unik")]
        indexes = [
            models.Index(fields=["pencocokan", "wilayah", "hasil"], name="hasil_wilayah"),
            models.Index(fields=["anggota", "-id"], name="hasil_anggota"),
        ]

    def __str__(self) -> str:
        return f"{self.hasil}, anggota {self.anggota_id}"
