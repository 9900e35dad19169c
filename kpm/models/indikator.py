"""Questionnaires with their code lists, and the answers of families and persons."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models

from access.history import keep_history
from access.scope import TerritorialQuerySet
from kpm.models.register import Anggota, Keluarga, Sumber
from kpm.models.rujukan import SET_WISE, WILAYAH


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
