"""People who stand twice in the registers, and what officers decided about them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from access.scope import TerritorialQuerySet
from kpm.models.register import Anggota, Keluarga
from kpm.models.rujukan import SET_WISE, WILAYAH

# So many people with one NIK share it by no slip: somebody typed one number for all who had none.
NIK_BANYAK = 3


# So many of one name, birth date and sex in a kecamatan are a habit of the list, no trace of one person.
SENAMA = 20


class PutusanGandaQuerySet(TerritorialQuerySet["PutusanGanda"]):
    pass


class PutusanGanda(models.Model):
    """What somebody decided of a group of people who seemed to be one. Verbs stand in ganda_putusan.py.

    sidik: what the group looked like; when it looks otherwise the group is asked about again.
    suntingan_ids: the edits that took the others off, of "sama".  wilayah: that of the first of them.
    """

    class Hasil(models.TextChoices):
        BEDA = "beda", "orang berbeda"
        SAMA = "sama", "orang yang sama"

    kelompok = models.BigIntegerField()
    jenis = models.CharField(max_length=12)
    hasil = models.CharField(max_length=4, choices=Hasil.choices)
    alasan = models.CharField(max_length=200)
    sidik = models.UUIDField()
    wilayah = models.ForeignKey(WILAYAH, models.PROTECT, null=True, **SET_WISE)
    anggota_ids = ArrayField(models.BigIntegerField())
    tetap_id = models.BigIntegerField(null=True)
    suntingan_ids = ArrayField(models.BigIntegerField(), default=list)
    oleh = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+")
    dibuat = models.DateTimeField(default=timezone.now)
    dibatalkan_oleh = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_index=False, related_name="+"
    )
    dibatalkan = models.DateTimeField(null=True)

    objects = PutusanGandaQuerySet.as_manager()

    class Meta:
        verbose_name = "putusan data ganda"
        verbose_name_plural = "putusan data ganda"
        indexes = [models.Index(fields=["wilayah", "-id"], name="putusanganda_wilayah")]

    def __str__(self) -> str:
        return f"{self.get_hasil_display()}, kelompok {self.kelompok}"


class GandaQuerySet(TerritorialQuerySet["Ganda"]):
    pass


class Ganda(models.Model):
    """One of several rows of Anggota that seem to be one human, or carry one NIK. Counted anew by ganda.py.

    Rows of one `kelompok` belong together; its number stays as long as the group is there. kunci: what they share,
    as a digest.  orang: how many they are, out of sight ones included.  sidik: what they look like.
    No reference holds a row back: who vanishes from the register vanishes here at the next count.
    """

    class Jenis(models.TextChoices):
        REKAMAN = "rekaman", "Rekaman sama"
        NIK = "nik", "NIK sama"
        ORANG = "orang", "Satu orang di dua KK"
        NIK_BANYAK = "nik_banyak", "Satu NIK dipakai banyak orang"

    kelompok = models.BigIntegerField()
    jenis = models.CharField(max_length=12, choices=Jenis.choices)
    kunci = models.UUIDField()
    anggota = models.ForeignKey(Anggota, models.DO_NOTHING, **SET_WISE)
    keluarga = models.ForeignKey(Keluarga, models.DO_NOTHING, **SET_WISE)
    wilayah = models.ForeignKey(WILAYAH, models.DO_NOTHING, null=True, **SET_WISE)
    orang = models.IntegerField()
    sidik = models.UUIDField()
    putusan = models.ForeignKey(PutusanGanda, models.SET_NULL, null=True, related_name="+")
    dibuat = models.DateTimeField(default=timezone.now)

    objects = GandaQuerySet.as_manager()

    class Meta:
        verbose_name = "data ganda"
        verbose_name_plural = "data ganda"
        constraints = [models.UniqueConstraint(fields=["kunci", "anggota"], name="ganda_unik")]
        indexes = [
            models.Index(fields=["wilayah", "jenis", "kelompok"], name="ganda_wilayah"),
            models.Index(fields=["kelompok", "wilayah"], name="ganda_kelompok"),
            models.Index(fields=["anggota"], name="ganda_anggota"),
        ]

    def __str__(self) -> str:
        return f"{self.get_jenis_display()}, kelompok {self.kelompok}"


class HitungGanda(models.Model):
    """Up to where the registers were looked through for people who stand there twice. One row."""

    impor = models.BigIntegerField(default=0, help_text="berapa impor diterapkan atau diurungkan")
    suntingan = models.BigIntegerField(default=0, help_text="nomor suntingan terakhir")
    sejak = models.BigIntegerField(default=0, help_text="nomor itu pada hitungan sebelumnya")
    pada = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "hitungan data ganda"
        verbose_name_plural = "hitungan data ganda"

    def __str__(self) -> str:
        return f"Dihitung {self.pada:%d-%m-%Y %H:%M}"
