"""What an undo leaves, and the indexes by which it finds what an import did."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from access.rls import enable_rls

SET_WISE = {"db_constraint": False, "db_index": False, "related_name": "+"}
PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies = [
        ("kpm", "0014_jawaban"),
        ("jobs", "0001_job"),
        ("spatial", "0001_wilayah_ejaan_batas"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SisaUrung",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "sebab",
                    models.CharField(
                        choices=[
                            ("orang", "diubah petugas sesudah impor ini"),
                            ("impor", "diubah impor lain sesudahnya"),
                            ("berkas", "juga ada di berkas yang datang sesudahnya"),
                            ("kembar", "nomornya yang dulu kini dipakai baris lain"),
                            ("induk", "keluarganya yang dulu tidak ada lagi"),
                            ("dipakai", "masih berisi data lain"),
                            ("seisi", "keluarganya sudah dikerjakan petugas"),
                        ],
                        max_length=8,
                    ),
                ),
                ("pada", models.DateTimeField(null=True)),
                ("jumlah", models.PositiveIntegerField(help_text="baris yang tetap di keluarga ini")),
                ("job", models.ForeignKey(on_delete=PROTECT, to="jobs.job", **SET_WISE)),
                (
                    "keluarga",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING, to="kpm.keluarga", **SET_WISE
                    ),
                ),
                (
                    "wilayah",
                    models.ForeignKey(null=True, on_delete=PROTECT, to="spatial.wilayah", **SET_WISE),
                ),
                (
                    "oleh",
                    models.ForeignKey(null=True, on_delete=PROTECT, to=settings.AUTH_USER_MODEL, **SET_WISE),
                ),
                ("oleh_job", models.ForeignKey(null=True, on_delete=PROTECT, to="jobs.job", **SET_WISE)),
            ],
            options={
                "verbose_name": "sisa urung",
                "verbose_name_plural": "sisa urung",
                "indexes": [models.Index(fields=["job", "sebab", "id"], name="sisaurung_job")],
            },
        ),
        enable_rls("kpm_sisaurung"),
        migrations.AddIndex(
            model_name="kepesertaan",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["job"], name="kepesertaan_job"
            ),
        ),
        migrations.AddIndex(
            model_name="peringkat",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["job"], name="peringkat_job"
            ),
        ),
        migrations.AddIndex(
            model_name="jawabankeluarga",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["job"], name="jawaban_keluarga_job"
            ),
        ),
        migrations.AddIndex(
            model_name="jawabananggota",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["job"], name="jawaban_anggota_job"
            ),
        ),
        # Whose work a history context is (kpm/undo.py). The table is pghistory's, the questions are ours.
        migrations.RunSQL(
            "CREATE INDEX pghistory_context_job ON pghistory_context ((metadata ->> 'job'))",
            "DROP INDEX pghistory_context_job",
        ),
        migrations.RunSQL(
            "CREATE INDEX pghistory_context_suntingan ON pghistory_context ((metadata ->> 'suntingan'))",
            "DROP INDEX pghistory_context_suntingan",
        ),
    ]
