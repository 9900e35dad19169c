from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_jejak_append_only"),
    ]

    operations = [
        migrations.AlterField(
            model_name="jejak",
            name="aksi",
            field=models.CharField(
                choices=[
                    ("lihat_orang", "melihat data orang"),
                    ("cari", "mencari orang"),
                    ("unduh", "mengunduh"),
                    ("setuju", "memutuskan ekspor"),
                    ("impor", "mengimpor"),
                    ("ubah_hak", "mengubah hak"),
                    ("sistem", "proses sistem"),
                    ("masuk", "masuk"),
                ],
                max_length=20,
            ),
        ),
    ]
