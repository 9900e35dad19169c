"""People who stand in the registers twice, and what was decided of them."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from access.rls import enable_rls


class Migration(migrations.Migration):
    dependencies = [
        ("kpm", "0016_households_ranks_refused"),
        ("spatial", "0002_versi_batas_resmi"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HitungGanda",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "impor",
                    models.BigIntegerField(default=0, help_text="berapa impor diterapkan atau diurungkan"),
                ),
                ("suntingan", models.BigIntegerField(default=0, help_text="nomor suntingan terakhir")),
                ("sejak", models.BigIntegerField(default=0, help_text="nomor itu pada hitungan sebelumnya")),
                ("pada", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "hitungan data ganda",
                "verbose_name_plural": "hitungan data ganda",
            },
        ),
        migrations.CreateModel(
            name="PutusanGanda",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kelompok", models.BigIntegerField()),
                ("jenis", models.CharField(max_length=12)),
                (
                    "hasil",
                    models.CharField(
                        choices=[("beda", "orang berbeda"), ("sama", "orang yang sama")], max_length=4
                    ),
                ),
                ("alasan", models.CharField(max_length=200)),
                ("sidik", models.UUIDField()),
                (
                    "anggota_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("tetap_id", models.BigIntegerField(null=True)),
                (
                    "suntingan_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("dibuat", models.DateTimeField(default=django.utils.timezone.now)),
                ("dibatalkan", models.DateTimeField(null=True)),
                (
                    "dibatalkan_oleh",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "oleh",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                "verbose_name": "putusan data ganda",
                "verbose_name_plural": "putusan data ganda",
            },
        ),
        migrations.CreateModel(
            name="Ganda",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kelompok", models.BigIntegerField()),
                (
                    "jenis",
                    models.CharField(
                        choices=[
                            ("rekaman", "Rekaman sama"),
                            ("nik", "NIK sama"),
                            ("orang", "Satu orang di dua KK"),
                            ("nik_banyak", "Satu NIK dipakai banyak orang"),
                        ],
                        max_length=12,
                    ),
                ),
                ("kunci", models.UUIDField()),
                ("orang", models.IntegerField()),
                ("sidik", models.UUIDField()),
                ("dibuat", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "anggota",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="kpm.anggota",
                    ),
                ),
                (
                    "keluarga",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="kpm.keluarga",
                    ),
                ),
                (
                    "wilayah",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="spatial.wilayah",
                    ),
                ),
                (
                    "putusan",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="kpm.putusanganda",
                    ),
                ),
            ],
            options={
                "verbose_name": "data ganda",
                "verbose_name_plural": "data ganda",
            },
        ),
        migrations.AddIndex(
            model_name="putusanganda",
            index=models.Index(fields=["wilayah", "-id"], name="putusanganda_wilayah"),
        ),
        migrations.AddIndex(
            model_name="ganda",
            index=models.Index(fields=["wilayah", "jenis", "kelompok"], name="ganda_wilayah"),
        ),
        migrations.AddIndex(
            model_name="ganda",
            index=models.Index(fields=["kelompok", "wilayah"], name="ganda_kelompok"),
        ),
        migrations.AddIndex(
            model_name="ganda",
            index=models.Index(fields=["anggota"], name="ganda_anggota"),
        ),
        migrations.AddConstraint(
            model_name="ganda",
            constraint=models.UniqueConstraint(fields=("kunci", "anggota"), name="ganda_unik"),
        ),
        migrations.RunSQL("CREATE SEQUENCE kpm_ganda_kelompok", "DROP SEQUENCE kpm_ganda_kelompok"),
        enable_rls("kpm_ganda"),
        enable_rls("kpm_putusanganda"),
    ]
