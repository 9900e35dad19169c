"""Ids of households, ranks in the country, and which rows an import refused; functions that read BDT codes."""

from pathlib import Path

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

FUNCTIONS = Path(__file__).resolve().parent.parent / "sql" / "fungsi"
NEW = ("16_hubungan_ruta", "17_kode_desa", "18_derajat")


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0004_simpan_sampai"),
        ("kpm", "0015_urung"),
        ("spatial", "0002_versi_batas_resmi"),
    ]

    operations = [
        # migration 0003 makes them in a new database already
        *[migrations.RunSQL((FUNCTIONS / f"{name}.sql").read_text(), migrations.RunSQL.noop) for name in NEW],
        migrations.CreateModel(
            name="BarisDitolak",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("baris", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "baris ditolak",
                "verbose_name_plural": "baris ditolak",
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="keluarga",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="keluarga",
            name="delete_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="peringkat",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="peringkat",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="keluarga",
            name="id_keluarga",
            field=models.CharField(max_length=40, null=True, verbose_name="ID keluarga"),
        ),
        migrations.AddField(
            model_name="keluargaevent",
            name="id_keluarga",
            field=models.CharField(max_length=40, null=True, verbose_name="ID keluarga"),
        ),
        migrations.AddField(
            model_name="peringkat",
            name="peringkat",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="peringkatevent",
            name="peringkat",
            field=models.PositiveIntegerField(null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="keluarga",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "kpm_keluargaevent" ("alamat", "asal", "dibuat", "diubah", "dusun", "id", "id_keluarga", "job_id", "job_ubah_id", "keluar_alasan", "keluar_tanggal", "no_kk", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rt", "rw", "status", "sumber_id", "tanpa_kk", "titik", "titik_akurasi_m", "titik_asal", "wilayah_id") SELECT old_values."alamat", old_values."asal", old_values."dibuat", old_values."diubah", old_values."dusun", old_values."id", old_values."id_keluarga", old_values."job_id", old_values."job_ubah_id", old_values."keluar_alasan", old_values."keluar_tanggal", old_values."no_kk", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."rt", old_values."rw", old_values."status", old_values."sumber_id", old_values."tanpa_kk", old_values."titik", old_values."titik_akurasi_m", old_values."titik_asal", old_values."wilayah_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="eacee596b3467d71e969e4719594a318a468d4aa",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_1ba17",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="kpm_keluarga",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="keluarga",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "kpm_keluargaevent" ("alamat", "asal", "dibuat", "diubah", "dusun", "id", "id_keluarga", "job_id", "job_ubah_id", "keluar_alasan", "keluar_tanggal", "no_kk", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rt", "rw", "status", "sumber_id", "tanpa_kk", "titik", "titik_akurasi_m", "titik_asal", "wilayah_id") SELECT old_values."alamat", old_values."asal", old_values."dibuat", old_values."diubah", old_values."dusun", old_values."id", old_values."id_keluarga", old_values."job_id", old_values."job_ubah_id", old_values."keluar_alasan", old_values."keluar_tanggal", old_values."no_kk", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."rt", old_values."rw", old_values."status", old_values."sumber_id", old_values."tanpa_kk", old_values."titik", old_values."titik_akurasi_m", old_values."titik_asal", old_values."wilayah_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="1ea29df4b45b20f7d21aa085f5d4443edcf8d233",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_44db9",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="kpm_keluarga",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="peringkat",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "kpm_peringkatevent" ("desil", "id", "job_id", "keluarga_id", "peringkat", "persentil", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sumber_id", "wilayah_id") SELECT old_values."desil", old_values."id", old_values."job_id", old_values."keluarga_id", old_values."peringkat", old_values."persentil", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."sumber_id", old_values."wilayah_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="9fcc0474a9b9e39e2d9136c0eb484cc9ace2a7f3",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_92032",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="kpm_peringkat",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="peringkat",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "kpm_peringkatevent" ("desil", "id", "job_id", "keluarga_id", "peringkat", "persentil", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sumber_id", "wilayah_id") SELECT old_values."desil", old_values."id", old_values."job_id", old_values."keluarga_id", old_values."peringkat", old_values."persentil", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."sumber_id", old_values."wilayah_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="7bb0ae656e9a1850ab105bf82ba8726e955c9542",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_aae25",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="kpm_peringkat",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="keluarga",
            constraint=models.UniqueConstraint(
                models.F("id_keluarga"),
                condition=models.Q(("id_keluarga__isnull", False)),
                name="keluarga_id_unik",
            ),
        ),
        migrations.AddField(
            model_name="barisditolak",
            name="impor",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="ditolak_list",
                to="kpm.impor",
            ),
        ),
        migrations.AddField(
            model_name="barisditolak",
            name="perbaikan",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="kpm.impor",
            ),
        ),
        migrations.AddConstraint(
            model_name="barisditolak",
            constraint=models.UniqueConstraint(fields=("impor", "baris"), name="baris_ditolak_unik"),
        ),
    ]
