import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("spatial", "0001_wilayah_ejaan_batas"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("jenis", models.CharField(max_length=40)),
                (
                    "keadaan",
                    models.CharField(
                        choices=[
                            ("menunggu", "menunggu"),
                            ("berjalan", "berjalan"),
                            ("selesai", "selesai"),
                            ("gagal", "gagal"),
                            ("karantina", "dihentikan"),
                            ("dibatalkan", "dibatalkan"),
                        ],
                        default="menunggu",
                        max_length=12,
                    ),
                ),
                ("fase", models.CharField(blank=True, max_length=80)),
                ("pesan", models.CharField(blank=True, max_length=500)),
                ("selesai_n", models.BigIntegerField(default=0)),
                ("total_n", models.BigIntegerField(null=True)),
                ("parameter", models.JSONField(default=dict)),
                ("laporan", models.JSONField(default=dict)),
                ("percobaan", models.PositiveSmallIntegerField(default=0)),
                ("batas_percobaan", models.PositiveSmallIntegerField(default=3)),
                ("batal_diminta", models.BooleanField(default=False)),
                ("dibuat", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "dikirim",
                    models.DateTimeField(help_text="kapan terakhir dititipkan ke antrean", null=True),
                ),
                ("fase_mulai", models.DateTimeField(null=True)),
                ("mulai", models.DateTimeField(null=True)),
                ("detak", models.DateTimeField(null=True)),
                ("berakhir", models.DateTimeField(null=True)),
                (
                    "pemilik",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "wilayah",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="spatial.wilayah",
                    ),
                ),
            ],
            options={
                "verbose_name": "pekerjaan",
                "verbose_name_plural": "pekerjaan",
                "indexes": [
                    models.Index(fields=["pemilik", "-dibuat"], name="job_pemilik"),
                    models.Index(
                        condition=models.Q(("keadaan__in", ["menunggu", "berjalan"])),
                        fields=["keadaan", "detak"],
                        name="job_hidup",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("percobaan__lte", models.F("batas_percobaan"))),
                        name="job_percobaan_terbatas",
                    ),
                    models.UniqueConstraint(fields=("id", "percobaan"), name="job_percobaan_kunci"),
                ],
            },
        ),
    ]
