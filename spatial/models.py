"""Wilayah, the ways its names are written, and its boundaries.

Facts only: no user, no register. Names are resolved through Ejaan; what counts as the same spelling
is decided in one place, the SQL function spatial_kunci (migration 0001).
"""

from __future__ import annotations

import re

from django.contrib.gis.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Left


class SpatialKunci(Func):
    """Call spatial_kunci(text): the spelling without case, blanks, signs and "Kec." or "Desa" in front."""

    function = "spatial_kunci"
    output_field = models.CharField()


class WilayahQuerySet(models.QuerySet["Wilayah"]):
    def villages(self):
        """Only desa and kelurahan."""
        return self.filter(tingkat=Wilayah.Tingkat.DESA_KELURAHAN)

    def below(self, kode: str):
        """The wilayah `kode` and everything in it: a range, ":" follows "9" in collation "C"."""
        return self.filter(kode__gte=kode, kode__lt=kode + ":")

    def by_bps(self, kode_bps: str) -> Wilayah:
        """Return the wilayah with this BPS code (dots allowed); raise DoesNotExist without one."""
        return self.get(kode_bps=str(kode_bps).replace(".", "").strip())

    def resolve(self, *, kabupaten: str = "", kecamatan: str = "", desa: str = "") -> Wilayah | None:
        """Return the wilayah these spellings mean, or None when unknown or not told apart.

        Names are looked up from the top down, so a village needs its kabupaten and kecamatan: a
        village name alone never resolves, 15 of them are double in Babel. `desa` may be a Kemendagri
        code of ten digits. The same rules for a whole file: spatial/sql/resolve_wilayah.sql.
        """
        names = [kabupaten.strip(), kecamatan.strip(), desa.strip()]
        if KODE_DESA.fullmatch(names[2]):
            return self._resolve_kode(names[2], self.resolve(kabupaten=kabupaten, kecamatan=kecamatan))
        while names and not names[-1]:
            names.pop()
        if not names or not all(names):
            return None
        kode = None
        for tingkat, name in zip(TINGKAT_DOWN, names, strict=False):
            rows = Ejaan.objects.filter(tingkat=tingkat, kunci=SpatialKunci(models.Value(name)))
            hits = rows.filter(induk_id=kode) if kode else rows
            if len(found := list(hits[:2])) != 1:
                return None
            kode = found[0].wilayah_id
        return self.filter(kode=kode).first()

    def _resolve_kode(self, written: str, above: Wilayah | None) -> Wilayah | None:
        kode = written.replace(".", "")
        if above and not kode.startswith(above.kode):
            return None
        sure = "." in written or (above and above.tingkat == Wilayah.Tingkat.KECAMATAN)
        # 18 village codes of Babel are the BPS code of another village
        if not sure and self.filter(kode_bps=kode).exclude(kode=kode).exists():
            return None
        return self.villages().filter(kode=kode).first()


class Wilayah(models.Model):
    """An administrative area. `kode` is the Kemendagri code, digits only; BPS counts differently."""

    VILLAGE_DIGITS = 10  # of the kode of a desa or kelurahan, the longest

    class Tingkat(models.TextChoices):
        PROVINSI = "provinsi", "Provinsi"
        KABUPATEN_KOTA = "kabupaten_kota", "Kabupaten/kota"
        KECAMATAN = "kecamatan", "Kecamatan"
        DESA_KELURAHAN = "desa_kelurahan", "Desa/kelurahan"

    class Jenis(models.TextChoices):
        PROVINSI = "provinsi", "Provinsi"
        KABUPATEN = "kabupaten", "Kabupaten"
        KOTA = "kota", "Kota"
        KECAMATAN = "kecamatan", "Kecamatan"
        DESA = "desa", "Desa"
        KELURAHAN = "kelurahan", "Kelurahan"

    kode = models.CharField(
        "kode Kemendagri",
        max_length=10,
        primary_key=True,
        db_collation="C",
        help_text="Angka saja, tanpa titik.",
    )
    kode_bps = models.CharField(
        "kode BPS", max_length=10, unique=True, null=True, blank=True, db_collation="C"
    )
    nama = models.CharField(max_length=80)
    nama_bps = models.CharField("nama menurut BPS", max_length=80, blank=True)
    tingkat = models.CharField(max_length=20, choices=Tingkat.choices)
    jenis = models.CharField(max_length=20, choices=Jenis.choices)
    induk = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="anak_list")
    titik = models.PointField("titik label", srid=4326, null=True, blank=True)
    penduduk = models.PositiveIntegerField(null=True, blank=True)
    luas_km2 = models.DecimalField("luas (km²)", max_digits=10, decimal_places=1, null=True, blank=True)
    berlaku_sejak = models.DateField(null=True, blank=True)
    berlaku_sampai = models.DateField(null=True, blank=True)

    objects = WilayahQuerySet.as_manager()

    class Meta:
        verbose_name = "wilayah"
        verbose_name_plural = "wilayah"
        ordering = ["kode"]
        indexes = [models.Index(fields=["tingkat", "kode"], name="wilayah_tingkat_kode")]
        constraints = [
            models.CheckConstraint(
                condition=Q(tingkat="provinsi", jenis="provinsi", kode__regex=r"^\d{2}$", induk__isnull=True)
                | Q(
                    tingkat="kabupaten_kota",
                    jenis__in=["kabupaten", "kota"],
                    kode__regex=r"^\d{4}$",
                    induk_id=Left("kode", 2),
                )
                | Q(tingkat="kecamatan", jenis="kecamatan", kode__regex=r"^\d{6}$", induk_id=Left("kode", 4))
                | Q(
                    tingkat="desa_kelurahan",
                    jenis__in=["desa", "kelurahan"],
                    kode__regex=r"^\d{10}$",
                    induk_id=Left("kode", 6),
                ),
                name="wilayah_kode_tingkat_induk",
                violation_error_message="Kode, tingkat, jenis dan induk tidak cocok satu sama lain.",
            ),
            models.CheckConstraint(
                condition=Q(berlaku_sampai__isnull=True) | Q(berlaku_sampai__gte=F("berlaku_sejak")),
                name="wilayah_berlaku",
                violation_error_message="Akhir berlaku mendahului awalnya.",
            ),
        ]

    def __str__(self) -> str:
        return self.nama_lengkap

    @property
    def kode_titik(self) -> str:
        """The code as printed: 19.01.01.1001."""
        return ".".join(filter(None, (self.kode[:2], self.kode[2:4], self.kode[4:6], self.kode[6:])))

    @property
    def nama_lengkap(self) -> str:
        """The name with its kind: Desa Rias, Kec. Toboali, Kab. Bangka Selatan, Kota Pangkal Pinang."""
        return f"{SEBUTAN[self.jenis]} {self.nama}"


SEBUTAN: dict[str, str] = {
    Wilayah.Jenis.PROVINSI: "Provinsi",
    Wilayah.Jenis.KABUPATEN: "Kab.",
    Wilayah.Jenis.KOTA: "Kota",
    Wilayah.Jenis.KECAMATAN: "Kec.",
    Wilayah.Jenis.DESA: "Desa",
    Wilayah.Jenis.KELURAHAN: "Kel.",
}
TINGKAT_DOWN = (
    Wilayah.Tingkat.KABUPATEN_KOTA,
    Wilayah.Tingkat.KECAMATAN,
    Wilayah.Tingkat.DESA_KELURAHAN,
)
KODE_DESA = re.compile(r"\d{2}\.?\d{2}\.?\d{2}\.?\d{4}", re.ASCII)


class Ejaan(models.Model):
    """One way a wilayah's name is written, within its parent. `resmi`: it is the name in Wilayah."""

    tingkat = models.CharField(max_length=20, choices=Wilayah.Tingkat.choices)
    induk = models.ForeignKey(Wilayah, models.CASCADE, null=True, blank=True, related_name="+")
    tulisan = models.CharField(
        max_length=80, help_text="Sebagaimana tertulis di berkas, misalnya Sungai Liat."
    )
    kunci = models.GeneratedField(
        expression=SpatialKunci("tulisan"),
        output_field=models.CharField(max_length=80, db_collation="C"),
        db_persist=True,
    )
    wilayah = models.ForeignKey(Wilayah, models.CASCADE, related_name="ejaan_list")
    resmi = models.BooleanField(default=False)

    class Meta:
        verbose_name = "ejaan"
        verbose_name_plural = "ejaan"
        constraints = [
            models.UniqueConstraint(
                fields=["tingkat", "induk", "kunci"],
                nulls_distinct=False,
                name="ejaan_unik",
                violation_error_message="Ejaan ini sudah dipakai wilayah lain di bawah induk yang sama.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.tulisan} → {self.wilayah_id}"


class VersiBatas(models.Model):
    """A set of boundaries. One is in use; `sidik` says what it was made from, so it is made once.

    A version never changes once it is made. berkas: per file nama, ukuran, sha256, jenis, tingkat, kolom,
    sistem. laporan: what was found when it was loaded, see batas_report.py. oleh: who loaded it, in
    words: this room knows no user.
    """

    nama = models.CharField(max_length=120)
    sumber = models.TextField()
    lisensi = models.TextField("lisensi atau ketentuan pakai", blank=True)
    tanggal = models.DateField("tanggal data", null=True, blank=True)
    indikatif = models.BooleanField(default=False, help_text="Dihitung, bukan batas resmi.")
    aktif = models.BooleanField(default=False)
    sidik = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    berkas = models.JSONField(default=list, editable=False)
    laporan = models.JSONField(default=dict, editable=False)
    oleh = models.CharField(max_length=150, blank=True, editable=False)
    dibuat = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "versi batas"
        verbose_name_plural = "versi batas"
        constraints = [
            models.UniqueConstraint(
                fields=["aktif"],
                condition=Q(aktif=True),
                name="versibatas_satu_aktif",
                violation_error_message="Hanya satu versi batas yang dipakai.",
            )
        ]

    def __str__(self) -> str:
        return self.nama


class Batas(models.Model):
    """The boundary of one wilayah in one version.

    geom is the boundary as its source drew it; tampil, where there is one, the simpler line for the
    browser, which neighbours share.
    """

    versi = models.ForeignKey(VersiBatas, models.CASCADE, related_name="batas_list")
    wilayah = models.ForeignKey(Wilayah, models.CASCADE, related_name="+")
    geom = models.MultiPolygonField(srid=4326)
    tampil = models.MultiPolygonField(srid=4326, null=True, editable=False, spatial_index=False)

    class Meta:
        verbose_name = "batas"
        verbose_name_plural = "batas"
        constraints = [models.UniqueConstraint(fields=["versi", "wilayah"], name="batas_unik")]

    def __str__(self) -> str:
        return f"{self.wilayah_id} ({self.versi_id})"
