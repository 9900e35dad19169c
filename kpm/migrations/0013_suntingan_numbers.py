"""An edit names its keluarga by number: a reference would hold fast what an undo takes away. Same columns."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kpm", "0012_langkah")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveIndex(model_name="suntingan", name="suntingan_keluarga"),
                migrations.RemoveIndex(model_name="suntingan", name="suntingan_keluarga_lain"),
                migrations.RemoveField(model_name="suntingan", name="keluarga"),
                migrations.RemoveField(model_name="suntingan", name="keluarga_lain"),
                migrations.AddField(
                    model_name="suntingan",
                    name="keluarga_id",
                    field=models.BigIntegerField(),
                    preserve_default=False,
                ),
                migrations.AddField(
                    model_name="suntingan",
                    name="keluarga_lain_id",
                    field=models.BigIntegerField(null=True),
                ),
                migrations.AddIndex(
                    model_name="suntingan",
                    index=models.Index(fields=["keluarga_id", "wilayah"], name="suntingan_keluarga"),
                ),
                migrations.AddIndex(
                    model_name="suntingan",
                    index=models.Index(
                        condition=models.Q(("keluarga_lain_id__isnull", False)),
                        fields=["keluarga_lain_id", "wilayah"],
                        name="suntingan_keluarga_lain",
                    ),
                ),
            ]
        )
    ]
