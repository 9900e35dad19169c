"""Until when the staging tables of an ended job are still needed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0003_ekspor_walls"),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="simpan_sampai",
            field=models.DateTimeField(help_text="tabel sementaranya masih diperlukan", null=True),
        ),
    ]
