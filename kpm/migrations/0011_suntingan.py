"""Edits by hand, and members who are no longer: who died, moved away or was taken off."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from access.rls import append_only, enable_rls


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0003_ekspor_walls"),
        ("kpm", "0010_tercatat"),
        ("spatial", "0002_versi_batas_resmi"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Suntingan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "jenis",
                    models.CharField(
                        choices=[
                            ("keluarga_baru", "Keluarga baru"),
                            ("kelahiran", "Kelahiran"),
                            ("anggota_baru", "Anggota masuk"),
                            ("kematian", "Kematian"),
                            ("pindah", "Pindah"),
                            ("pindah_keluar", "Pindah ke luar desa"),
                            ("pisah", "Pisah KK"),
                            ("gabung", "Gabung KK"),
                            ("kepala", "Ganti kepala keluarga"),
                            ("keluarga", "Perbaikan data keluarga"),
                            ("anggota", "Perbaikan data anggota"),
                            ("anggota_keluar", "Anggota keluar"),
                            ("anggota_kembali", "Anggota kembali"),
                            ("keluar", "Keluarga keluar dari daftar"),
                            ("kembali", "Keluarga kembali ke daftar"),
                            ("batal", "Perubahan dibatalkan"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "anggota_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "alasan",
                    models.CharField(
                        choices=[
                            ("warga", "Laporan warga"),
                            ("dokumen", "Dokumen kependudukan"),
                            ("kunjungan", "Kunjungan ke rumah"),
                            ("musdes", "Hasil musdes atau muskel"),
                            ("dukcapil", "Pemberitahuan Dukcapil"),
                            ("ganda", "Tercatat ganda"),
                            ("keliru", "Salah catat"),
                            ("lainnya", "Lainnya"),
                        ],
                        max_length=20,
                    ),
                ),
                ("keterangan", models.CharField(blank=True, max_length=200)),
                ("dasar", models.JSONField(default=dict, help_text="jenis, nomor dan tanggal surat")),
                ("baru", models.JSONField(default=dict)),
                (
                    "rincian",
                    models.JSONField(default=dict, help_text="hanya nomor baris, kode wilayah dan tanggal"),
                ),
                ("sekali", models.UUIDField()),
                ("dibuat", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "suntingan",
                "verbose_name_plural": "suntingan",
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="anggota",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="anggota",
            name="delete_delete",
        ),
        migrations.RemoveIndex(
            model_name="anggota",
            name="anggota_keluarga",
        ),
        migrations.RemoveIndex(
            model_name="anggota",
            name="anggota_kepala_nama",
        ),
        migrations.AddField(
            model_name="anggota",
            name="keluar_alasan",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.AddField(
            model_name="anggota",
            name="keluar_tanggal",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="anggota",
            name="status",
            field=models.CharField(
                choices=[
                    ("aktif", "anggota"),
                    ("meninggal", "meninggal"),
                    ("pindah", "pindah"),
                    ("keluar", "keluar"),
                ],
                db_default="aktif",
                default="aktif",
                max_length=9,
            ),
        ),
        migrations.AddField(
            model_name="anggotaevent",
            name="keluar_alasan",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.AddField(
            model_name="anggotaevent",
            name="keluar_tanggal",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="anggotaevent",
            name="status",
            field=models.CharField(
                choices=[
                    ("aktif", "anggota"),
                    ("meninggal", "meninggal"),
                    ("pindah", "pindah"),
                    ("keluar", "keluar"),
                ],
                db_default="aktif",
                default="aktif",
                max_length=9,
            ),
        ),
        migrations.AddIndex(
            model_name="anggota",
            index=models.Index(fields=["keluarga", "wilayah", "status"], name="anggota_keluarga"),
        ),
        migrations.AddIndex(
            model_name="anggota",
            index=models.Index(
                condition=models.Q(("kepala", True), ("status", "aktif")),
                fields=["nama_normal", "id"],
                include=("keluarga", "wilayah"),
                name="anggota_kepala_nama",
            ),
        ),
        migrations.AddIndex(
            model_name="anggota",
            index=models.Index(
                condition=models.Q(("status", "aktif"), _negated=True),
                fields=["wilayah"],
                name="anggota_tidak_aktif",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="anggota",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "kpm_anggotaevent" ("asal", "dibuat", "diubah", "hubungan", "id", "id_dtks", "jenis_kelamin", "job_id", "job_ubah_id", "keluar_alasan", "keluar_tanggal", "keluarga_id", "kepala", "keterangan_padan", "nama", "nama_ibu", "nama_normal", "nik", "nik_status", "padan_ekstrak", "padan_hasil", "padan_tanggal", "pekerjaan", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "status", "sumber_id", "tanggal_lahir", "tempat_lahir", "wilayah_id") SELECT old_values."asal", old_values."dibuat", old_values."diubah", old_values."hubungan", old_values."id", old_values."id_dtks", old_values."jenis_kelamin", old_values."job_id", old_values."job_ubah_id", old_values."keluar_alasan", old_values."keluar_tanggal", old_values."keluarga_id", old_values."kepala", old_values."keterangan_padan", old_values."nama", old_values."nama_ibu", old_values."nama_normal", old_values."nik", old_values."nik_status", old_values."padan_ekstrak", old_values."padan_hasil", old_values."padan_tanggal", old_values."pekerjaan", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."status", old_values."sumber_id", old_values."tanggal_lahir", old_values."tempat_lahir", old_values."wilayah_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="1a01685948cc73183ac7b58304d7cfbec0ba48f6",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_aa565",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="kpm_anggota",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="anggota",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "kpm_anggotaevent" ("asal", "dibuat", "diubah", "hubungan", "id", "id_dtks", "jenis_kelamin", "job_id", "job_ubah_id", "keluar_alasan", "keluar_tanggal", "keluarga_id", "kepala", "keterangan_padan", "nama", "nama_ibu", "nama_normal", "nik", "nik_status", "padan_ekstrak", "padan_hasil", "padan_tanggal", "pekerjaan", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "status", "sumber_id", "tanggal_lahir", "tempat_lahir", "wilayah_id") SELECT old_values."asal", old_values."dibuat", old_values."diubah", old_values."hubungan", old_values."id", old_values."id_dtks", old_values."jenis_kelamin", old_values."job_id", old_values."job_ubah_id", old_values."keluar_alasan", old_values."keluar_tanggal", old_values."keluarga_id", old_values."kepala", old_values."keterangan_padan", old_values."nama", old_values."nama_ibu", old_values."nama_normal", old_values."nik", old_values."nik_status", old_values."padan_ekstrak", old_values."padan_hasil", old_values."padan_tanggal", old_values."pekerjaan", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."status", old_values."sumber_id", old_values."tanggal_lahir", old_values."tempat_lahir", old_values."wilayah_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="87b04f84da3f0c5ca721564899c370dcc74fdebd",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_32edf",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="kpm_anggota",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="anggota",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("keluar_tanggal__isnull", True), ("status", "aktif")),
                    models.Q(
                        ("keluar_tanggal__isnull", False), ("status__in", ["meninggal", "pindah", "keluar"])
                    ),
                    _connector="OR",
                ),
                name="anggota_keluar_bertanggal",
            ),
        ),
        migrations.AddField(
            model_name="suntingan",
            name="batal_dari",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="batal",
                to="kpm.suntingan",
            ),
        ),
        migrations.AddField(
            model_name="suntingan",
            name="keluarga",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="kpm.keluarga",
            ),
        ),
        migrations.AddField(
            model_name="suntingan",
            name="keluarga_lain",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="kpm.keluarga",
            ),
        ),
        migrations.AddField(
            model_name="suntingan",
            name="oleh",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="suntingan",
            name="pasangan",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sisi_lama",
                to="kpm.suntingan",
            ),
        ),
        migrations.AddField(
            model_name="suntingan",
            name="wilayah",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="spatial.wilayah",
            ),
        ),
        migrations.AddIndex(
            model_name="suntingan",
            index=models.Index(fields=["keluarga", "wilayah"], name="suntingan_keluarga"),
        ),
        migrations.AddIndex(
            model_name="suntingan",
            index=models.Index(
                condition=models.Q(("keluarga_lain__isnull", False)),
                fields=["keluarga_lain", "wilayah"],
                name="suntingan_keluarga_lain",
            ),
        ),
        migrations.AddIndex(
            model_name="suntingan",
            index=models.Index(fields=["wilayah", "-id"], name="suntingan_wilayah"),
        ),
        migrations.AddConstraint(
            model_name="suntingan",
            constraint=models.UniqueConstraint(fields=("oleh", "sekali"), name="suntingan_sekali"),
        ),
        enable_rls("kpm_suntingan"),
        append_only("kpm_suntingan"),
    ]
