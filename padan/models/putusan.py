"""What people decide: pairs that wait, decisions, and NIK proposed to the register."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from kpm.models import SET_WISE, WILAYAH, Anggota
from padan.models.pencocokan import Pencocokan
from padan.models.register import AboutAnggotaQuerySet

MOST_CANDIDATES = 5


class PutusanQuerySet(AboutAnggotaQuerySet["Putusan"]):
    def in_force(self):
        """Those nobody took back."""
        return self.filter(dibatalkan__isnull=True)


class Putusan(models.Model):
    """A person's word on a pair. It survives later runs, while both sides look as they did (`sidik`).

    kunci names the same human in later extracts. Added to; only who took it back, and when, is filled in later.
    """

    class Keputusan(models.TextChoices):
        TERIMA = "terima", "orang yang sama"
        TOLAK = "tolak", "orang lain"
        RAGU = "ragu", "belum dapat dipastikan"

    anggota = models.ForeignKey(Anggota, models.DO_NOTHING, **SET_WISE)
    wilayah = models.ForeignKey(WILAYAH, models.PROTECT, null=True, db_index=False, related_name="+")
    kunci = models.CharField(max_length=64)
    sidik = models.UUIDField()
    hasil = models.CharField(max_length=6, choices=Keputusan.choices)
    alasan = models.CharField(max_length=300, blank=True)
    oleh = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+")
    dibuat = models.DateTimeField(default=timezone.now)
    dibatalkan = models.DateTimeField(null=True)
    dibatalkan_oleh = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_index=False, related_name="+"
    )

    objects = PutusanQuerySet.as_manager()

    class Meta:
        verbose_name = "putusan padan"
        verbose_name_plural = "putusan padan"
        constraints = [
            # one word in force on each pair as it looks
            models.UniqueConstraint(
                fields=["anggota", "kunci", "sidik"],
                name="putusan_berlaku",
                condition=Q(dibatalkan__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(dibatalkan__isnull=True, dibatalkan_oleh__isnull=True)
                | Q(dibatalkan__isnull=False, dibatalkan_oleh__isnull=False),
                name="putusan_batal_lengkap",
            ),
        ]
        indexes = [
            models.Index(fields=["wilayah", "-id"], name="putusan_wilayah"),
            models.Index(fields=["anggota", "-id"], name="putusan_anggota"),
        ]

    def __str__(self) -> str:
        return f"{self.get_hasil_display()}, anggota {self.anggota_id}"


class KandidatQuerySet(AboutAnggotaQuerySet["Kandidat"]):
    def waiting(self):
        """Those nobody has decided yet."""
        return self.filter(keadaan=Kandidat.Keadaan.TERBUKA)


class Kandidat(models.Model):
    """A pair of a person on the lists and a row of the extract that somebody has to decide.

    urutan: 1 is the best of a person.  bobot: evidence in words with its match weight, in order.  isi: the compared
    fields of the extract's row and its family, emptied when the extract's time is over.  sidik: digest over both
    compared sides.  kunci: keyed digest of the extract's NIK.  catatan: why a decided pair came back.
    """

    class Jenis(models.TextChoices):
        CALON = "calon", "calon untuk yang tanpa NIK benar"
        SEBAGIAN = "sebagian", "NIK ditemukan, isinya tidak seluruhnya sama"
        BEDA = "beda", "NIK ditemukan pada orang lain"
        GANDA = "ganda", "satu NIK pada beberapa orang"

    class Keadaan(models.TextChoices):
        TERBUKA = "terbuka", "menunggu putusan"
        DITERIMA = "diterima", "diterima"
        DITOLAK = "ditolak", "ditolak"
        RAGU = "ragu", "belum pasti"
        GUGUR = "gugur", "tidak berlaku lagi"

    pencocokan = models.ForeignKey(Pencocokan, models.PROTECT, db_index=False, related_name="kandidat_list")
    anggota = models.ForeignKey(Anggota, models.DO_NOTHING, **SET_WISE)
    wilayah = models.ForeignKey(WILAYAH, models.PROTECT, null=True, **SET_WISE)
    jenis = models.CharField(max_length=8, choices=Jenis.choices)
    urutan = models.PositiveSmallIntegerField(default=1)
    skor = models.FloatField(null=True)
    bobot = models.JSONField(default=list)
    isi = models.JSONField(default=dict)
    sidik = models.UUIDField()
    kunci = models.CharField(max_length=64)
    keadaan = models.CharField(max_length=8, choices=Keadaan.choices, default=Keadaan.TERBUKA)
    dipegang_oleh = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_index=False, related_name="+"
    )
    dipegang_sampai = models.DateTimeField(null=True)
    putusan = models.ForeignKey(Putusan, models.PROTECT, null=True, related_name="kandidat_list")
    catatan = models.CharField(max_length=200, blank=True)

    objects = KandidatQuerySet.as_manager()

    class Meta:
        verbose_name = "kandidat"
        verbose_name_plural = "kandidat"
        constraints = [
            models.UniqueConstraint(fields=["pencocokan", "anggota", "urutan"], name="kandidat_unik"),
            models.CheckConstraint(
                condition=Q(urutan__gte=1, urutan__lte=MOST_CANDIDATES), name="kandidat_urutan"
            ),
            models.CheckConstraint(
                condition=~Q(keadaan__in=["diterima", "ditolak", "ragu"]) | Q(putusan__isnull=False),
                name="kandidat_diputus_orang",
            ),
            models.CheckConstraint(
                condition=Q(dipegang_oleh__isnull=True, dipegang_sampai__isnull=True)
                | Q(dipegang_oleh__isnull=False, dipegang_sampai__isnull=False),
                name="kandidat_dipegang_lengkap",
            ),
        ]
        indexes = [
            models.Index(
                fields=["wilayah", "jenis", "id"], name="kandidat_menunggu", condition=Q(keadaan="terbuka")
            ),
            models.Index(fields=["anggota", "kunci"], name="kandidat_anggota"),
            # who else might be the same human
            models.Index(fields=["kunci"], name="kandidat_kunci"),
        ]

    def __str__(self) -> str:
        return f"Kandidat {self.pk}: {self.keadaan}"

    def get_absolute_url(self) -> str:
        return reverse("padan:kandidat", args=[self.pk])


class UsulNikQuerySet(AboutAnggotaQuerySet["UsulNik"]):
    def waiting(self):
        """Those a second person has to decide."""
        return self.filter(keadaan=UsulNik.Keadaan.MENUNGGU)


class UsulNik(models.Model):
    """A NIK that an accepted candidate proposes to the register. Written only after a second person's yes.

    nik_lama: what the register had when it was proposed; another one there now, and the proposal lapses.
    nik: the extract's. It goes with the extract, unless a second person has written it into the register.
    """

    class Keadaan(models.TextChoices):
        MENUNGGU = "menunggu", "menunggu orang kedua"
        DISETUJUI = "disetujui", "disetujui"
        DITOLAK = "ditolak", "ditolak"
        GUGUR = "gugur", "tidak berlaku lagi"

    anggota = models.ForeignKey(Anggota, models.DO_NOTHING, **SET_WISE)
    wilayah = models.ForeignKey(WILAYAH, models.PROTECT, null=True, db_index=False, related_name="+")
    nik = models.CharField(max_length=16, blank=True)
    nik_lama = models.CharField(max_length=40, blank=True, default="")
    putusan = models.ForeignKey(Putusan, models.PROTECT, related_name="usul_list")
    diusulkan_oleh = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+"
    )
    dibuat = models.DateTimeField(default=timezone.now)
    keadaan = models.CharField(max_length=9, choices=Keadaan.choices, default=Keadaan.MENUNGGU)
    diputus_oleh = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_index=False, related_name="+"
    )
    diputus = models.DateTimeField(null=True)
    alasan = models.CharField(max_length=300, blank=True)

    objects = UsulNikQuerySet.as_manager()

    class Meta:
        verbose_name = "usul NIK"
        verbose_name_plural = "usul NIK"
        constraints = [
            models.UniqueConstraint(
                fields=["anggota"], name="usulnik_satu_menunggu", condition=Q(keadaan="menunggu")
            ),
            # emptied with its extract, when nothing came of it
            models.CheckConstraint(
                condition=Q(nik__regex=r"^\d{16}$") | Q(nik="", keadaan__in=["ditolak", "gugur"]),
                name="usulnik_16_angka",
            ),
            models.CheckConstraint(
                condition=~Q(diputus_oleh=F("diusulkan_oleh")), name="usulnik_orang_kedua"
            ),
            models.CheckConstraint(
                condition=~Q(keadaan__in=["disetujui", "ditolak"])
                | Q(diputus_oleh__isnull=False, diputus__isnull=False),
                name="usulnik_diputus_orang",
            ),
        ]
        indexes = [
            models.Index(fields=["wilayah", "id"], name="usulnik_menunggu", condition=Q(keadaan="menunggu")),
        ]

    def __str__(self) -> str:
        return f"Usul NIK {self.pk}: {self.keadaan}"
