"""Users, their penugasan, Jejak and what it warns of. What a peran allows stands in rules.py, the gate in scope.py."""

from __future__ import annotations

import uuid
from functools import reduce
from operator import or_

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from access.history import keep_history


class User(AbstractUser):
    """A person who works with SENTRAL. Many have no e-mail: the user name is enough."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    nama = models.CharField("nama", max_length=120)
    telepon = models.CharField("telepon", max_length=20, blank=True)
    harus_ganti_sandi = models.BooleanField(
        "harus ganti kata sandi",
        default=False,
        help_text="Kata sandinya dibuat orang lain dan hanya untuk masuk pertama kali.",
    )
    sandi_berlaku_sampai = models.DateTimeField("kata sandi pertama berlaku sampai", null=True, blank=True)

    REQUIRED_FIELDS = ["nama"]

    # Worked out once per request by access.scope, which reads and fills them.
    penugasan_dipilih: int | None = None
    penugasan_in_force: list[Penugasan] | None = None
    territory_known: tuple | None = None

    class Meta:
        verbose_name = "pengguna"
        verbose_name_plural = "pengguna"
        constraints = [
            models.UniqueConstraint(
                "email",
                condition=~Q(email=""),
                name="user_email_unik",
                violation_error_message="Surel ini sudah dipakai pengguna lain.",
            )
        ]

    def __str__(self) -> str:
        return self.nama or self.username

    def get_full_name(self) -> str:
        return self.nama

    def get_short_name(self) -> str:
        return self.nama

    @property
    def sandi_awal_lewat(self) -> bool:
        """True when the first password was never changed and its time is over."""
        until = self.sandi_berlaku_sampai
        return self.harus_ganti_sandi and until is not None and until <= timezone.now()


class Peran(models.TextChoices):
    """What somebody does in a wilayah (DESIGN: who uses it)."""

    PSM = "psm", "PSM"
    OPERATOR_DESA = "operator_desa", "Operator desa"
    TKSK = "tksk", "TKSK"
    DINSOS_KAB = "dinsos_kab", "Dinsos kabupaten/kota"
    DINSOS_PROV = "dinsos_prov", "Dinsos provinsi"
    ADMIN = "admin", "Admin"
    DUKCAPIL = "dukcapil", "Operator Dukcapil"
    PIMPINAN = "pimpinan", "Pimpinan / Bappeda"
    AUDITOR = "auditor", "Auditor"


class PenugasanQuerySet(models.QuerySet["Penugasan"]):
    def in_force(self, on=None):
        """Those whose dates include `on` (today in Jakarta when left out)."""
        on = on or timezone.localdate()
        return self.not_over(on).filter(mulai__lte=on)

    def not_over(self, on=None):
        """Those in force, and those that have not begun: what somebody has or will have."""
        on = on or timezone.localdate()
        return self.filter(diakhiri__isnull=True).filter(Q(selesai__isnull=True) | Q(selesai__gte=on))

    def seen_by(self, user):
        """Those in the wilayah whose accounts `user` may see: none above it, none beside it."""
        from access.rules import akun_area  # rules.py reads this module
        from access.scope import below

        area = akun_area(user)
        return self.filter(reduce(or_, (below("wilayah_id", kode) for kode in area))) if area else self.none()


@keep_history()
class Penugasan(models.Model):
    """A user's peran in a wilayah, with its dates. Without one in force a user sees nothing."""

    user = models.ForeignKey(User, models.CASCADE, related_name="penugasan_list", verbose_name="pengguna")
    wilayah = models.ForeignKey("spatial.Wilayah", models.PROTECT, related_name="+")
    peran = models.CharField(max_length=20, choices=Peran.choices)
    mulai = models.DateField("mulai", default=timezone.localdate)
    selesai = models.DateField("selesai", null=True, blank=True, help_text="Kosongkan bila belum ditentukan.")
    diakhiri = models.DateTimeField(
        "diakhiri",
        null=True,
        blank=True,
        editable=False,
        help_text="Saat penugasan diakhiri sebelum waktunya; sejak saat itu tidak berlaku lagi.",
    )

    objects = PenugasanQuerySet.as_manager()

    class Meta:
        verbose_name = "penugasan"
        verbose_name_plural = "penugasan"
        constraints = [
            models.CheckConstraint(
                condition=Q(selesai__isnull=True) | Q(selesai__gte=F("mulai")),
                name="penugasan_selesai_sesudah_mulai",
                violation_error_message="Tanggal selesai mendahului tanggal mulai.",
            ),
            models.UniqueConstraint(
                fields=["user", "wilayah", "peran", "mulai"],
                condition=Q(diakhiri__isnull=True),  # who was taken off may come back the same day
                name="penugasan_unik",
                violation_error_message="Penugasan ini sudah ada.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_peran_display()}, {self.wilayah.nama_lengkap}"

    def clean(self) -> None:
        """A TKSK of a whole province would see all of it: each peran is held at one level."""
        from access.rules import why_not_there  # rules.py reads this module

        if self.peran not in Peran.values or self.wilayah_id is None:
            return  # the fields say so themselves
        if sentence := why_not_there(self.peran, self.wilayah):
            raise ValidationError({"wilayah": sentence})

    @property
    def is_over(self) -> bool:
        """Ended by somebody, or by its date."""
        return self.diakhiri is not None or (self.selesai is not None and self.selesai < timezone.localdate())


class Jejak(models.Model):
    """One line of the trail: who did what to which row, where, why. Inserted, never changed.

    The app role has no UPDATE and no DELETE here (migration 0002). Rows are written by
    access.jejak.record_jejak; the key is made here because INSERT ... RETURNING would need the right
    to read the row back, which most writers do not have.

    sebagai: the penugasan that counted then, "tksk:190301,psm:1903012008"; rights change, a line does not.
    """

    class Aksi(models.TextChoices):
        LIHAT_ORANG = "lihat_orang", "melihat data orang"
        LIHAT_DAFTAR = "lihat_daftar", "melihat daftar orang"
        BUKA = "buka", "membuka NIK atau No. KK"
        LIHAT_JEJAK = "lihat_jejak", "melihat jejak seseorang"
        CARI = "cari", "mencari orang"
        UNDUH = "unduh", "mengunduh"
        SETUJU = "setuju", "memutuskan ekspor"
        IMPOR = "impor", "mengimpor"
        SUNTING = "sunting", "mengubah data orang"
        UBAH_HAK = "ubah_hak", "mengubah hak"
        SISTEM = "sistem", "proses sistem"
        MASUK = "masuk", "masuk"
        PERIKSA = "periksa", "memeriksa peringatan"
        EKSTRAK = "ekstrak", "mengurus ekstrak Dukcapil"
        PADAN = "padan", "memutuskan padanan"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    waktu = models.DateTimeField(default=timezone.now)
    pengguna = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    sebagai = models.CharField(max_length=200, blank=True)
    aksi = models.CharField(max_length=20, choices=Aksi.choices)
    objek = models.CharField(max_length=60, blank=True)
    objek_id = models.CharField(max_length=40, blank=True)
    wilayah = models.ForeignKey("spatial.Wilayah", models.PROTECT, null=True, related_name="+")
    alasan = models.CharField(max_length=300, blank=True)
    alamat = models.GenericIPAddressField(null=True)
    rincian = models.JSONField(default=dict)

    class Meta:
        verbose_name = "jejak"
        verbose_name_plural = "jejak"
        indexes = [
            models.Index(fields=["-waktu"], name="jejak_waktu"),
            models.Index(fields=["objek", "objek_id"], name="jejak_objek"),
            models.Index(fields=["pengguna", "-waktu"], name="jejak_pengguna"),
        ]

    def __str__(self) -> str:
        return f"{self.waktu:%Y-%m-%d %H:%M} {self.get_aksi_display()}"


class JejakIsi(models.Model):
    """Which rows one line of the trail showed: objek "keluarga", ids [7, 12]; objek "anggota", ids [21, 40].

    It stands beside Jejak and not in it because an array has no leakproof operator: behind a policy its
    index would not be used (decision 0012). Numbers of rows only; who and when is in Jejak, behind its
    policy. Inserted, never changed.
    """

    jejak = models.ForeignKey(Jejak, models.PROTECT, related_name="isi_list")
    objek = models.CharField(max_length=60)
    ids = ArrayField(models.BigIntegerField())

    class Meta:
        verbose_name = "isi jejak"
        verbose_name_plural = "isi jejak"
        indexes = [GinIndex(fields=["ids"], name="jejakisi_ids")]

    def __str__(self) -> str:
        return f"{len(self.ids)} {self.objek}"


class JejakSegel(models.Model):
    """A seal over some lines of the trail: a keyed hash of each, and one of them all and the seal before.

    Who changes, removes or slips in a line behind the app's back cannot make its seal again without the
    key, which is not in the database (access/segel.py). Inserted, never changed.
    """

    ids = ArrayField(models.UUIDField())
    sidik = ArrayField(models.CharField(max_length=32))
    sebelum = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    sampai = models.DateTimeField(help_text="waktu baris terakhir di dalamnya")
    dibuat = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "segel jejak"
        verbose_name_plural = "segel jejak"
        indexes = [models.Index(fields=["sampai"], name="jejaksegel_sampai")]

    def __str__(self) -> str:
        return f"Segel {self.pk}: {len(self.ids)} baris"


class Volume(models.Model):
    """How many persons a user's lines showed on one day in Jakarta, per kind of act.

    A counter beside the trail: most users may add to the trail and not read it, and a count over it
    would grow with the day.
    """

    class Jenis(models.TextChoices):
        LIHAT = "lihat", "halaman orang"
        DAFTAR = "daftar", "baris daftar"
        BUKA = "buka", "NIK atau No. KK"

    pengguna = models.ForeignKey(User, models.PROTECT, related_name="+")
    tanggal = models.DateField()
    jenis = models.CharField(max_length=10, choices=Jenis.choices)
    banyak = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = "volume"
        verbose_name_plural = "volume"
        constraints = [models.UniqueConstraint(fields=["pengguna", "tanggal", "jenis"], name="volume_unik")]

    def __str__(self) -> str:
        return f"{self.pengguna_id} {self.tanggal} {self.jenis}: {self.banyak}"


class PeringatanQuerySet(models.QuerySet["Peringatan"]):
    def unchecked(self):
        """Those nobody has looked into yet."""
        return self.filter(diperiksa__isnull=True)


class Peringatan(models.Model):
    """More was opened in a day than usual: somebody should ask why. One per user, day and kind.

    The app role may add one and fill in who checked it; it can neither lower nor delete it.
    """

    pengguna = models.ForeignKey(User, models.PROTECT, related_name="+")
    tanggal = models.DateField()
    jenis = models.CharField(max_length=10, choices=Volume.Jenis.choices)
    ambang = models.BigIntegerField()
    dibuat = models.DateTimeField(default=timezone.now)
    diperiksa = models.DateTimeField(null=True)
    pemeriksa = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    catatan = models.CharField(max_length=300, blank=True)

    objects = PeringatanQuerySet.as_manager()

    class Meta:
        verbose_name = "peringatan"
        verbose_name_plural = "peringatan"
        constraints = [
            models.UniqueConstraint(fields=["pengguna", "tanggal", "jenis"], name="peringatan_unik"),
            models.CheckConstraint(
                condition=Q(diperiksa__isnull=True, pemeriksa__isnull=True)
                | (Q(diperiksa__isnull=False, pemeriksa__isnull=False) & ~Q(catatan="")),
                name="peringatan_diperiksa_bercatatan",
            ),
        ]
        indexes = [
            models.Index(fields=["-dibuat"], name="peringatan_belum", condition=Q(diperiksa__isnull=True))
        ]

    def __str__(self) -> str:
        return f"Peringatan {self.get_jenis_display()} {self.tanggal}"
