"""Changes that an officer makes by hand, and the papers they rest on."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from access.scope import TerritorialQuerySet
from kpm.models.rujukan import WILAYAH
from kpm.models.tanggal import written_day


class Surat(models.TextChoices):
    """The papers that a change rests on."""

    KK = "kk", "Kartu Keluarga"
    KTP = "ktp", "KTP"
    AKTA_LAHIR = "akta_lahir", "Akta kelahiran"
    AKTA_MATI = "akta_mati", "Akta kematian"
    KET_LAHIR = "ket_lahir", "Surat keterangan lahir"
    KET_MATI = "ket_mati", "Surat keterangan kematian"
    PINDAH = "pindah", "Surat keterangan pindah"
    NIKAH = "nikah", "Akta atau buku nikah"
    CERAI = "cerai", "Akta cerai"
    BERITA_ACARA = "berita_acara", "Berita acara musdes atau muskel"
    DESA = "desa", "Surat keterangan desa atau kelurahan"
    LAIN = "lain", "Surat lain"


class SuntinganQuerySet(TerritorialQuerySet["Suntingan"]):
    pass


class Suntingan(models.Model):
    """One change that an officer made by hand: what for, on which paper, by whom. Inserted, never changed.

    What it changed stands in the history, under the context {"suntingan": id}; the rows it made are named in
    `baru`: {"keluarga": [7], "anggota": [21]}. A move into another village leaves a line on both sides: PINDAH in
    the new one, PINDAH_KELUAR (with `pasangan`) in the old one, whose people no longer see the keluarga. What goes
    on between keluarga of two villages leaves one in the village of the other as well, with `pasangan`.

    `sekali` makes a form good for one change. An undo is an edit of its own, with `batal_dari`.
    """

    class Jenis(models.TextChoices):
        KELUARGA_BARU = "keluarga_baru", "Keluarga baru"
        KELAHIRAN = "kelahiran", "Kelahiran"
        ANGGOTA_BARU = "anggota_baru", "Anggota masuk"
        KEMATIAN = "kematian", "Kematian"
        PINDAH = "pindah", "Pindah"
        PINDAH_KELUAR = "pindah_keluar", "Pindah ke luar desa"
        PINDAH_KK = "pindah_kk", "Pindah ke KK lain"
        PISAH = "pisah", "Pisah KK"
        GABUNG = "gabung", "Gabung KK"
        KEPALA = "kepala", "Ganti kepala keluarga"
        KELUARGA = "keluarga", "Perbaikan data keluarga"
        ANGGOTA = "anggota", "Perbaikan data anggota"
        TITIK = "titik", "Letak rumah"
        ANGGOTA_KELUAR = "anggota_keluar", "Anggota keluar"
        ANGGOTA_KEMBALI = "anggota_kembali", "Anggota kembali"
        KELUAR = "keluar", "Keluarga keluar dari daftar"
        KEMBALI = "kembali", "Keluarga kembali ke daftar"
        BATAL = "batal", "Perubahan dibatalkan"

    class Alasan(models.TextChoices):
        WARGA = "warga", "Laporan warga"
        DOKUMEN = "dokumen", "Dokumen kependudukan"
        KUNJUNGAN = "kunjungan", "Kunjungan ke rumah"
        MUSDES = "musdes", "Hasil musdes atau muskel"
        DUKCAPIL = "dukcapil", "Pemberitahuan Dukcapil"
        GANDA = "ganda", "Tercatat ganda"
        KELIRU = "keliru", "Salah catat"
        LAINNYA = "lainnya", "Lainnya"

    jenis = models.CharField(max_length=20, choices=Jenis.choices)
    # Numbers and no references: an undo may take a keluarga away again, and the line stays.
    keluarga_id = models.BigIntegerField()
    keluarga_lain_id = models.BigIntegerField(null=True)
    anggota_ids = ArrayField(models.BigIntegerField(), default=list)
    wilayah = models.ForeignKey(WILAYAH, models.PROTECT, null=True, db_index=False, related_name="+")
    alasan = models.CharField(max_length=20, choices=Alasan.choices)
    keterangan = models.CharField(max_length=200, blank=True)
    dasar = models.JSONField(default=dict, help_text="jenis, nomor dan tanggal surat")
    baru = models.JSONField(default=dict)
    rincian = models.JSONField(default=dict, help_text="hanya nomor baris, kode wilayah dan tanggal")
    oleh = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+")
    sekali = models.UUIDField()
    batal_dari = models.OneToOneField("self", models.PROTECT, null=True, related_name="batal")
    pasangan = models.OneToOneField("self", models.PROTECT, null=True, related_name="sisi_lama")
    dibuat = models.DateTimeField(default=timezone.now)

    objects = SuntinganQuerySet.as_manager()

    class Meta:
        verbose_name = "suntingan"
        verbose_name_plural = "suntingan"
        constraints = [models.UniqueConstraint(fields=["oleh", "sekali"], name="suntingan_sekali")]
        indexes = [
            models.Index(fields=["keluarga_id", "wilayah"], name="suntingan_keluarga"),
            models.Index(
                fields=["keluarga_lain_id", "wilayah"],
                name="suntingan_keluarga_lain",
                condition=Q(keluarga_lain_id__isnull=False),
            ),
            models.Index(fields=["wilayah", "-id"], name="suntingan_wilayah"),
        ]

    def __str__(self) -> str:
        return f"{self.get_jenis_display()} keluarga {self.keluarga_id}"

    @property
    def desa_list(self) -> list[str | None]:
        """The villages it concerns: who undoes it has them all."""
        moved = [self.rincian.get("dari"), self.rincian.get("ke")]
        return self.rincian.get("desa") or (moved if all(moved) else [self.wilayah_id])

    @property
    def alasan_tertulis(self) -> str:
        """The reason as pages and the trail write it: "Lainnya: musdes menanyakan KK ganda"."""
        words = self.get_alasan_display()
        return f"{words}: {self.keterangan}" if self.keterangan else words

    @property
    def dasar_tertulis(self) -> str:
        """The paper: "Akta kematian 1903-KM-01112026-0003, 1 Nov 2026"; "" without one."""
        jenis = dict(Surat.choices).get(self.dasar.get("jenis", ""), "")
        day = self.dasar.get("tanggal", "")
        written = written_day(date.fromisoformat(day)) if day else ""
        return ", ".join(
            filter(None, [" ".join(filter(None, [jenis, self.dasar.get("nomor", "")])), written])
        )
