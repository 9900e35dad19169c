from pathlib import Path

import django.contrib.gis.db.models.fields
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import spatial
import spatial.models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.RunSQL(
            (Path(spatial.__file__).parent / "sql" / "kunci.sql").read_text(),
            "DROP FUNCTION spatial_kunci(text)",
        ),
        migrations.CreateModel(
            name="VersiBatas",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("nama", models.CharField(max_length=120)),
                ("sumber", models.TextField()),
                ("indikatif", models.BooleanField(default=False, help_text="Dihitung, bukan batas resmi.")),
                ("aktif", models.BooleanField(default=False)),
                (
                    "sidik",
                    models.CharField(blank=True, editable=False, max_length=64, null=True, unique=True),
                ),
                ("dibuat", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "versi batas",
                "verbose_name_plural": "versi batas",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("aktif", True)),
                        fields=("aktif",),
                        name="versibatas_satu_aktif",
                        violation_error_message="Hanya satu versi batas yang dipakai.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Wilayah",
            fields=[
                (
                    "kode",
                    models.CharField(
                        db_collation="C",
                        help_text="Angka saja, tanpa titik.",
                        max_length=10,
                        primary_key=True,
                        serialize=False,
                        verbose_name="kode Kemendagri",
                    ),
                ),
                (
                    "kode_bps",
                    models.CharField(
                        blank=True,
                        db_collation="C",
                        max_length=10,
                        null=True,
                        unique=True,
                        verbose_name="kode BPS",
                    ),
                ),
                ("nama", models.CharField(max_length=80)),
                ("nama_bps", models.CharField(blank=True, max_length=80, verbose_name="nama menurut BPS")),
                (
                    "tingkat",
                    models.CharField(
                        choices=[
                            ("provinsi", "Provinsi"),
                            ("kabupaten_kota", "Kabupaten/kota"),
                            ("kecamatan", "Kecamatan"),
                            ("desa_kelurahan", "Desa/kelurahan"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "jenis",
                    models.CharField(
                        choices=[
                            ("provinsi", "Provinsi"),
                            ("kabupaten", "Kabupaten"),
                            ("kota", "Kota"),
                            ("kecamatan", "Kecamatan"),
                            ("desa", "Desa"),
                            ("kelurahan", "Kelurahan"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "titik",
                    django.contrib.gis.db.models.fields.PointField(
                        blank=True, null=True, srid=4326, verbose_name="titik label"
                    ),
                ),
                ("penduduk", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "luas_km2",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=10, null=True, verbose_name="luas (km²)"
                    ),
                ),
                ("berlaku_sejak", models.DateField(blank=True, null=True)),
                ("berlaku_sampai", models.DateField(blank=True, null=True)),
                (
                    "induk",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="anak_list",
                        to="spatial.wilayah",
                    ),
                ),
            ],
            options={
                "verbose_name": "wilayah",
                "verbose_name_plural": "wilayah",
                "ordering": ["kode"],
            },
        ),
        migrations.CreateModel(
            name="Ejaan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "tingkat",
                    models.CharField(
                        choices=[
                            ("provinsi", "Provinsi"),
                            ("kabupaten_kota", "Kabupaten/kota"),
                            ("kecamatan", "Kecamatan"),
                            ("desa_kelurahan", "Desa/kelurahan"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "tulisan",
                    models.CharField(
                        help_text="Sebagaimana tertulis di berkas, misalnya Sungai Liat.", max_length=80
                    ),
                ),
                (
                    "kunci",
                    models.GeneratedField(
                        db_persist=True,
                        expression=spatial.models.SpatialKunci("tulisan"),
                        output_field=models.CharField(db_collation="C", max_length=80),
                    ),
                ),
                ("resmi", models.BooleanField(default=False)),
                (
                    "induk",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="spatial.wilayah",
                    ),
                ),
                (
                    "wilayah",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ejaan_list",
                        to="spatial.wilayah",
                    ),
                ),
            ],
            options={
                "verbose_name": "ejaan",
                "verbose_name_plural": "ejaan",
            },
        ),
        migrations.CreateModel(
            name="Batas",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("geom", django.contrib.gis.db.models.fields.MultiPolygonField(srid=4326)),
                (
                    "versi",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="batas_list",
                        to="spatial.versibatas",
                    ),
                ),
                (
                    "wilayah",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="spatial.wilayah"
                    ),
                ),
            ],
            options={
                "verbose_name": "batas",
                "verbose_name_plural": "batas",
            },
        ),
        migrations.AddIndex(
            model_name="wilayah",
            index=models.Index(fields=["tingkat", "kode"], name="wilayah_tingkat_kode"),
        ),
        migrations.AddConstraint(
            model_name="wilayah",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("induk__isnull", True),
                        ("jenis", "provinsi"),
                        ("kode__regex", "^\\d{2}$"),
                        ("tingkat", "provinsi"),
                    ),
                    models.Q(
                        ("induk_id", django.db.models.functions.text.Left("kode", 2)),
                        ("jenis__in", ["kabupaten", "kota"]),
                        ("kode__regex", "^\\d{4}$"),
                        ("tingkat", "kabupaten_kota"),
                    ),
                    models.Q(
                        ("induk_id", django.db.models.functions.text.Left("kode", 4)),
                        ("jenis", "kecamatan"),
                        ("kode__regex", "^\\d{6}$"),
                        ("tingkat", "kecamatan"),
                    ),
                    models.Q(
                        ("induk_id", django.db.models.functions.text.Left("kode", 6)),
                        ("jenis__in", ["desa", "kelurahan"]),
                        ("kode__regex", "^\\d{10}$"),
                        ("tingkat", "desa_kelurahan"),
                    ),
                    _connector="OR",
                ),
                name="wilayah_kode_tingkat_induk",
                violation_error_message="Kode, tingkat, jenis dan induk tidak cocok satu sama lain.",
            ),
        ),
        migrations.AddConstraint(
            model_name="wilayah",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("berlaku_sampai__isnull", True),
                    ("berlaku_sampai__gte", models.F("berlaku_sejak")),
                    _connector="OR",
                ),
                name="wilayah_berlaku",
                violation_error_message="Akhir berlaku mendahului awalnya.",
            ),
        ),
        migrations.AddConstraint(
            model_name="ejaan",
            constraint=models.UniqueConstraint(
                fields=("tingkat", "induk", "kunci"),
                name="ejaan_unik",
                nulls_distinct=False,
                violation_error_message="Ejaan ini sudah dipakai wilayah lain di bawah induk yang sama.",
            ),
        ),
        migrations.AddConstraint(
            model_name="batas",
            constraint=models.UniqueConstraint(fields=("versi", "wilayah"), name="batas_unik"),
        ),
    ]
