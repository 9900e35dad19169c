"""Who is in the file of which import: a register with walls, history and checked references."""

from pathlib import Path

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from access.rls import append_only, enable_rls
from kpm.rujukan import refer

SQL = Path(__file__).resolve().parent.parent / "sql" / "tercatat_lama.sql"
REFERENCES = [
    ("wilayah_id", "spatial_wilayah", "kode"),
    ("sumber_id", "kpm_sumber", "id"),
    ("job_id", "jobs_job", "id"),
    ("keluarga_id", "kpm_keluarga", "id"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0003_ekspor_walls"),
        ("kpm", "0009_impor_perbaikan"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("spatial", "0002_versi_batas_resmi"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tercatat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "anggota",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        help_text="nomor orang yang disebut berkas",
                        size=None,
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
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
                        related_name="tercatat_list",
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
                "verbose_name": "tercatat",
                "verbose_name_plural": "tercatat",
            },
        ),
        migrations.CreateModel(
            name="TercatatEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "anggota",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        help_text="nomor orang yang disebut berkas",
                        size=None,
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        db_constraint=False,
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
                        to="kpm.tercatat",
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
        migrations.AddIndex(
            model_name="tercatat",
            index=models.Index(fields=["sumber", "wilayah"], name="tercatat_sumber_wilayah"),
        ),
        migrations.AddIndex(
            model_name="tercatat",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["job"], name="tercatat_job"
            ),
        ),
        migrations.AddConstraint(
            model_name="tercatat",
            constraint=models.UniqueConstraint(fields=("keluarga", "job"), name="tercatat_unik"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tercatat",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "kpm_tercatatevent" ("anggota", "id", "job_id", "keluarga_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sumber_id", "wilayah_id") SELECT old_values."anggota", old_values."id", old_values."job_id", old_values."keluarga_id", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."sumber_id", old_values."wilayah_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="f01b32ff81bc21910fc2581bbf7458c2e4e18bb5",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_73100",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="kpm_tercatat",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tercatat",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "kpm_tercatatevent" ("anggota", "id", "job_id", "keluarga_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sumber_id", "wilayah_id") SELECT old_values."anggota", old_values."id", old_values."job_id", old_values."keluarga_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."sumber_id", old_values."wilayah_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="95c14b850c14aacd4fa49a5f5c2d65ed069f71c8",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_ce675",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="kpm_tercatat",
                    when="AFTER",
                ),
            ),
        ),
        enable_rls("kpm_tercatat"),
        enable_rls("kpm_tercatatevent"),
        append_only("kpm_tercatatevent"),
        *refer("kpm_tercatat", REFERENCES),
        migrations.RunSQL(
            [("SELECT set_config('sentral.semua', '1', true)", None), (SQL.read_text(), None)],
            migrations.RunSQL.noop,
        ),
    ]
