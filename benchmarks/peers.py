"""django-import-export doing the same work, in its bulk mode.

Rows are not looked up first (force_init_instance), though a real import could not do without; the
rest is as delivered, so each row is compared with what it was. The links between the three registers
go through ForeignKeyWidget, as its documentation shows; references to short tables (wilayah, sumber,
program) are given as keys. One more resource leaves out the comparison: the flat table at its fastest.
"""

from __future__ import annotations

from django.db import models
from import_export import fields, resources
from import_export.widgets import DateWidget, ForeignKeyWidget

from kpm.models import Anggota, Keluarga, Kepesertaan


class Bulk:
    """Options shared by all resources."""

    use_bulk = True
    batch_size = 1_000
    force_init_instance = True
    use_transactions = True


class Resource(resources.ModelResource):
    """A resource whose rows take their ids from the sequence, so that it needs no resetting."""

    def after_import(self, dataset, result, **kwargs) -> None:
        """Leave out setval on the sequence: the app role may not, and nothing here sets an id."""


def _to(model, attribute, column, key):
    return fields.Field(attribute=attribute, column_name=column, widget=ForeignKeyWidget(model, key))


def _key(name):
    return fields.Field(attribute=f"{name}_id", column_name=name)


class KeluargaResource(Resource):
    wilayah = _key("wilayah")
    sumber = _key("sumber")

    class Meta(Bulk):
        model = Keluarga
        import_id_fields = ["no_kk"]
        fields = ("no_kk", "alamat", "dusun", "rt", "rw", "wilayah", "sumber")


class AnggotaResource(Resource):
    keluarga = _to(Keluarga, "keluarga", "no_kk", "no_kk")
    wilayah = _key("wilayah")
    sumber = _key("sumber")
    tanggal_lahir = fields.Field("tanggal_lahir", "tanggal_lahir", widget=DateWidget("%Y-%m-%d"))

    class Meta(Bulk):
        model = Anggota
        import_id_fields = ["id_dtks"]
        fields = (
            "keluarga", "wilayah", "id_dtks", "nik", "nik_status", "nama", "nama_normal",
            "tempat_lahir", "tanggal_lahir", "jenis_kelamin", "hubungan", "pekerjaan", "nama_ibu",
            "keterangan_padan", "sumber",
        )  # fmt: skip


class KepesertaanResource(Resource):
    program = _key("program")
    keluarga = _to(Keluarga, "keluarga", "no_kk", "no_kk")
    anggota = _to(Anggota, "anggota", "id_dtks", "id_dtks")
    wilayah = _key("wilayah")
    sumber = _key("sumber")

    class Meta(Bulk):
        model = Kepesertaan
        import_id_fields = ["program", "keluarga", "anggota"]
        fields = ("program", "keluarga", "anggota", "wilayah", "sumber")


class Datar(models.Model):
    """The file as it is: one table, 25 text columns. Made and dropped by the bench."""

    class Meta:
        app_label = "benchmarks"
        db_table = "bench_datar"
        managed = False

    def __str__(self) -> str:
        return f"Baris {self.pk}"


FLAT_COLUMNS = [f"c{i}" for i in range(25)]
for _column in FLAT_COLUMNS:
    Datar.add_to_class(_column, models.TextField(blank=True))


class DatarResource(Resource):
    class Meta(Bulk):
        model = Datar
        import_id_fields = ["c0"]
        fields = tuple(FLAT_COLUMNS)


class DatarCepatResource(Resource):
    class Meta(Bulk):
        model = Datar
        import_id_fields = ["c0"]
        fields = tuple(FLAT_COLUMNS)
        skip_diff = True
        skip_html_diff = True


class AnggotaKeluarResource(resources.ModelResource):
    """The way out: the register's columns of our export of people."""

    class Meta:
        model = Anggota
        fields = (
            "keluarga__no_kk", "id_dtks", "nik", "nik_status", "nama", "hubungan", "jenis_kelamin",
            "tempat_lahir", "tanggal_lahir", "pekerjaan", "keluarga__alamat", "keluarga__dusun",
            "keluarga__rt", "keluarga__rw", "wilayah__nama", "wilayah__induk__nama",
            "wilayah__induk__induk__nama", "sumber__jenis", "sumber__periode",
        )  # fmt: skip
