import django.contrib.gis.db.models.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("spatial", "0001_wilayah_ejaan_batas")]

    operations = [
        migrations.AddField(
            "batas",
            "tampil",
            django.contrib.gis.db.models.fields.MultiPolygonField(
                editable=False, null=True, spatial_index=False, srid=4326
            ),
        ),
        migrations.AddField(
            "versibatas",
            "lisensi",
            models.TextField(blank=True, default="", verbose_name="lisensi atau ketentuan pakai"),
            preserve_default=False,
        ),
        migrations.AddField(
            "versibatas", "tanggal", models.DateField(blank=True, null=True, verbose_name="tanggal data")
        ),
        migrations.AddField("versibatas", "berkas", models.JSONField(default=list, editable=False)),
        migrations.AddField("versibatas", "laporan", models.JSONField(default=dict, editable=False)),
        migrations.AddField(
            "versibatas",
            "oleh",
            models.CharField(blank=True, default="", editable=False, max_length=150),
            preserve_default=False,
        ),
    ]
