"""Questions of BDT, Regsosek and their kin with their code lists, and the answers of keluarga and anggota."""

from pathlib import Path

import django.contrib.postgres.indexes
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from access.rls import append_only, enable_rls
from kpm import indikator
from kpm.rujukan import refer

SQL = Path(__file__).resolve().parent.parent / "sql"
ANSWERS = {
    "kpm_jawabankeluarga": ("keluarga_id", "kpm_keluarga"),
    "kpm_jawabananggota": ("anggota_id", "kpm_anggota"),
}
HISTORY = [f"{table}event" for table in ANSWERS]
REFERENCES = [
    ("wilayah_id", "spatial_wilayah", "kode"),
    ("sumber_id", "kpm_sumber", "id"),
    ("job_id", "jobs_job", "id"),
]


def load_code_lists(apps, schema_editor):
    indikator.load(apps.get_model("kpm", "Indikator"), apps.get_model("kpm", "PilihanIndikator"))


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0003_ekspor_walls"),
        ("kpm", "0013_suntingan_numbers"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("spatial", "0002_versi_batas_resmi"),
    ]

    operations = [
        migrations.CreateModel(
            name="Indikator",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "instrumen",
                    models.CharField(
                        choices=[
                            ("BDT2015", "BDT 2015"),
                            ("REGSOSEK2022", "Regsosek 2022"),
                            ("KEPMENSOS262", "Kepmensos 262/2022"),
                            ("VERVAL", "Verval Kemensos"),
                        ],
                        max_length=12,
                    ),
                ),
                ("kode", models.CharField(max_length=40)),
                ("nama", models.CharField(max_length=120)),
                ("nomor", models.CharField(help_text="nomor pertanyaan di kuesioner", max_length=20)),
                (
                    "unit",
                    models.CharField(
                        choices=[("keluarga", "keluarga"), ("anggota", "anggota")], max_length=8
                    ),
                ),
                (
                    "jenis",
                    models.CharField(
                        choices=[
                            ("pilihan", "satu pilihan"),
                            ("bilangan", "bilangan"),
                            ("bit", "jumlah beberapa pilihan"),
                        ],
                        max_length=8,
                    ),
                ),
                ("kelompok", models.CharField(max_length=40)),
                ("khusus", models.BooleanField(default=False)),
                ("urutan", models.PositiveSmallIntegerField()),
            ],
            options={
                "verbose_name": "indikator",
                "verbose_name_plural": "indikator",
                "ordering": ["urutan"],
                "constraints": [models.UniqueConstraint(fields=("instrumen", "kode"), name="indikator_unik")],
            },
        ),
        migrations.CreateModel(
            name="JawabanAnggota",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "instrumen",
                    models.CharField(
                        choices=[
                            ("BDT2015", "BDT 2015"),
                            ("REGSOSEK2022", "Regsosek 2022"),
                            ("KEPMENSOS262", "Kepmensos 262/2022"),
                            ("VERVAL", "Verval Kemensos"),
                        ],
                        max_length=12,
                    ),
                ),
                ("isi", models.JSONField(default=dict)),
                (
                    "anggota",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="jawaban_list",
                        to="kpm.anggota",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="jobs.job",
                    ),
                ),
                (
                    "sumber",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kpm.sumber",
                    ),
                ),
                (
                    "wilayah",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="spatial.wilayah",
                    ),
                ),
            ],
            options={
                "verbose_name": "jawaban anggota",
                "verbose_name_plural": "jawaban anggota",
            },
        ),
        migrations.CreateModel(
            name="JawabanAnggotaEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "instrumen",
                    models.CharField(
                        choices=[
                            ("BDT2015", "BDT 2015"),
                            ("REGSOSEK2022", "Regsosek 2022"),
                            ("KEPMENSOS262", "Kepmensos 262/2022"),
                            ("VERVAL", "Verval Kemensos"),
                        ],
                        max_length=12,
                    ),
                ),
                ("isi", models.JSONField(default=dict)),
                (
                    "anggota",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="kpm.anggota",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="jobs.job",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="kpm.jawabananggota",
                    ),
                ),
                (
                    "sumber",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="kpm.sumber",
                    ),
                ),
                (
                    "wilayah",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="spatial.wilayah",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="JawabanKeluarga",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "instrumen",
                    models.CharField(
                        choices=[
                            ("BDT2015", "BDT 2015"),
                            ("REGSOSEK2022", "Regsosek 2022"),
                            ("KEPMENSOS262", "Kepmensos 262/2022"),
                            ("VERVAL", "Verval Kemensos"),
                        ],
                        max_length=12,
                    ),
                ),
                ("isi", models.JSONField(default=dict)),
                (
                    "job",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="jobs.job",
                    ),
                ),
                (
                    "keluarga",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="jawaban_list",
                        to="kpm.keluarga",
                    ),
                ),
                (
                    "sumber",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kpm.sumber",
                    ),
                ),
                (
                    "wilayah",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="spatial.wilayah",
                    ),
                ),
            ],
            options={
                "verbose_name": "jawaban keluarga",
                "verbose_name_plural": "jawaban keluarga",
            },
        ),
        migrations.CreateModel(
            name="JawabanKeluargaEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "instrumen",
                    models.CharField(
                        choices=[
                            ("BDT2015", "BDT 2015"),
                            ("REGSOSEK2022", "Regsosek 2022"),
                            ("KEPMENSOS262", "Kepmensos 262/2022"),
                            ("VERVAL", "Verval Kemensos"),
                        ],
                        max_length=12,
                    ),
                ),
                ("isi", models.JSONField(default=dict)),
                (
                    "job",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="jobs.job",
                    ),
                ),
                (
                    "keluarga",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="kpm.keluarga",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="kpm.jawabankeluarga",
                    ),
                ),
                (
                    "sumber",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="kpm.sumber",
                    ),
                ),
                (
                    "wilayah",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="spatial.wilayah",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PilihanIndikator",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kode", models.CharField(max_length=4)),
                ("label", models.CharField(max_length=120)),
                ("urutan", models.PositiveSmallIntegerField()),
                (
                    "indikator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pilihan_list",
                        to="kpm.indikator",
                    ),
                ),
            ],
            options={
                "verbose_name": "pilihan indikator",
                "verbose_name_plural": "pilihan indikator",
                "ordering": ["urutan"],
            },
        ),
        migrations.AddIndex(
            model_name="jawabananggota",
            index=models.Index(
                fields=["wilayah", "instrumen", "sumber", "anggota"], name="jawaban_anggota_wilayah"
            ),
        ),
        migrations.AddIndex(
            model_name="jawabananggota",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["isi"], name="jawaban_anggota_isi", opclasses=["jsonb_path_ops"]
            ),
        ),
        migrations.AddConstraint(
            model_name="jawabananggota",
            constraint=models.UniqueConstraint(
                fields=("anggota", "sumber", "instrumen"), name="jawaban_anggota_unik"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="jawabananggota",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "kpm_jawabananggotaevent" ("anggota_id", "id", "instrumen", "isi", "job_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sumber_id", "wilayah_id") SELECT old_values."anggota_id", old_values."id", old_values."instrumen", old_values."isi", old_values."job_id", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."sumber_id", old_values."wilayah_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="d590de204440ef279c27817ec5c125b1d505caa6",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6a437",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="kpm_jawabananggota",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="jawabananggota",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "kpm_jawabananggotaevent" ("anggota_id", "id", "instrumen", "isi", "job_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sumber_id", "wilayah_id") SELECT old_values."anggota_id", old_values."id", old_values."instrumen", old_values."isi", old_values."job_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."sumber_id", old_values."wilayah_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="ee7f77fa8cea9b293cdf551583424a733956e2bc",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_13aff",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="kpm_jawabananggota",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="jawabankeluarga",
            index=models.Index(
                fields=["wilayah", "instrumen", "sumber", "keluarga"], name="jawaban_keluarga_wilayah"
            ),
        ),
        migrations.AddIndex(
            model_name="jawabankeluarga",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["isi"], name="jawaban_keluarga_isi", opclasses=["jsonb_path_ops"]
            ),
        ),
        migrations.AddConstraint(
            model_name="jawabankeluarga",
            constraint=models.UniqueConstraint(
                fields=("keluarga", "sumber", "instrumen"), name="jawaban_keluarga_unik"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="jawabankeluarga",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "kpm_jawabankeluargaevent" ("id", "instrumen", "isi", "job_id", "keluarga_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sumber_id", "wilayah_id") SELECT old_values."id", old_values."instrumen", old_values."isi", old_values."job_id", old_values."keluarga_id", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."sumber_id", old_values."wilayah_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="75fe98ccd246c53f7eca10d1643e62c7c9cc0803",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_f6b24",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="kpm_jawabankeluarga",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="jawabankeluarga",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "kpm_jawabankeluargaevent" ("id", "instrumen", "isi", "job_id", "keluarga_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sumber_id", "wilayah_id") SELECT old_values."id", old_values."instrumen", old_values."isi", old_values."job_id", old_values."keluarga_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."sumber_id", old_values."wilayah_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="4896e830a543535f642d6fe7b3975a3c390b9888",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_1adf0",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="kpm_jawabankeluarga",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="pilihanindikator",
            constraint=models.UniqueConstraint(fields=("indikator", "kode"), name="pilihan_indikator_unik"),
        ),
        *[enable_rls(table) for table in [*ANSWERS, *HISTORY]],
        *[append_only(table) for table in HISTORY],
        *[
            step
            for table, (column, register) in ANSWERS.items()
            for step in refer(table, [*REFERENCES, (column, register, "id")])
        ],
        migrations.RunSQL((SQL / "gabung.sql").read_text(), "DROP AGGREGATE kpm_gabung(jsonb)"),
        migrations.RunSQL(
            (SQL / "statistik_jawaban.sql").read_text(), "DROP FUNCTION kpm_statistik_jawaban()"
        ),
        migrations.RunPython(load_code_lists, migrations.RunPython.noop),
    ]
