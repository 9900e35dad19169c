"""Seals over the trail, added to and never changed."""

import django.contrib.postgres.fields
import django.utils.timezone
from django.db import migrations, models

from access.rls import append_only


class Migration(migrations.Migration):
    dependencies = [("access", "0005_jejak_isi_volume_peringatan")]

    operations = [
        migrations.CreateModel(
            name="JejakSegel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None),
                ),
                (
                    "sidik",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32), size=None
                    ),
                ),
                ("sebelum", models.CharField(blank=True, max_length=64)),
                ("hash", models.CharField(max_length=64)),
                ("sampai", models.DateTimeField(help_text="waktu baris terakhir di dalamnya")),
                ("dibuat", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "segel jejak",
                "verbose_name_plural": "segel jejak",
                "indexes": [models.Index(fields=["sampai"], name="jejaksegel_sampai")],
            },
        ),
        append_only("access_jejaksegel"),
    ]
