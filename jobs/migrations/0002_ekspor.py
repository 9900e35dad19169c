import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0001_job"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Ekspor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("jenis", models.CharField(max_length=40)),
                (
                    "bentuk",
                    models.CharField(choices=[("xlsx", "Excel (XLSX)"), ("csv", "CSV")], max_length=4),
                ),
                (
                    "keadaan",
                    models.CharField(
                        choices=[
                            ("menunggu_setuju", "menunggu persetujuan"),
                            ("dibuat", "sedang dibuat"),
                            ("siap", "siap diunduh"),
                            ("ditolak", "ditolak"),
                            ("lewat", "tidak dijawab"),
                            ("ditarik", "ditarik kembali"),
                            ("gagal", "gagal"),
                            ("kedaluwarsa", "sudah dihapus"),
                            ("hilang", "berkas hilang"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "cakupan",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10), size=None
                    ),
                ),
                ("saringan", models.CharField(max_length=500)),
                ("alasan", models.CharField(max_length=300)),
                ("baris", models.BigIntegerField()),
                ("orang", models.BigIntegerField()),
                ("perlu_setuju", models.BooleanField(default=False)),
                ("orang_disetujui", models.BigIntegerField(null=True)),
                ("diputuskan", models.DateTimeField(null=True)),
                ("alasan_putusan", models.CharField(blank=True, max_length=300)),
                ("batas_setuju", models.DateTimeField(null=True)),
                ("berkas", models.CharField(blank=True, help_text="nama di folder data", max_length=60)),
                ("ukuran", models.BigIntegerField(null=True)),
                ("kedaluwarsa", models.DateTimeField(null=True)),
                ("dibuat", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "job",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ekspor",
                        to="jobs.job",
                    ),
                ),
                (
                    "pemilik",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "penyetuju",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "ekspor",
                "verbose_name_plural": "ekspor",
            },
        ),
        migrations.CreateModel(
            name="EksporIsi",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("objek", models.CharField(max_length=60)),
                (
                    "ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                (
                    "ekspor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="isi_list", to="jobs.ekspor"
                    ),
                ),
            ],
            options={
                "verbose_name": "isi ekspor",
                "verbose_name_plural": "isi ekspor",
            },
        ),
        migrations.CreateModel(
            name="EksporSaringan",
            fields=[
                (
                    "ekspor",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="isi_saringan",
                        serialize=False,
                        to="jobs.ekspor",
                    ),
                ),
                ("isi", models.JSONField()),
                (
                    "pemilik",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "saringan ekspor",
                "verbose_name_plural": "saringan ekspor",
            },
        ),
        migrations.AddIndex(
            model_name="ekspor",
            index=models.Index(fields=["pemilik", "-dibuat"], name="ekspor_pemilik"),
        ),
        migrations.AddIndex(
            model_name="ekspor",
            index=models.Index(
                condition=models.Q(("keadaan__in", ["menunggu_setuju", "dibuat", "siap"])),
                fields=["keadaan"],
                name="ekspor_hidup",
            ),
        ),
        migrations.AddConstraint(
            model_name="ekspor",
            constraint=models.CheckConstraint(
                condition=models.Q(("penyetuju", models.F("pemilik")), _negated=True),
                name="ekspor_disetujui_orang_lain",
            ),
        ),
        migrations.AddConstraint(
            model_name="ekspor",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("keadaan", "siap"), _negated=True),
                    models.Q(("berkas__gt", ""), ("kedaluwarsa__isnull", False), ("ukuran__isnull", False)),
                    _connector="OR",
                ),
                name="ekspor_siap_berberkas",
            ),
        ),
        migrations.AddConstraint(
            model_name="ekspor",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("perlu_setuju", False),
                    models.Q(("keadaan__in", ["dibuat", "siap"]), _negated=True),
                    models.Q(("orang_disetujui__isnull", False), ("penyetuju__isnull", False)),
                    _connector="OR",
                ),
                name="ekspor_perlu_orang_kedua",
            ),
        ),
        migrations.AddIndex(
            model_name="eksporisi",
            index=django.contrib.postgres.indexes.GinIndex(fields=["ids"], name="eksporisi_ids"),
        ),
    ]
