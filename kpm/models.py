"""Keluarga and anggota as their source wrote them, the programmes they take part in, and imports.

What must always be true of a row is a constraint here; verbs stand in actions.py, bulk SQL in sql/.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.gis.db.models import PointField
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex, GistIndex
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from access.history import keep_history
from access.scope import TerritorialQuerySet, territory_of

WILAYAH = "spatial.Wilayah"
MONTHS = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
]
# So many people with one NIK share it by no slip: somebody typed one number for all who had none.
NIK_BANYAK = 3
# So many of one name, birth date and sex in a kecamatan are a habit of the list, no trace of one person.
SENAMA = 20
# References to short tables, and those of Kepesertaan, are checked once per statement by the trigger
# kpm_rujukan (migration 0003): a foreign key would ask the same question once per row, which is half
# the time of an import. Same errors, same refusal to delete a parent in use.
SET_WISE: dict[str, Any] = {"db_index": False, "db_constraint": False, "related_name": "+"}


def written_date(moment: datetime | None) -> str:
    """3 Nov 2026, in the office's time zone: as sentral_tags writes it on pages, for sentences made here."""
    if moment is None:
        return ""
    return written_day(timezone.localtime(moment).date())


def written_day(day: date) -> str:
    """3 Nov 2026."""
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


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


@keep_history()
class Anggota(Origin):
    """A member of a keluarga. The NIK is kept as written: never repaired, neither unique nor checked.

    nik_status says what is wrong with its form; whether it is the right one is padan's finding.
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
    padan_hasil = models.CharField(max_length=20, blank=True)
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
    pass


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


class HitungRekap(models.Model):
    """Up to which change by hand the counts of rekap are true. One row."""

    suntingan = models.BigIntegerField(default=0, help_text="nomor suntingan terakhir")
    pada = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "hitungan rekap"
        verbose_name_plural = "hitungan rekap"

    def __str__(self) -> str:
        return f"Dihitung {self.pada:%d-%m-%Y %H:%M}"


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
    aturan: {"hilang": "biarkan" | "keluar", "isian": fields this source may write (absent: all), "timpa":
    protected fields it may overwrite all the same, "utuh": all rows or none, "tanggal": answered date order}.
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


class Rekap(models.Model):
    """Counts per wilayah for those who may count but not see names. Written by jobs.

    A cell under 10 persons or families is empty (null), and so is the smallest other one beside it
    when it could be worked out by subtraction.
    """

    wilayah = models.ForeignKey(WILAYAH, models.PROTECT, related_name="+", db_index=False)
    ukuran = models.CharField(max_length=40)
    pembilang = models.BigIntegerField(null=True)
    penyebut = models.BigIntegerField(null=True)
    dihitung = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "rekap"
        verbose_name_plural = "rekap"
        constraints = [models.UniqueConstraint(fields=["wilayah", "ukuran"], name="rekap_unik")]

    def __str__(self) -> str:
        return f"{self.ukuran} {self.wilayah_id}"


class Instrumen(models.TextChoices):
    """A questionnaire with its own code lists. Codes of two of them are never merged (indikator_ukuran.csv maps)."""

    BDT2015 = "BDT2015", "BDT 2015"
    REGSOSEK2022 = "REGSOSEK2022", "Regsosek 2022"
    KEPMENSOS262 = "KEPMENSOS262", "Kepmensos 262/2022"
    VERVAL = "VERVAL", "Verval Kemensos"


class Indikator(models.Model):
    """A question of a questionnaire. Loaded from data/indikator.csv by `manage.py muat_indikator`.

    khusus: specific data in the sense of UU PDP (health, pregnancy, personal finance).
    """

    class Unit(models.TextChoices):
        KELUARGA = "keluarga", "keluarga"
        ANGGOTA = "anggota", "anggota"

    class Jenis(models.TextChoices):
        PILIHAN = "pilihan", "satu pilihan"
        BILANGAN = "bilangan", "bilangan"
        BIT = "bit", "jumlah beberapa pilihan"

    instrumen = models.CharField(max_length=12, choices=Instrumen.choices)
    kode = models.CharField(max_length=40)
    nama = models.CharField(max_length=120)
    nomor = models.CharField(max_length=20, help_text="nomor pertanyaan di kuesioner")
    unit = models.CharField(max_length=8, choices=Unit.choices)
    jenis = models.CharField(max_length=8, choices=Jenis.choices)
    kelompok = models.CharField(max_length=40)
    khusus = models.BooleanField(default=False)
    urutan = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = "indikator"
        verbose_name_plural = "indikator"
        ordering = ["urutan"]
        constraints = [models.UniqueConstraint(fields=["instrumen", "kode"], name="indikator_unik")]

    def __str__(self) -> str:
        return f"{self.nama} ({self.get_instrumen_display()})"


class PilihanIndikator(models.Model):
    """One answer of an indikator's code list; of a bit sum, one of its parts."""

    indikator = models.ForeignKey(Indikator, models.CASCADE, related_name="pilihan_list")
    kode = models.CharField(max_length=4)
    label = models.CharField(max_length=120)
    urutan = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = "pilihan indikator"
        verbose_name_plural = "pilihan indikator"
        ordering = ["urutan"]
        constraints = [models.UniqueConstraint(fields=["indikator", "kode"], name="pilihan_indikator_unik")]

    def __str__(self) -> str:
        return f"{self.kode} {self.label}"


class JawabanQuerySet(TerritorialQuerySet["Jawaban"]):
    pass


class Jawaban(models.Model):
    """What one source answers to the questions of one instrumen. isi: {kode of the indikator: code}.

    Only codes of the list stand in it; what the file said otherwise is a remark in the import's report.
    """

    sumber = models.ForeignKey(Sumber, models.PROTECT, **SET_WISE)
    instrumen = models.CharField(max_length=12, choices=Instrumen.choices)
    wilayah = models.ForeignKey(WILAYAH, models.PROTECT, null=True, **SET_WISE)
    job = models.ForeignKey("jobs.Job", models.PROTECT, null=True, **SET_WISE)
    isi = models.JSONField(default=dict)

    objects = JawabanQuerySet.as_manager()

    class Meta:
        abstract = True


@keep_history()
class JawabanKeluarga(Jawaban):
    """The answers about a family and its house."""

    keluarga = models.ForeignKey(
        Keluarga, models.CASCADE, related_name="jawaban_list", db_index=False, db_constraint=False
    )

    class Meta:
        verbose_name = "jawaban keluarga"
        verbose_name_plural = "jawaban keluarga"
        constraints = [
            models.UniqueConstraint(fields=["keluarga", "sumber", "instrumen"], name="jawaban_keluarga_unik")
        ]
        indexes = [
            models.Index(
                fields=["wilayah", "instrumen", "sumber", "keluarga"], name="jawaban_keluarga_wilayah"
            ),
            GinIndex(fields=["isi"], opclasses=["jsonb_path_ops"], name="jawaban_keluarga_isi"),
            BrinIndex(fields=["job"], name="jawaban_keluarga_job", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.instrumen} keluarga {self.keluarga_id}"


@keep_history()
class JawabanAnggota(Jawaban):
    """The answers about a person: schooling, work, health."""

    anggota = models.ForeignKey(
        Anggota, models.CASCADE, related_name="jawaban_list", db_index=False, db_constraint=False
    )

    class Meta:
        verbose_name = "jawaban anggota"
        verbose_name_plural = "jawaban anggota"
        constraints = [
            models.UniqueConstraint(fields=["anggota", "sumber", "instrumen"], name="jawaban_anggota_unik")
        ]
        indexes = [
            models.Index(
                fields=["wilayah", "instrumen", "sumber", "anggota"], name="jawaban_anggota_wilayah"
            ),
            GinIndex(fields=["isi"], opclasses=["jsonb_path_ops"], name="jawaban_anggota_isi"),
            BrinIndex(fields=["job"], name="jawaban_anggota_job", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.instrumen} anggota {self.anggota_id}"
