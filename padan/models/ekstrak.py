"""Extracts of the civil registry: the delivery, and its rows, which only the matcher reads."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from access.rules import may_match
from kpm.models import SET_WISE, WILAYAH, Anggota


class EkstrakQuerySet(models.QuerySet["Ekstrak"]):
    def seen_by(self, user):
        """One's own deliveries; whoever runs matches sees everybody's. Counts, no person."""
        return self if may_match(user) else self.filter(pemilik=user)

    def usable(self):
        """Those a match may be run on today."""
        return self.filter(keadaan=Ekstrak.Keadaan.SIAP, berlaku_sampai__gte=timezone.localdate())

    def overdue(self):
        """Those whose rows have to go: the agreement allows them no longer."""
        return self.filter(
            keadaan=Ekstrak.Keadaan.SIAP,
            berlaku_sampai__lt=timezone.localdate(),
        )


class Ekstrak(models.Model):
    """One delivered file of the civil registry, under an agreement (PKS) that says what for and until when.

    cakupan: the province or kabupaten it covers.  tanggal: the day its data show.  layout: kpm.imports.Layout as
    a dict.  job: the one that loads it.  laporan: counts per reason.  No name and no NIK in any of them.
    """

    class Keadaan(models.TextChoices):
        KOLOM = "kolom", "menunggu penjelasan kolom"
        MEMUAT = "memuat", "sedang dimuat"
        SIAP = "siap", "siap dipakai"
        DITOLAK = "ditolak", "ditolak"
        DIHAPUS = "dihapus", "isinya sudah dihapus"

    nama_berkas = models.CharField("nama berkas", max_length=255)
    berkas = models.CharField(max_length=120, help_text="nama acak di folder data")
    ukuran = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    tata_letak = models.CharField(max_length=40)
    layout = models.JSONField(default=dict)
    nomor_pks = models.CharField("nomor PKS", max_length=120)
    tujuan = models.CharField("tujuan", max_length=300)
    berlaku_sampai = models.DateField("berlaku sampai")
    diserahkan_oleh = models.CharField("diserahkan oleh", max_length=120)
    cakupan = models.ForeignKey(WILAYAH, models.PROTECT, related_name="+")
    tanggal = models.DateField("tanggal data")
    pemilik = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    job = models.OneToOneField("jobs.Job", models.PROTECT, null=True, related_name="ekstrak")
    keadaan = models.CharField(max_length=8, choices=Keadaan.choices, default=Keadaan.MEMUAT)
    sebab = models.CharField(
        max_length=300, blank=True, help_text="mengapa ditolak, atau apa yang ditanyakan"
    )
    baris = models.BigIntegerField(default=0)
    ditolak = models.BigIntegerField(default=0)
    laporan = models.JSONField(default=dict)
    dibuat = models.DateTimeField(default=timezone.now)
    dihapus_pada = models.DateTimeField(null=True)

    objects = EkstrakQuerySet.as_manager()

    class Meta:
        verbose_name = "ekstrak"
        verbose_name_plural = "ekstrak"
        constraints = [
            models.UniqueConstraint(
                fields=["sha256"], name="ekstrak_sekali", condition=Q(keadaan__in=["kolom", "memuat", "siap"])
            ),
            models.CheckConstraint(
                condition=Q(keadaan="dihapus", dihapus_pada__isnull=False)
                | (~Q(keadaan="dihapus") & Q(dihapus_pada__isnull=True)),
                name="ekstrak_dihapus_bertanggal",
            ),
        ]

    def __str__(self) -> str:
        return f"Ekstrak {self.pk}: {self.keadaan}"

    def get_absolute_url(self) -> str:
        return reverse("padan:ekstrak", args=[self.pk])

    @property
    def sisa_hari(self) -> int:
        """Days left in which its rows may be used, today included; 0 when over."""
        return max(0, (self.berlaku_sampai - timezone.localdate()).days + 1)

    @property
    def hapus_pada(self) -> date:
        """The first day on which its rows are no longer allowed."""
        return date.fromordinal(self.berlaku_sampai.toordinal() + 1)


class Penduduk(models.Model):
    """One row of an extract. Readable and writable by the matcher alone (`as_matcher`): people never see it.

    nik and no_kk as written, tidied.  baris: its row in the file.  nama_normal, ibu_normal: padan_nama_kunci of
    the name.  wilayah: the village the registry says, null when it names none that we know.
    """

    class Keadaan(models.TextChoices):
        HIDUP = "hidup", "hidup"
        MENINGGAL = "meninggal", "meninggal"
        NONAKTIF = "nonaktif", "tidak aktif"
        GANDA = "ganda", "NIK-nya ada pada orang lain di ekstrak ini"
        PINDAH = "pindah", "pindah"
        TIDAK_DISEBUT = "", "tidak disebut"

    # No reference is checked: an Ekstrak is never deleted, and only the loading job writes here.
    ekstrak = models.ForeignKey(Ekstrak, models.DO_NOTHING, **SET_WISE)
    baris = models.BigIntegerField()
    nik = models.CharField(max_length=60, blank=True)
    nik_status = models.CharField(max_length=8, choices=Anggota.NikStatus.choices)
    no_kk = models.CharField(max_length=60, blank=True)
    nama = models.CharField(max_length=120)
    nama_normal = models.CharField(max_length=120)
    tempat_lahir = models.CharField(max_length=60, blank=True)
    tanggal_lahir = models.DateField(null=True)
    jenis_kelamin = models.CharField(
        max_length=1, blank=True, choices=[("L", "laki-laki"), ("P", "perempuan")]
    )
    nama_ibu = models.CharField(max_length=120, blank=True)
    ibu_normal = models.CharField(max_length=120, blank=True)
    nik_ibu = models.CharField(max_length=60, blank=True)
    hubungan = models.CharField(max_length=40, blank=True)
    wilayah = models.ForeignKey(WILAYAH, models.DO_NOTHING, null=True, **SET_WISE)
    keadaan = models.CharField(max_length=9, blank=True, choices=Keadaan.choices)
    alamat = models.CharField(max_length=200, blank=True)
    rt = models.CharField(max_length=5, blank=True)
    rw = models.CharField(max_length=5, blank=True)

    class Meta:
        verbose_name = "baris ekstrak"
        verbose_name_plural = "baris ekstrak"
        constraints = [models.UniqueConstraint(fields=["ekstrak", "baris"], name="penduduk_unik")]
        indexes = [
            models.Index(fields=["ekstrak", "nik"], name="penduduk_nik"),
            models.Index(fields=["ekstrak", "no_kk"], name="penduduk_no_kk"),
        ]

    def __str__(self) -> str:
        return f"Baris {self.baris} ekstrak {self.ekstrak_id}"
