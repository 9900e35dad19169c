"""An import: its file, its steps, what it refused, what its undo left, how its columns were named."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from access.scope import TerritorialQuerySet, territory_of
from kpm.models.register import Keluarga, Sumber
from kpm.models.rujukan import SET_WISE, WILAYAH


class ImporQuerySet(models.QuerySet["Impor"]):
    def seen_by(self, user):
        """One's own; whoever has the whole province sees everybody's. Counts, no person."""
        return self if territory_of(user).semua else self.filter(pemilik=user)

    def with_standing(self):
        """Each with `berjalan` (its latest step waits or runs) and `terhenti` (that step did not come to its end)."""
        jobs = Langkah.objects.filter(impor=models.OuterRef("pk")).order_by("-pk")
        state = models.Subquery(jobs.values("job__keadaan")[:1])
        return self.alias(langkah_keadaan=state).annotate(
            berjalan=models.Case(
                models.When(langkah_keadaan__in=["menunggu", "berjalan"], then=True), default=False
            ),
            terhenti=models.Case(
                models.When(langkah_keadaan__in=["gagal", "karantina", "dibatalkan"], then=True),
                default=False,
            ),
        )


class Impor(models.Model):
    """One uploaded file and what became of it. The file itself lies in the private data folder.

    job: the one that applied it, which the rows of the registers name; None before.
    layout: imports.Layout as a dict.  awal: what the first rows say of the file.
    aturan: {"hilang", "hilang_anggota": "biarkan" | "keluar", "isian": fields this source may write (absent: all),
    "timpa": protected fields it may overwrite all the same, "utuh": all rows or none, "tanggal": answered date order}.
    tinjauan: numbers and digest of the last preview.  No name and no NIK in any of them.
    """

    class Keadaan(models.TextChoices):
        DIPERIKSA = "diperiksa", "sedang diperiksa"
        BERTANYA = "bertanya", "menunggu jawaban"
        DITINJAU = "ditinjau", "siap ditinjau"
        MENUNGGU_SETUJU = "menunggu_setuju", "menunggu persetujuan"
        DITERAPKAN = "diterapkan", "diterapkan"
        DIURUNGKAN = "diurungkan", "diurungkan"
        DIBUANG = "dibuang", "dibuang"

    keadaan = models.CharField(max_length=16, choices=Keadaan.choices, default=Keadaan.DIPERIKSA)
    job = models.OneToOneField("jobs.Job", models.PROTECT, null=True, related_name="impor")
    sumber = models.ForeignKey(Sumber, models.PROTECT, related_name="+")
    pemilik = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    nama_berkas = models.CharField(max_length=255)
    berkas = models.CharField(max_length=120, help_text="nama acak di folder data")
    ukuran = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    ulangi = models.BooleanField(default=False)
    tata_letak = models.CharField(max_length=20, blank=True)
    dibuat = models.DateTimeField(default=timezone.now)
    tanda = models.CharField(max_length=32, blank=True, db_index=True, help_text="di lembar baris ditolak")
    perbaikan_dari = models.ForeignKey("self", models.PROTECT, null=True, related_name="perbaikan_list")
    tolak_berkas = models.CharField(max_length=120, blank=True)
    tolak_kedaluwarsa = models.DateTimeField(null=True)
    layout = models.JSONField(default=dict)
    aturan = models.JSONField(default=dict)
    awal = models.JSONField(default=dict)
    tinjauan = models.JSONField(default=dict)
    setuju_oleh = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    setuju_pada = models.DateTimeField(null=True)
    setuju_alasan = models.CharField(max_length=300, blank=True)

    objects = ImporQuerySet.as_manager()

    class Meta:
        verbose_name = "impor"
        verbose_name_plural = "impor"
        indexes = [models.Index(fields=["sha256"], name="impor_sha256")]
        constraints = [
            models.CheckConstraint(condition=~Q(setuju_oleh=F("pemilik")), name="impor_disetujui_orang_lain"),
            models.CheckConstraint(
                condition=~Q(keadaan__in=["diterapkan", "diurungkan"]) | Q(job__isnull=False),
                name="impor_diterapkan_lewat_job",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sumber}: {self.nama_berkas}"

    def get_absolute_url(self) -> str:
        return reverse("kpm:impor", args=[self.pk])

    @property
    def laporan(self) -> dict[str, Any]:
        """What was done once it was applied, before that what would be: numbers, never a person."""
        return self.job.laporan if self.job else self.tinjauan

    @property
    def rejects_available(self) -> bool:
        """True while the reject workbook can be fetched."""
        return bool(self.tolak_berkas and self.tolak_kedaluwarsa and self.tolak_kedaluwarsa > timezone.now())


class Langkah(models.Model):
    """One step in the life of an import, carried out by a job of its own. The latest is the one that counts."""

    class Jenis(models.TextChoices):
        TINJAU = "tinjau", "pratinjau"
        TERAP = "terap", "penerapan"
        URUNG = "urung", "pembatalan"

    impor = models.ForeignKey(Impor, models.PROTECT, related_name="langkah_list")
    jenis = models.CharField(max_length=6, choices=Jenis.choices)
    job = models.OneToOneField("jobs.Job", models.PROTECT, related_name="langkah")
    oleh = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    dibuat = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "langkah impor"
        verbose_name_plural = "langkah impor"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_jenis_display()} impor {self.impor_id}"


class SisaUrungQuerySet(TerritorialQuerySet["SisaUrung"]):
    pass


class SisaUrung(models.Model):
    """A keluarga in which an undo (`job`) left rows as they are: why, and who had touched them since.

    One line per keluarga, with the weightiest reason. oleh: the officer.  oleh_job: the later import.
    The keluarga itself may be gone by now: nothing here holds on to it.
    """

    class Sebab(models.TextChoices):
        ORANG = "orang", "diubah petugas sesudah impor ini"
        IMPOR = "impor", "diubah impor lain sesudahnya"
        BERKAS = "berkas", "juga ada di berkas yang datang sesudahnya"
        KEMBAR = "kembar", "nomornya yang dulu kini dipakai baris lain"
        INDUK = "induk", "keluarganya yang dulu tidak ada lagi"
        DIPAKAI = "dipakai", "masih berisi data lain"
        SEISI = "seisi", "keluarganya sudah dikerjakan petugas"

    job = models.ForeignKey("jobs.Job", models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    keluarga = models.ForeignKey(
        Keluarga, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    wilayah = models.ForeignKey(WILAYAH, models.PROTECT, null=True, **SET_WISE)
    sebab = models.CharField(max_length=8, choices=Sebab.choices)
    oleh = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **SET_WISE)
    oleh_job = models.ForeignKey("jobs.Job", models.PROTECT, null=True, **SET_WISE)
    pada = models.DateTimeField(null=True)
    jumlah = models.PositiveIntegerField(help_text="baris yang tetap di keluarga ini")

    objects = SisaUrungQuerySet.as_manager()

    class Meta:
        verbose_name = "sisa urung"
        verbose_name_plural = "sisa urung"
        indexes = [models.Index(fields=["job", "sebab", "id"], name="sisaurung_job")]

    def __str__(self) -> str:
        return f"Keluarga {self.keluarga_id}: {self.sebab}"


class BarisDitolak(models.Model):
    """A row that an import refused and handed back: what a mended workbook may bring, and what it has brought.

    baris: its number in the import's file.  perbaikan: the import that applied it, mended.
    """

    impor = models.ForeignKey(Impor, models.CASCADE, related_name="ditolak_list", db_index=False)
    baris = models.BigIntegerField()
    perbaikan = models.ForeignKey(Impor, models.SET_NULL, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = "baris ditolak"
        verbose_name_plural = "baris ditolak"
        constraints = [models.UniqueConstraint(fields=["impor", "baris"], name="baris_ditolak_unik")]

    def __str__(self) -> str:
        return f"baris {self.baris} impor {self.impor_id}"


class Unggahan(models.Model):
    """A file whose columns are not known: it waits until its sender has named them, a day at most."""

    pemilik = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    jenis = models.CharField(max_length=20)
    periode = models.CharField(max_length=10)
    nama_berkas = models.CharField(max_length=255)
    berkas = models.CharField(max_length=120, help_text="nama acak di folder data")
    ukuran = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    ulangi = models.BooleanField(default=False)
    sebab = models.CharField(max_length=300, help_text="kalimat yang menjelaskan apa yang tidak dikenal")
    dibuat = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "unggahan"
        verbose_name_plural = "unggahan"

    def __str__(self) -> str:
        return self.nama_berkas

    def get_absolute_url(self) -> str:
        return reverse("kpm:impor_kolom", args=[self.pk])


class Profil(models.Model):
    """Which column holds what in files with a certain header row, as somebody once said.

    sidik: mapping.fingerprint of the headers.  kolom: field or INSTRUMEN:kode -> place of the column, from 0.
    """

    nama = models.CharField("nama", max_length=80, unique=True)
    sidik = models.CharField(max_length=64, unique=True)
    judul = models.JSONField(default=list)
    kolom = models.JSONField(default=dict)
    pembuat = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    dibuat = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "profil kolom"
        verbose_name_plural = "profil kolom"
        ordering = ["nama"]

    def __str__(self) -> str:
        return self.nama
