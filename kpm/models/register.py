"""The registers: keluarga and anggota as their source wrote them, programmes, ranks, and who stood in which file."""

from __future__ import annotations

from django.contrib.gis.db.models import PointField
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex, GistIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone

from access.history import keep_history
from access.scope import TerritorialQuerySet
from kpm.models.rujukan import SET_WISE, WILAYAH
from kpm.models.tanggal import MONTHS


class Sumber(models.Model):
    """A list and its period, e.g. DTKS 2026-10. Desil and percentile of two kinds are never mixed."""

    class Jenis(models.TextChoices):
        DTKS = "DTKS", "DTKS"
        DTSEN = "DTSEN", "DTSEN"
        BDT2015 = "BDT2015", "BDT 2015"
        P3KE = "P3KE", "P3KE"
        SURVEI = "SURVEI", "Survei sendiri"

    jenis = models.CharField(max_length=10, choices=Jenis.choices)
    periode = models.CharField(max_length=7, help_text="tahun-bulan, misalnya 2026-10")

    class Meta:
        verbose_name = "sumber"
        verbose_name_plural = "sumber"
        constraints = [
            models.UniqueConstraint(fields=["jenis", "periode"], name="sumber_unik"),
            models.CheckConstraint(
                condition=Q(periode__regex=r"^\d{4}(-(0[1-9]|1[0-2]))?$"), name="sumber_periode"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_jenis_display()} {self.periode}"

    @property
    def judul(self) -> str:
        """As people say it: DTKS Oktober 2026."""
        tahun, _, bulan = self.periode.partition("-")
        return " ".join(
            filter(None, [self.get_jenis_display(), MONTHS[int(bulan) - 1] if bulan else "", tahun])
        )


class Program(models.Model):
    """An aid programme."""

    kode = models.CharField(max_length=20, primary_key=True)
    nama = models.CharField(max_length=80)
    singkatan = models.CharField(max_length=20)
    urutan = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "program"
        verbose_name_plural = "program"
        ordering = ["urutan", "kode"]

    def __str__(self) -> str:
        return self.singkatan


class Origin(models.Model):
    """Where a row came from. `asal` names the fields that somebody else than the source wrote.

    asal: {field: {"oleh": "verval" | "petugas", "id": ..., "waktu": ...}}; fields not in it come
    from `sumber`. `job` made the row, `job_ubah` changed it last.

    The rows of one Job lie together, so a BRIN index finds them and costs an import nothing.
    """

    sumber = models.ForeignKey(Sumber, models.PROTECT, **SET_WISE)
    job = models.ForeignKey("jobs.Job", models.PROTECT, null=True, **SET_WISE)
    job_ubah = models.ForeignKey("jobs.Job", models.PROTECT, null=True, **SET_WISE)
    asal = models.JSONField(default=dict)
    dibuat = models.DateTimeField(default=timezone.now)
    diubah = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True


class KeluargaQuerySet(TerritorialQuerySet["Keluarga"]):
    pass


@keep_history()
class Keluarga(Origin):
    """A family on one Kartu Keluarga, or one known by its id or its member's alone (tanpa_kk).

    id_keluarga: as the source writes it, the IDBDT of a household or the id_keluarga of DTSEN; opaque text.
    """

    class Status(models.TextChoices):
        AKTIF = "aktif", "aktif"
        KELUAR = "keluar", "keluar"

    no_kk = models.CharField("No. KK", max_length=16, null=True)
    tanpa_kk = models.BooleanField(default=False)
    id_keluarga = models.CharField("ID keluarga", max_length=40, null=True)
    alamat = models.CharField(max_length=300, blank=True)
    dusun = models.CharField(max_length=80, blank=True)
    rt = models.CharField("RT", max_length=5, blank=True)
    rw = models.CharField("RW", max_length=5, blank=True)
    wilayah = models.ForeignKey(WILAYAH, models.PROTECT, null=True, **SET_WISE)
    titik = PointField(null=True, spatial_index=False)
    titik_akurasi_m = models.PositiveIntegerField(null=True)
    titik_asal = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=6, choices=Status.choices, default=Status.AKTIF)
    keluar_alasan = models.CharField(max_length=80, blank=True)
    keluar_tanggal = models.DateField(null=True)

    objects = KeluargaQuerySet.as_manager()

    class Meta:
        verbose_name = "keluarga"
        verbose_name_plural = "keluarga"
        constraints = [
            models.UniqueConstraint("no_kk", name="keluarga_no_kk_unik", condition=Q(no_kk__isnull=False)),
            models.UniqueConstraint(
                "id_keluarga", name="keluarga_id_unik", condition=Q(id_keluarga__isnull=False)
            ),
            models.CheckConstraint(
                condition=Q(no_kk__isnull=True, tanpa_kk=True) | Q(no_kk__regex=r"^\d{16}$", tanpa_kk=False),
                name="keluarga_no_kk_16_angka",
            ),
            models.CheckConstraint(
                condition=Q(status="aktif", keluar_tanggal__isnull=True)
                | Q(status="keluar", keluar_tanggal__isnull=False),
                name="keluarga_keluar_bertanggal",
            ),
        ]
        indexes = [
            models.Index(fields=["wilayah", "id"], name="keluarga_wilayah"),
            GistIndex(fields=["titik"], name="keluarga_titik", condition=Q(titik__isnull=False)),
            # counts of the list are all minus these few, each from an index
            models.Index(fields=["wilayah"], condition=Q(status="keluar"), name="keluarga_keluar"),
            BrinIndex(fields=["job"], name="keluarga_job", autosummarize=True),
            models.Index(fields=["job_ubah"], name="keluarga_job_ubah", condition=Q(job_ubah__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"Keluarga {self.pk}"


class AnggotaQuerySet(TerritorialQuerySet["Anggota"]):
    def aktif(self):
        """Those who are members today. Who died, moved away or was taken off is kept, and counted nowhere."""
        return self.filter(status=Anggota.Status.AKTIF)


class HasilPadan(models.TextChoices):
    """What a match with the civil registry says of a person; the answers of the registry's own service, and CALON."""

    PADAN = "PADAN", "Padan"
    PADAN_SEBAGIAN = "PADAN_SEBAGIAN", "Padan sebagian"
    BEDA_ORANG = "BEDA_ORANG", "NIK milik orang lain"
    TIDAK_DITEMUKAN = "TIDAK_DITEMUKAN", "Tidak ditemukan"
    FORMAT_SALAH = "FORMAT_SALAH", "Bentuk NIK salah"
    GANDA = "GANDA", "NIK ganda"
    MENINGGAL = "MENINGGAL", "Tercatat meninggal"
    NONAKTIF = "NONAKTIF", "NIK tidak aktif"
    PINDAH = "PINDAH", "Pindah"
    CALON = "CALON", "Ada calon"


# Written by record_padan alone (kpm/padan.py), a copy of what padan keeps with its dates. Neither history nor undo
# takes part: a match must not stand in the way of undoing the import before it (decision 0029).
PADAN = ("padan_hasil", "padan_tanggal", "padan_ekstrak")


@keep_history(silent=PADAN)
class Anggota(Origin):
    """A member of a keluarga. The NIK is kept as written: never repaired, neither unique nor checked.

    nik_status says what is wrong with its form; whether it is the right one is padan's finding. padan_*: the latest
    such finding, with the day of the registry's data and the extract it was compared with; empty before the first.
    """

    class NikStatus(models.TextChoices):
        VALID = "valid", "bentuk benar"
        KOSONG = "kosong", "kosong"
        EXCEL = "excel", "rusak karena Excel"
        PANJANG = "panjang", "bukan 16 angka"
        WILAYAH = "wilayah", "kode provinsi tidak dikenal"
        TANGGAL = "tanggal", "tanggal tidak mungkin"
        NOL = "0000", "berakhir 0000"

    class Status(models.TextChoices):
        AKTIF = "aktif", "anggota"
        MENINGGAL = "meninggal", "meninggal"
        PINDAH = "pindah", "pindah"
        KELUAR = "keluar", "keluar"

    keluarga = models.ForeignKey(Keluarga, models.CASCADE, related_name="anggota_list", db_index=False)
    wilayah = models.ForeignKey(WILAYAH, models.PROTECT, null=True, **SET_WISE)
    id_dtks = models.CharField("ID DTKS", max_length=40, null=True)
    nik = models.CharField("NIK", max_length=40, blank=True)
    nik_status = models.CharField(max_length=8, choices=NikStatus.choices)
    nama = models.CharField(max_length=120)
    nama_normal = models.CharField(max_length=120)
    tempat_lahir = models.CharField(max_length=60, blank=True)
    tanggal_lahir = models.DateField(null=True)
    jenis_kelamin = models.CharField(
        max_length=1, blank=True, choices=[("L", "laki-laki"), ("P", "perempuan")]
    )
    hubungan = models.CharField(max_length=40, blank=True)
    kepala = models.BooleanField(default=False)
    pekerjaan = models.CharField(max_length=80, blank=True)
    nama_ibu = models.CharField(max_length=120, blank=True)
    keterangan_padan = models.CharField(max_length=80, blank=True, help_text="seperti tertulis di berkas")
    padan_hasil = models.CharField(max_length=20, blank=True, choices=HasilPadan.choices)
    padan_tanggal = models.DateField(null=True)
    padan_ekstrak = models.BigIntegerField(null=True)
    # A file's bulk INSERT names none of these: whoever it brings is here.
    status = models.CharField(
        max_length=9, choices=Status.choices, default=Status.AKTIF, db_default=Status.AKTIF.value
    )
    keluar_tanggal = models.DateField(null=True)
    keluar_alasan = models.CharField(max_length=80, blank=True, default="", db_default="")

    objects = AnggotaQuerySet.as_manager()

    class Meta:
        verbose_name = "anggota keluarga"
        verbose_name_plural = "anggota keluarga"
        constraints = [
            models.UniqueConstraint(
                "id_dtks", name="anggota_id_dtks_unik", condition=Q(id_dtks__isnull=False)
            ),
            models.CheckConstraint(condition=~Q(nama=""), name="anggota_bernama"),
            models.CheckConstraint(
                condition=Q(status="aktif", keluar_tanggal__isnull=True)
                | Q(status__in=["meninggal", "pindah", "keluar"], keluar_tanggal__isnull=False),
                name="anggota_keluar_bertanggal",
            ),
        ]
        indexes = [
            models.Index(fields=["wilayah", "nama_normal"], name="anggota_wilayah_nama"),
            # with wilayah and status in it policy and head count are answered from the index alone
            models.Index(fields=["keluarga", "wilayah", "status"], name="anggota_keluarga"),
            # the list in its usual order, over any territory
            models.Index(
                fields=["nama_normal", "id"],
                include=["keluarga", "wilayah"],
                condition=Q(kepala=True, status="aktif"),
                name="anggota_kepala_nama",
            ),
            models.Index(fields=["wilayah"], condition=~Q(nik_status="valid"), name="anggota_nik_buruk"),
            # likewise: those who agree with the registry are the many, and are counted as all minus the others
            models.Index(
                fields=["wilayah", "padan_hasil"],
                include=["keluarga", "status"],
                condition=~Q(padan_hasil="PADAN"),
                name="anggota_belum_padan",
            ),
            # counts of people are all minus these few, each from an index
            models.Index(fields=["wilayah"], condition=~Q(status="aktif"), name="anggota_tidak_aktif"),
            # beginnings of words, in the middle of a name as well (decision 0015)
            GinIndex(fields=["nama_normal"], opclasses=["gin_trgm_ops"], name="anggota_kata_nama"),
            models.Index(fields=["nik"], name="anggota_nik", condition=~Q(nik="")),
            BrinIndex(fields=["job"], name="anggota_job", autosummarize=True),
            models.Index(fields=["job_ubah"], name="anggota_job_ubah", condition=Q(job_ubah__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"Anggota {self.pk}"

    @property
    def umur(self) -> int | None:
        """Full years today; None without a birth date."""
        born, today = self.tanggal_lahir, timezone.localdate()
        if born is None:
            return None
        return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


class KepesertaanQuerySet(TerritorialQuerySet["Kepesertaan"]):
    def berlaku(self):
        """Those that count: of the family as a whole, and of who is a member today. The others are kept as the past.

        Who is no longer a member is few and found by an index of his own; a join would read everybody.
        """
        return self.exclude(anggota__in=Anggota.objects.exclude(status=Anggota.Status.AKTIF).values("pk"))


@keep_history()
class Kepesertaan(models.Model):
    """A person (or a family as a whole) in a programme, as one source says it."""

    program = models.ForeignKey(Program, models.PROTECT, **SET_WISE)
    keluarga = models.ForeignKey(
        Keluarga, models.CASCADE, related_name="kepesertaan_list", db_index=False, db_constraint=False
    )
    anggota = models.ForeignKey(
        Anggota, models.CASCADE, null=True, related_name="kepesertaan_list", db_constraint=False
    )
    sumber = models.ForeignKey(Sumber, models.PROTECT, **SET_WISE)
    wilayah = models.ForeignKey(WILAYAH, models.PROTECT, null=True, **SET_WISE)
    job = models.ForeignKey("jobs.Job", models.PROTECT, null=True, **SET_WISE)
    dibuat = models.DateTimeField(default=timezone.now)

    objects = KepesertaanQuerySet.as_manager()

    class Meta:
        verbose_name = "kepesertaan"
        verbose_name_plural = "kepesertaan"
        constraints = [
            models.UniqueConstraint(
                fields=["keluarga", "anggota", "program", "sumber"],
                name="kepesertaan_unik",
                nulls_distinct=False,
            )
        ]
        indexes = [
            models.Index(fields=["wilayah", "program", "keluarga"], name="kepesertaan_wilayah"),
            BrinIndex(fields=["job"], name="kepesertaan_job", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.program_id} keluarga {self.keluarga_id}"


class PeringkatQuerySet(TerritorialQuerySet["Peringkat"]):
    pass


@keep_history()
class Peringkat(models.Model):
    """A family's rank in one source: desil 1-10 (DTSEN, P3KE) or percentile 1-100 (BDT, DTKS).

    peringkat: its place in the whole country, 1 the poorest (DTSEN).
    """

    keluarga = models.ForeignKey(Keluarga, models.CASCADE, related_name="peringkat_list", db_index=False)
    sumber = models.ForeignKey(Sumber, models.PROTECT, **SET_WISE)
    desil = models.PositiveSmallIntegerField(null=True)
    persentil = models.PositiveSmallIntegerField(null=True)
    peringkat = models.PositiveIntegerField(null=True)
    wilayah = models.ForeignKey(WILAYAH, models.PROTECT, null=True, **SET_WISE)
    job = models.ForeignKey("jobs.Job", models.PROTECT, null=True, **SET_WISE)

    objects = PeringkatQuerySet.as_manager()

    class Meta:
        verbose_name = "peringkat"
        verbose_name_plural = "peringkat"
        constraints = [
            models.UniqueConstraint(fields=["keluarga", "sumber"], name="peringkat_unik"),
            models.CheckConstraint(
                condition=Q(desil__isnull=True) | Q(desil__range=(1, 10)), name="peringkat_desil"
            ),
            models.CheckConstraint(
                condition=Q(persentil__isnull=True) | Q(persentil__range=(1, 100)), name="peringkat_persentil"
            ),
        ]
        indexes = [
            models.Index(fields=["wilayah", "desil"], name="peringkat_wilayah"),
            BrinIndex(fields=["job"], name="peringkat_job", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"Peringkat keluarga {self.keluarga_id}"


class TercatatQuerySet(TerritorialQuerySet["Tercatat"]):
    pass


@keep_history()
class Tercatat(models.Model):
    """What the file of one import said: this keluarga was in it, in this village, with these persons.

    A dated statement, so its wilayah stays when the keluarga moves on. A keluarga is a member of a sumber
    when an applied import of that sumber has a row for it; of several the latest speaks for the village,
    and all of them for the persons (decision 0023). An import undone has none.

    The rows of one Job lie together and in the order of its file, which follows the villages.
    """

    keluarga = models.ForeignKey(
        Keluarga, models.CASCADE, related_name="tercatat_list", db_index=False, db_constraint=False
    )
    sumber = models.ForeignKey(Sumber, models.PROTECT, **SET_WISE)
    job = models.ForeignKey("jobs.Job", models.PROTECT, **SET_WISE)
    wilayah = models.ForeignKey(WILAYAH, models.PROTECT, null=True, **SET_WISE)
    anggota = ArrayField(models.BigIntegerField(), default=list, help_text="nomor orang yang disebut berkas")

    objects = TercatatQuerySet.as_manager()

    class Meta:
        verbose_name = "tercatat"
        verbose_name_plural = "tercatat"
        constraints = [models.UniqueConstraint(fields=["keluarga", "job"], name="tercatat_unik")]
        indexes = [
            models.Index(fields=["sumber", "wilayah"], name="tercatat_sumber_wilayah"),
            BrinIndex(fields=["job"], name="tercatat_job", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"Keluarga {self.keluarga_id} di sumber {self.sumber_id}"
