"""Up to which change by hand rekap is counted."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kpm", "0020_putusan_kept"),
    ]

    operations = [
        migrations.CreateModel(
            name="HitungRekap",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("suntingan", models.BigIntegerField(default=0, help_text="nomor suntingan terakhir")),
                ("pada", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "hitungan rekap",
                "verbose_name_plural": "hitungan rekap",
            },
        ),
    ]
