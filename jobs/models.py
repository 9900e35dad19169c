"""The Job row (state, progress, report, owner, attempts, heartbeat) and the Ekspor, a file that a job makes.

Verbs stand in actions.py and ekspor/actions.py.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
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
    simpan_sampai = models.DateTimeField(null=True, help_text="tabel sementaranya masih diperlukan")

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


class EksporQuerySet(models.QuerySet["Ekspor"]):
    def owned_by(self, user):
        """A user's own exports; who has to decide one is found by ekspor/queries.waiting_for."""
        return self.filter(pemilik=user)


class Ekspor(models.Model):
    """A file asked for: which rows, why, who said yes, where it lies and until when.

    What was asked for exactly may hold a name or a NIK and stands in EksporSaringan; here only `saringan`,
    the same in words, with "pencarian nama" for whatever was searched. cakupan: the wilayah codes whose
    rows it holds, all of them within the owner's reach. orang counts people, whatever a row is.
    """

    class Bentuk(models.TextChoices):
        XLSX = "xlsx", "Excel (XLSX)"
        CSV = "csv", "CSV"
        GPKG = "gpkg", "GeoPackage"

    class Keadaan(models.TextChoices):
        MENUNGGU_SETUJU = "menunggu_setuju", "menunggu persetujuan"
        DIBUAT = "dibuat", "sedang dibuat"
        SIAP = "siap", "siap diunduh"
        DITOLAK = "ditolak", "ditolak"
        LEWAT = "lewat", "tidak dijawab"
        DITARIK = "ditarik", "ditarik kembali"
        GAGAL = "gagal", "gagal"
        KEDALUWARSA = "kedaluwarsa", "sudah dihapus"
        HILANG = "hilang", "berkas hilang"

    jenis = models.CharField(max_length=40)
    bentuk = models.CharField(max_length=4, choices=Bentuk.choices)
    keadaan = models.CharField(max_length=16, choices=Keadaan.choices)
    pemilik = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    job = models.OneToOneField(Job, models.PROTECT, null=True, related_name="ekspor")
    cakupan = ArrayField(models.CharField(max_length=10))
    saringan = models.CharField(max_length=500)
    alasan = models.CharField(max_length=300)
    baris = models.BigIntegerField()
    orang = models.BigIntegerField()
    perlu_setuju = models.BooleanField(default=False)
    orang_disetujui = models.BigIntegerField(null=True)
    penyetuju = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    diputuskan = models.DateTimeField(null=True)
    alasan_putusan = models.CharField(max_length=300, blank=True)
    batas_setuju = models.DateTimeField(null=True)
    berkas = models.CharField(max_length=60, blank=True, help_text="nama di folder data")
    ukuran = models.BigIntegerField(null=True)
    kedaluwarsa = models.DateTimeField(null=True)
    dibuat = models.DateTimeField(default=timezone.now)

    objects = EksporQuerySet.as_manager()

    class Meta:
        verbose_name = "ekspor"
        verbose_name_plural = "ekspor"
        constraints = [
            models.CheckConstraint(condition=~Q(penyetuju=F("pemilik")), name="ekspor_disetujui_orang_lain"),
            models.CheckConstraint(
                condition=~Q(keadaan="siap")
                | Q(berkas__gt="", kedaluwarsa__isnull=False, ukuran__isnull=False),
                name="ekspor_siap_berberkas",
            ),
            # What needs a second person is neither made nor handed out without one.
            models.CheckConstraint(
                condition=Q(perlu_setuju=False)
                | ~Q(keadaan__in=["dibuat", "siap"])
                | Q(penyetuju__isnull=False, orang_disetujui__isnull=False),
                name="ekspor_perlu_orang_kedua",
            ),
        ]
        indexes = [
            models.Index(fields=["pemilik", "-dibuat"], name="ekspor_pemilik"),
            models.Index(
                fields=["keadaan"],
                condition=Q(keadaan__in=["menunggu_setuju", "dibuat", "siap"]),
                name="ekspor_hidup",
            ),
        ]

    def __str__(self) -> str:
        return f"Ekspor {self.pk}: {self.keadaan}"

    def get_absolute_url(self) -> str:
        return reverse("jobs:ekspor", args=[self.pk])


class EksporSaringan(models.Model):
    """What was asked for, as the room that made it reads it back. The owner alone sees it (migration 0003).

    It may hold words of a search, so it goes when the file is made, refused, withdrawn or given up.
    """

    ekspor = models.OneToOneField(Ekspor, models.CASCADE, primary_key=True, related_name="isi_saringan")
    pemilik = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    isi = models.JSONField()

    class Meta:
        verbose_name = "saringan ekspor"
        verbose_name_plural = "saringan ekspor"

    def __str__(self) -> str:
        return f"Saringan ekspor {self.ekspor_id}"


class EksporIsi(models.Model):
    """Which rows went out in a file: ids of one kind (`objek`), at most 10,000 in one row of this table.

    objek: "keluarga" or "anggota" as in Jejak.objek. Written in the transaction that makes the file ready,
    added to and never changed. `ids @> ARRAY[...]` finds the exports a person was in.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ekspor = models.ForeignKey(Ekspor, models.PROTECT, related_name="isi_list")
    objek = models.CharField(max_length=60)
    ids = ArrayField(models.BigIntegerField())

    class Meta:
        verbose_name = "isi ekspor"
        verbose_name_plural = "isi ekspor"
        indexes = [GinIndex(fields=["ids"], name="eksporisi_ids")]

    def __str__(self) -> str:
        return f"{len(self.ids)} {self.objek}, ekspor {self.ekspor_id}"
