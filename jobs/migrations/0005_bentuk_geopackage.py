"""A third form of file: GeoPackage."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0004_simpan_sampai")]

    operations = [
        migrations.AlterField(
            model_name="ekspor",
            name="bentuk",
            field=models.CharField(
                choices=[("xlsx", "Excel (XLSX)"), ("csv", "CSV"), ("gpkg", "GeoPackage")], max_length=4
            ),
        ),
    ]
